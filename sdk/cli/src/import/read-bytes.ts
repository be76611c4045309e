import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { constants, createGunzip } from 'node:zlib'
import { exitCodes, ImportError } from './failures.ts'
import type { Tally } from './tally.ts'

const CHUNK_BYTES = 64 << 10
const BEGINNING_BYTES = 1024

/** Told how many more bytes of the input were read. */
export type OnBytes = (bytes: number) => void

/** A file's text in chunks, unpacked where it is gzip. What breaks off midway sets `tally.problem`. */
export async function* readText(path: string, onBytes: OnBytes, tally: Tally): AsyncGenerator<string> {
  yield* decode(await openBytes(path, onBytes), tally)
}

async function openBytes(path: string, onBytes: OnBytes): Promise<AsyncIterable<Buffer>> {
  const isPacked = isGzip(await readFirst(path, 2))
  const bytes = counted(createReadStream(path, { highWaterMark: CHUNK_BYTES }), onBytes)
  if (!isPacked) return bytes
  const packed = Readable.from(bytes, { objectMode: false })
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES })
  packed.on('error', (error) => unpacked.destroy(error))
  return packed.pipe(unpacked)
}

/** How a file begins, unpacked where it is gzip; what cannot be unpacked is said once it is read. */
export async function readBeginning(path: string): Promise<Buffer> {
  const bytes = await readFirst(path, BEGINNING_BYTES)
  if (!isGzip(bytes)) return bytes
  const unpacked = createGunzip({ chunkSize: BEGINNING_BYTES, finishFlush: constants.Z_SYNC_FLUSH })
  unpacked.end(bytes)
  try {
    for await (const chunk of unpacked) return chunk as Buffer
  } catch {
    // Nothing of it is known then.
  }
  return Buffer.alloc(0)
}

const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && bytes[1] === 0x8b

async function readFirst(path: string, length: number): Promise<Buffer> {
  const file = await open(path).catch((error: unknown) => {
    throw toOpenError(path, error)
  })
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

export async function* counted(chunks: AsyncIterable<Buffer>, onBytes: OnBytes): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onBytes(chunk.length)
    yield chunk
  }
}

/** UTF-8 with or without a byte order mark. What came before an error is given on, and the error told. */
export async function* decode(chunks: AsyncIterable<Buffer>, tally: Tally): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  try {
    for await (const chunk of chunks) yield decoder.write(chunk)
    yield decoder.end()
  } catch (error) {
    if (error instanceof ImportError) throw error
    tally.problem ??= `The file cannot be read to its end: ${(error as Error).message}`
  }
}

/** What to say of a file that cannot be opened. */
export function toOpenError(path: string, error: unknown): ImportError {
  const { code, message } = error as NodeJS.ErrnoException
  const reasons: Record<string, string> = { ENOENT: 'is not there', EACCES: 'may not be read' }
  return new ImportError(`${path} ${reasons[code ?? ''] ?? `cannot be read: ${message}`}.`, exitCodes.file)
}
