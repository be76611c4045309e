import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OperatorError } from '../../src/errors.ts'
import { openSecretBox } from '../../src/secret-box.ts'

const SECRET = 'whsec_für alle ⌚'
const newKey = () => randomBytes(32).toString('base64')

let dataDir: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pulsewell-keys-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const boxWith = (...encryptionKeys: string[]) => openSecretBox({ encryptionKeys, dataDir })

describe('a sealed secret', () => {
  test('opens when its key is no longer the first, and not without it', async () => {
    const [before, after] = [newKey(), newKey()]
    const sealed = (await boxWith(before)).seal(SECRET)
    expect((await boxWith(after, before)).open(sealed)).toBe(SECRET)
    const lost = await boxWith(after)
    expect(() => lost.open(sealed)).toThrow(OperatorError)
  })

  test('is sealed with the first key', async () => {
    const [current, older] = [newKey(), newKey()]
    const sealed = (await boxWith(current, older)).seal(SECRET)
    expect((await boxWith(current)).open(sealed)).toBe(SECRET)
  })

  test('differs each time', async () => {
    const box = await boxWith(newKey())
    const [first, second] = [box.seal(SECRET), box.seal(SECRET)]
    // Past the key's id: the nonce differs, and so does what it encrypts.
    expect(first.subarray(4, 16)).not.toEqual(second.subarray(4, 16))
    expect(first.subarray(32)).not.toEqual(second.subarray(32))
    expect([box.open(first), box.open(second)]).toEqual([SECRET, SECRET])
  })

  test('does not open when any byte of it was changed', async () => {
    const box = await boxWith(newKey())
    const sealed = box.seal(SECRET)
    for (const index of sealed.keys()) {
      const changed = Buffer.from(sealed)
      changed[index]! ^= 1
      expect(() => box.open(changed), `byte ${index}`).toThrow()
    }
  })
})

describe('the key file', () => {
  test('is made once, for its owner alone', async () => {
    const sealed = (await boxWith()).seal(SECRET)
    expect((await boxWith()).open(sealed)).toBe(SECRET)
    const path = join(dataDir, 'encryption.key')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(Buffer.from(await readFile(path, 'utf8'), 'base64')).toHaveLength(32)
  })

  test.each(['', 'not a key', randomBytes(31).toString('base64'), randomBytes(33).toString('base64')])(
    'that holds %j is refused',
    async (text) => {
      const folder = await mkdtemp(join(dataDir, 'bad-'))
      await writeFile(join(folder, 'encryption.key'), text)
      await expect(openSecretBox({ encryptionKeys: [], dataDir: folder })).rejects.toThrow(OperatorError)
    },
  )
})
