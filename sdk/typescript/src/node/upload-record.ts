import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { UploadRecord } from '../upload/types.ts'
import { takeLock } from './lock-file.ts'

/** The first line, so that no other file is taken for a record and written to. */
const HEADER = 'pulsewell upload record 1\n'

/**
 * An upload record in a file, which is made where there is none: a line for each batch that the server acknowledged,
 * written before the batch counts as done. Nothing is lost when the process is killed; no line is forced to the disk, so
 * that a machine that loses its power may lose the last ones, and their batches are sent again. Rejects when another
 * upload has the record open, or the file is no record.
 */
export async function openUploadRecord(
  path: string,
): Promise<UploadRecord & AsyncDisposable & { close(): Promise<void> }> {
  const unlock = await takeLock(`${resolve(path)}.lock`)
  try {
    const file = await open(path, 'a+')
    try {
      return await createRecord(file, path, unlock)
    } catch (error) {
      await file.close()
      throw error
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

async function createRecord(file: FileHandle, path: string, unlock: () => Promise<void>) {
  const text = await file.readFile('utf8')
  if (!text.startsWith(HEADER) && !HEADER.startsWith(text)) throw new Error(`${path} is not an upload record.`)
  if (text.length < HEADER.length) await file.truncate(0)
  // A last line that was not written to its end is no id; it must not spoil the next.
  await write(file, text.length < HEADER.length ? HEADER : text.endsWith('\n') ? '' : '\n')
  const ids = new Set(text.split('\n').filter((line) => /^[0-9a-f]{64}$/.test(line)))
  let latest: Promise<void> | undefined = Promise.resolve()
  const add = async (id: string) => {
    await write(file, `${id}\n`)
    ids.add(id)
  }
  const close = async () => {
    const pending = latest
    if (pending === undefined) return
    latest = undefined
    await pending.catch(() => undefined)
    await file.close()
    await unlock()
  }
  return {
    has: (id: string) => ids.has(id),
    // One after the other: when a line fails (the disk is full), so does what would have followed on it.
    add: (id: string) => {
      if (latest === undefined) return Promise.reject(new Error(`${path} is closed.`))
      latest = latest.then(() => add(id))
      return latest
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function write(file: FileHandle, text: string): Promise<void> {
  if (text !== '') await file.appendFile(text)
}
