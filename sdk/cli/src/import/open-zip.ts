import { openPromise, type Entry } from 'yauzl'
import { ImportError, UnreadableFileError } from './failures.ts'
import { counted, decode, type OnBytes } from './read-bytes.ts'
import type { Tally } from './tally.ts'

/** The one file of an archive that is imported. `bytes` is its size, unpacked. */
export type ZippedExport = { bytes: number; read: (onBytes: OnBytes, tally: Tally) => AsyncGenerator<string> }

/**
 * Finds `export.xml` in what the phone made. Its name is that of the phone's language (`Export.xml`, `导出.xml`): it is
 * the largest XML file but the clinical document, `export_cda.xml`, outside the folders of routes and records.
 */
export async function openZip(path: string): Promise<ZippedExport> {
  const found = await findExport(path)
  return { bytes: found.uncompressedSize, read: (onBytes, tally) => readEntry(path, found, onBytes, tally) }
}

async function findExport(path: string): Promise<Entry> {
  const candidates: Entry[] = []
  const zip = await openPromise(path).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UnreadableFileError(`${path} is no zip archive, or its end is cut off: nothing can be read. (${reason})`)
  })
  try {
    for await (const entry of zip.eachEntry()) if (isExport(entry.fileName)) candidates.push(entry)
  } catch (error) {
    throw new UnreadableFileError(`${path} is a broken zip archive: ${(error as Error).message}`)
  } finally {
    zip.close()
  }
  const [largest] = candidates.toSorted((a, b) => b.uncompressedSize - a.uncompressedSize)
  if (largest === undefined) {
    throw new UnreadableFileError(
      `${path} has no export.xml. Of Fitbit's exports, unpack the archive and give the folder with the CSV files.`,
    )
  }
  return largest
}

/** `apple_health_export/export.xml`, and not what lies in folders below that or what macOS adds. */
const isExport = (name: string) => isExportName(name) && name.split('/').length <= 2 && !name.startsWith('__MACOSX/')

/** In the phone's language: what it is not is the clinical document, `export_cda.xml`. */
export const isExportName = (name: string): boolean => /(?<!_cda)\.xml$/i.test(name)

async function* readEntry(path: string, entry: Entry, onBytes: OnBytes, tally: Tally): AsyncGenerator<string> {
  const zip = await openPromise(path, { autoClose: false })
  try {
    const stream = await zip.openReadStreamPromise(entry)
    yield* decode(counted(stream as AsyncIterable<Buffer>, onBytes), tally)
  } catch (error) {
    if (error instanceof ImportError) throw error
    tally.problem ??= `The archive cannot be read to its end: ${(error as Error).message}`
  } finally {
    zip.close()
  }
}
