import { createHash, randomBytes } from 'node:crypto'
import type { Environment, KeyKind } from './schemas.ts'

const RANDOM_BYTES = 32
const SHOWN_CHARACTERS = 6

const prefixes = {
  secret: { live: 'sk_live_', sandbox: 'sk_test_' },
  client: { live: 'pk_live_', sandbox: 'pk_test_' },
} as const

/** 32 random bytes in base64url: what every credential of ours ends in. */
export const randomToken = () => randomBytes(RANDOM_BYTES).toString('base64url')

export const newApiKey = (kind: KeyKind, environment: Environment) => prefixes[kind][environment] + randomToken()

/** The part of a key that is stored in clear, to tell keys apart in a list. */
export const visiblePrefix = (key: string) => key.slice(0, 'sk_live_'.length + SHOWN_CHARACTERS)

/** What is stored in a credential's place. 256 random bits need no slow hash: there is nothing to guess from. */
export const hashCredential = (credential: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(credential).digest())
