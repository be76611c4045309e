import { generateKeyPairSync, sign } from 'node:crypto'

/** A key of Google's webhooks: signs in Tink's wire format, and shows its public half as Tink's JSON keyset does. */
export function makeSigner(keyId: number) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = publicKey.export({ format: 'jwk' })
  const coordinate = (field: number, value: string) => {
    // Tink writes coordinates as positive big integers: 33 bytes, of which the first is 0.
    const bytes = Buffer.concat([Buffer.alloc(1), Buffer.from(value, 'base64url')])
    return Buffer.concat([Buffer.from([(field << 3) | 2, bytes.length]), bytes])
  }
  const parameters = Buffer.from([0x12, 6, 0x08, 3, 0x10, 2, 0x18, 2])
  const value = Buffer.concat([parameters, coordinate(3, x!), coordinate(4, y!)]).toString('base64')
  const prefix = Buffer.alloc(5)
  prefix.writeUInt8(1)
  prefix.writeUInt32BE(keyId, 1)
  return {
    sign: (body: string): string =>
      Buffer.concat([prefix, sign('sha256', Buffer.from(body), { key: privateKey, dsaEncoding: 'der' })]).toString(
        'base64',
      ),
    key: {
      keyData: {
        typeUrl: 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey',
        value,
        keyMaterialType: 'ASYMMETRIC_PUBLIC',
      },
      status: 'ENABLED',
      keyId,
      outputPrefixType: 'TINK',
    },
  }
}

export type Signer = ReturnType<typeof makeSigner>
