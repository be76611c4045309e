import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readExport } from '../apple/read-export.ts'
import { readCsv, UnknownHeaderError, type UserSamples } from '../fitbit/read-csv.ts'
import { UnreadableFileError } from './failures.ts'
import { isExportName, openZip } from './open-zip.ts'
import { type OnBytes, readBeginning, readText, toOpenError } from './read-bytes.ts'
import type { Tally } from './tally.ts'

const MAX_DEPTH = 5
const MAX_FILES = 20_000
const EXPORT_FOLDER = 'apple_health_export'

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
  // A pipe would be waited for until somebody writes into it.
  if (!info.isFile()) throw new UnreadableFileError(`${path} is neither a file nor a folder.`)
  if (info.size === 0) throw new UnreadableFileError(`${path} is empty.`)
  const beginning = await readBeginning(path)
  if (isUtf16(beginning)) throw new UnreadableFileError(`${path} is in UTF-16. Save it as UTF-8.`)
  const text = beginning.toString('utf8')
  if (text.startsWith('PK\x03\x04')) {
    const { bytes, read } = await openZip(path)
    return { provider: 'apple', bytes, read: (tally, onBytes) => ofOnePerson(read(onBytes, tally), tally) }
  }
  if (/^(?:\ufeff)?\s*</.test(text)) return openXml(path, info.size)
  return openCsvFiles([{ path, bytes: info.size }], zone)
}

const isUtf16 = ([first, second]: Buffer) => (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

const openXml = (path: string, bytes: number): Source => ({
  provider: 'apple',
  bytes,
  read: (tally, onBytes) => ofOnePerson(readText(path, onBytes, tally), tally),
})

async function* ofOnePerson(chunks: AsyncIterable<string>, tally: Tally): AsyncGenerator<UserSamples> {
  for await (const samples of readExport(chunks, tally)) yield { user: undefined, samples }
}

type SourceFile = { path: string; bytes: number }

/** A folder of CSV files, or an export of Apple Health that was unpacked. */
async function openFolder(path: string, zone: string): Promise<Source> {
  // Archives have a folder around the export, which is what unpacking them gives.
  const [largest] = [...(await findExports(path)), ...(await findExports(join(path, EXPORT_FOLDER)))].toSorted(
    (a, b) => b.bytes - a.bytes,
  )
  if (largest !== undefined) return openXml(largest.path, largest.bytes)
  const files = await findCsvFiles(path, 1)
  if (files.length === 0) throw new UnreadableFileError(`${path} has neither an export.xml nor CSV files.`)
  return openCsvFiles(files, zone)
}

async function findExports(folder: string): Promise<SourceFile[]> {
  const names = await readdir(folder).catch(() => [])
  const found = await Promise.all(names.filter(isExportName).map((name) => findFile(join(folder, name))))
  return found.filter((file) => file !== undefined)
}

/** Undefined for what is no file: a folder, or a link that leads nowhere. */
async function findFile(path: string): Promise<SourceFile | undefined> {
  const info = await stat(path).catch(() => undefined)
  return info?.isFile() === true ? { path, bytes: info.size } : undefined
}

async function findCsvFiles(folder: string, depth: number): Promise<SourceFile[]> {
  const found: SourceFile[] = []
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw toOpenError(folder, error)
  })
  // In the same order every time: so batches are the same, and those sent before are known again.
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (depth < MAX_DEPTH) found.push(...(await findCsvFiles(path, depth + 1)))
    } else if (/\.csv(?:\.gz)?$/i.test(entry.name)) {
      const file = await findFile(path)
      if (file !== undefined) found.push(file)
    }
    if (found.length > MAX_FILES) throw new UnreadableFileError(`There are more than ${MAX_FILES} CSV files.`)
  }
  return found
}

function openCsvFiles(files: SourceFile[], zone: string): Source {
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
