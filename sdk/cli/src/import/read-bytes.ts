import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'
import { exitCodes, ImportError } from './failures.ts'
import type { Tally } from './tally.ts'

const CHUNK_BYTES = 64 << 10

/** Told how many more bytes of the input were read. */
export type OnBytes = (bytes: number) => void

/** A file's text in chunks, unpacked when its name ends with `.gz`. What breaks off midway sets `tally.problem`. */
export async function* readText(path: string, onBytes: OnBytes, tally: Tally): AsyncGenerator<string> {
  const bytes = counted(createReadStream(path, { highWaterMark: CHUNK_BYTES }), onBytes)
  if (!path.endsWith('.gz')) return yield* decode(bytes, tally)
  const packed = Readable.from(bytes, { objectMode: false })
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES })
  packed.on('error', (error) => unpacked.destroy(error))
  return yield* decode(packed.pipe(unpacked), tally)
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
