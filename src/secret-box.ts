import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { OperatorError } from './errors.ts'

const KEY_BYTES = 32
const KEY_ID_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16

/** Encrypts what must be read back (AES-256-GCM). A sealed value names its key, so that keys can be rotated. */
export type SecretBox = {
  seal: (plain: string) => Buffer<ArrayBuffer>
  /** Throws OperatorError when the value was sealed under a key that is not configured. */
  open: (sealed: Uint8Array) => string
}

/** The keys of ENCRYPTION_KEYS, the first for new secrets; else a key file in the data folder, made with mode 0600. */
export async function openSecretBox(config: Pick<Config, 'encryptionKeys' | 'dataDir'>): Promise<SecretBox> {
  const [first = await readKeyFile(config.dataDir), ...older] = config.encryptionKeys
  const current = parseKey(first)
  const keys = [current, ...older.map(parseKey)]
  return {
    seal: (plain) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', current.key, iv)
      const encrypted = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([current.id, iv, cipher.getAuthTag(), encrypted])
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed)
      const id = bytes.subarray(0, KEY_ID_BYTES)
      const found = keys.find((candidate) => candidate.id.equals(id))
      if (found === undefined) {
        throw new OperatorError(
          `A secret in the database needs encryption key ${id.toString('hex')}; ENCRYPTION_KEYS lacks it.`,
        )
      }
      const tagAt = KEY_ID_BYTES + IV_BYTES
      const decipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(KEY_ID_BYTES, tagAt))
      decipher.setAuthTag(bytes.subarray(tagAt, tagAt + TAG_BYTES))
      return Buffer.concat([decipher.update(bytes.subarray(tagAt + TAG_BYTES)), decipher.final()]).toString('utf8')
    },
  }
}

/** A key's id is derived from it: two processes with different keys cannot mistake one for the other. */
function parseKey(text: string): { id: Buffer; key: Buffer } {
  const key = Buffer.from(text, 'base64')
  return { id: createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES), key }
}

async function readKeyFile(dataDir: string): Promise<string> {
  const path = join(dataDir, 'encryption.key')
  const text = await makeKeyFile(dataDir, path).catch((cause: unknown) => {
    const advice = 'Set ENCRYPTION_KEYS, or a DATA_DIR that can be written.'
    throw new OperatorError(`No encryption key can be kept in ${path}. ${advice}`, { cause })
  })
  if (Buffer.from(text, 'base64').length !== KEY_BYTES) {
    throw new OperatorError(`${path} does not hold a key of ${KEY_BYTES} bytes in base64.`)
  }
  return text
}

async function makeKeyFile(dataDir: string, path: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  // `wx` fails where the file is there: of two processes that start at once, both read what one wrote.
  await writeFile(path, randomBytes(KEY_BYTES).toString('base64'), { mode: 0o600, flag: 'wx' }).catch(ignoreExisting)
  return (await readFile(path, 'utf8')).trim()
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
