import { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { ImportError, UnreadableFileError } from '../import/failures.ts'
import { count, type Tally } from '../import/tally.ts'
import { faultOfTimes, type Sample } from '../sample.ts'
import { describeForms, type Form, formOf } from './forms.ts'
import { timeReader } from './read-time.ts'

const MAX_LINE_CHARACTERS = 100_000
const MAX_HEADER_SHOWN = 200
const SAMPLES_AT_ONCE = 1000
/** Of all people together: files that are sorted by time go from one to the next with every row. */
const MAX_HELD = 200_000

/** Samples of one person; `user` is the id that the file has for them, undefined when it has none. */
export type UserSamples = { user: string | undefined; samples: Sample[] }

/** What is wrong with the header of a file: `found` is what it has. */
export class UnknownHeaderError extends UnreadableFileError {
  readonly found: string

  constructor(found: string) {
    super(`The header is not one that is known: ${found}\nKnown are:\n${describeForms()}`)
    this.found = found
  }
}

/**
 * The chunks of a CSV file of Fitbit's → samples, a list for up to 1000 rows of the same person. Bad rows are
 * counted in `tally`; a file that breaks off sets `tally.problem`. Throws `UnknownHeaderError`, and
 * `UnreadableFileError` when it is no CSV.
 */
export async function* readCsv(chunks: AsyncIterable<string>, zone: string, tally: Tally): AsyncGenerator<UserSamples> {
  const readTime = timeReader(zone)
  let readRow: ((row: string[]) => Sample | undefined) | undefined
  let place = -1
  const held = new Map<string | undefined, Sample[]>()
  let taken = 0
  for await (const row of rowsOf(chunks, tally)) {
    if (readRow === undefined) {
      const form = formOf(row)
      if (form === undefined) throw new UnknownHeaderError(row.join(',').slice(0, MAX_HEADER_SHOWN))
      readRow = rowReader(form, readTime, zone, tally)
      place = form.user === undefined ? -1 : form.header.indexOf(form.user)
      continue
    }
    const sample = readRow(row)
    if (sample === undefined) continue
    const user = place === -1 ? undefined : row[place]!.trim()
    const samples = held.get(user) ?? []
    held.set(user, samples)
    if (samples.push(sample) === SAMPLES_AT_ONCE) {
      held.delete(user)
      yield { user, samples }
    } else if (++taken % MAX_HELD === 0) yield* release(held)
  }
  if (readRow === undefined && tally.problem === undefined) throw new UnknownHeaderError('(the file is empty)')
  yield* release(held)
}

function* release(held: Map<string | undefined, Sample[]>): Generator<UserSamples> {
  for (const [user, samples] of held) yield { user, samples }
  held.clear()
}

async function* rowsOf(chunks: AsyncIterable<string>, tally: Tally): AsyncGenerator<string[]> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_CHARACTERS,
  })
  const rows = Readable.from(chunks, { objectMode: false })
    .on('error', (error) => parser.destroy(error))
    .pipe(parser)
  let latest: string[] | undefined
  try {
    for await (const row of rows) {
      if (latest !== undefined) yield latest
      latest = row as string[]
    }
    // Of a file that broke off the last row may be half a row: 1 where there was 120.
    if (tally.problem !== undefined) return
  } catch (error) {
    if (error instanceof ImportError) throw error
    tally.problem ??= `The file is broken: ${(error as Error).message}`
  }
  if (latest !== undefined) yield latest
}

function rowReader(
  form: Form,
  readTime: ReturnType<typeof timeReader>,
  zone: string,
  tally: Tally,
): (row: string[]) => Sample | undefined {
  const { header, dataType, unit, durationMs } = form
  const [time, measured] = [header.indexOf(form.time), header.indexOf(form.value)]
  const skip = (reason: string): undefined => {
    count(tally.skipped, `${dataType}: ${reason}`)
  }
  return (row) => {
    if (row.length !== header.length) return skip('has another number of columns than the header')
    const { at, isZoneless } = readTime(row[time]!)
    const fault = faultOfTimes(at, at + durationMs)
    if (fault !== undefined) return skip(fault)
    const value = row[measured]!.trim() === '' ? Number.NaN : Number(row[measured])
    if (!Number.isFinite(value)) return skip('has a value that is not a number')
    if (value <= 0) return skip(value === 0 ? 'is 0' : 'is below 0')
    if (isZoneless) tally.remarks.add(`Times without a zone were taken for ${zone}; --timezone changes that.`)
    return {
      data_type: dataType,
      device_name: 'Fitbit',
      device_type: 'band',
      start_date: new Date(at).toISOString(),
      end_date: new Date(at + durationMs).toISOString(),
      value,
      unit,
    }
  }
}
