import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readExport } from '../apple/read-export.ts'
import { readCsv, UnknownHeaderError, type UserSamples } from '../fitbit/read-csv.ts'
import { UnreadableFileError } from './failures.ts'
import { isExportName, openZip } from './open-zip.ts'
import { type OnBytes, readText, toOpenError } from './read-bytes.ts'
import type { Tally } from './tally.ts'

const MAX_DEPTH = 5
const MAX_FILES = 20_000

/** What was given to import. */
export type Source = {
  /** The provider whose data it is, unless told otherwise. */
  provider: 'apple' | 'fitbit'
  /** How much there is to read. */
  bytes: number
  read: (tally: Tally, onBytes: OnBytes) => AsyncGenerator<UserSamples>
}

/** Looks at what `path` is. `zone` is that of times that have none. Throws an `ImportError` when it is nothing known. */
export async function openSource(path: string, zone: string): Promise<Source> {
  const info = await stat(path).catch((error: unknown) => {
    throw toOpenError(path, error)
  })
  if (info.isDirectory()) return openFolder(path, zone)
  const beginning = await readBeginning(path)
  if (beginning.startsWith('PK')) {
    const { bytes, read } = await openZip(path)
    return { provider: 'apple', bytes, read: (tally, onBytes) => ofOnePerson(read(onBytes, tally), tally) }
  }
  if (/^(?:\ufeff)?\s*</.test(beginning)) return openXml(path, info.size)
  return openCsvFiles([{ path, bytes: info.size }], zone)
}

const openXml = (path: string, bytes: number): Source => ({
  provider: 'apple',
  bytes,
  read: (tally, onBytes) => ofOnePerson(readText(path, onBytes, tally), tally),
})

async function* ofOnePerson(chunks: AsyncIterable<string>, tally: Tally): AsyncGenerator<UserSamples> {
  for await (const samples of readExport(chunks, tally)) yield { user: undefined, samples }
}

async function readBeginning(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw toOpenError(path, error)
  })
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(64), 0, 64, 0)
    if (bytesRead === 0) throw new UnreadableFileError(`${path} is empty.`)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

type CsvFile = { path: string; bytes: number }

/** A folder of CSV files, or an export of Apple Health that was unpacked. */
async function openFolder(path: string, zone: string): Promise<Source> {
  const names = (await readdir(path)).filter(isExportName)
  const found = await Promise.all(
    names.map(async (name) => [join(path, name), (await stat(join(path, name))).size] as const),
  )
  const [largest] = found.toSorted((a, b) => b[1] - a[1])
  if (largest !== undefined) return openXml(...largest)
  const files = await findCsvFiles(path, 1)
  if (files.length === 0) throw new UnreadableFileError(`${path} has neither an export.xml nor CSV files.`)
  return openCsvFiles(files, zone)
}

async function findCsvFiles(folder: string, depth: number): Promise<CsvFile[]> {
  const found: CsvFile[] = []
  const entries = await readdir(folder, { withFileTypes: true })
  // In the same order every time: so batches are the same, and those sent before are known again.
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && depth < MAX_DEPTH) found.push(...(await findCsvFiles(path, depth + 1)))
    else if (/\.csv(?:\.gz)?$/i.test(entry.name)) found.push({ path, bytes: (await stat(path)).size })
    if (found.length > MAX_FILES) throw new UnreadableFileError(`There are more than ${MAX_FILES} CSV files.`)
  }
  return found
}

function openCsvFiles(files: CsvFile[], zone: string): Source {
  return {
    provider: 'fitbit',
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    read: async function* (tally, onBytes) {
      let known = 0
      for (const { path } of files) {
        try {
          yield* readCsv(readText(path, onBytes, tally), zone, tally)
          known++
        } catch (error) {
          // Exports are full of files of other kinds: these are named, and the others imported.
          if (!(error instanceof UnknownHeaderError) || files.length === 1) throw error
          tally.remarks.add(`${basename(path)} was left out: its header is ${error.found}`)
        }
        if (tally.problem !== undefined) tally.problem = `${basename(path)}: ${tally.problem}`
        if (tally.problem !== undefined) return
      }
      if (known === 0)
        throw new UnreadableFileError(`None of the ${files.length} CSV files has a header that is known.`)
    },
  }
}
