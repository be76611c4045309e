import { createHash } from 'node:crypto'
import { mkdir, realpath, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { openUploadRecord } from '@pulsewell/sdk/node'
import { exitCodes, ImportError } from './failures.ts'

/**
 * Where it is kept which batches of `input` a server acknowledged: `$XDG_STATE_HOME/pulsewell/imports`, or the same below
 * `~/.local/state`. The same input and server have the same file; that the user is the same is in what it keeps.
 */
export async function recordPathOf(input: string, url: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const place = `${await realpath(input)}\n${url}`
  const hash = createHash('sha256').update(place).digest('hex').slice(0, 16)
  const state = environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state')
  return join(state, 'pulsewell', 'imports', `${basename(input)}-${hash}.record`)
}

/** Opens the record, which nobody else has open; with `restart` an empty one. */
export async function openRecord(path: string, restart: boolean): ReturnType<typeof openUploadRecord> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const record = await openUploadRecord(path)
    if (!restart) return record
    await record.close()
    await rm(path)
    return await openUploadRecord(path)
  } catch (error) {
    throw new ImportError(`The record of what was sent cannot be opened: ${(error as Error).message}`, exitCodes.failed)
  }
}
