import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'

/*
 * Google signs notifications with Tink, of which there is no library for Node: ECDSA over P-256 and SHA-256, in Tink's
 * wire formats (https://developers.google.com/tink/wire-format).
 */

const TINK_VERSION = 1
const PREFIX_LENGTH = 5
const ECDSA_PUBLIC_KEY = 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey'

/** `Keyset` of https://github.com/tink-crypto/tink-java/blob/main/proto/tink.proto, as JSON. */
export const Keyset = z.looseObject({
  key: z
    .array(
      z.looseObject({
        keyData: z.looseObject({ typeUrl: z.string(), value: z.base64() }),
        status: z.string(),
        keyId: z.int(),
        outputPrefixType: z.string(),
      }),
    )
    .max(100),
})
export type Keyset = z.infer<typeof Keyset>

/** Public keys by their ids; what of a keyset is disabled, or of another kind, is left out. */
export type PublicKeys = ReadonlyMap<number, KeyObject>

export const readKeys = ({ key }: Keyset): PublicKeys =>
  new Map(
    key
      .filter(
        ({ status, outputPrefixType, keyData }) =>
          status === 'ENABLED' && outputPrefixType === 'TINK' && keyData.typeUrl === ECDSA_PUBLIC_KEY,
      )
      .map(({ keyId, keyData }) => [keyId, toPublicKey(Buffer.from(keyData.value, 'base64'))]),
  )

/** `EcdsaPublicKey`: x and y are its fields 3 and 4, big-endian, with zeros in front. */
function toPublicKey(message: Buffer): KeyObject {
  const fields = readFields(message)
  const coordinate = (field: number) => {
    const bytes = fields.get(field) ?? Buffer.alloc(0)
    return Buffer.concat([Buffer.alloc(32), bytes])
      .subarray(-32)
      .toString('base64url')
  }
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: coordinate(3), y: coordinate(4) }, format: 'jwk' })
}

/** The fields of a protobuf message that are bytes; the only others here are small numbers. */
function readFields(message: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>()
  let at = 0
  while (at + 1 < message.length) {
    const [tag, length] = [message[at]!, message[at + 1]!]
    const isBytes = (tag & 7) === 2
    if (isBytes) fields.set(tag >> 3, message.subarray(at + 2, at + 2 + length))
    at += isBytes ? 2 + length : 2
  }
  return fields
}

/** A signature and the id of the key that it was made with; undefined for what is no signature of Tink's. */
export function readSignature(header: string): { keyId: number; der: Buffer } | undefined {
  const bytes = Buffer.from(header, 'base64')
  if (bytes.length <= PREFIX_LENGTH || bytes[0] !== TINK_VERSION) return undefined
  return { keyId: bytes.readUInt32BE(1), der: bytes.subarray(PREFIX_LENGTH) }
}

/** Whether the signature is of these very bytes. */
export const isSigned = (body: Buffer, der: Buffer, key: KeyObject): boolean =>
  verify('sha256', body, { key, dsaEncoding: 'der' }, der)
