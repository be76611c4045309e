import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const DAY_MS = 86_400_000

/** The whole data set where it lies beside the project, else the excerpt that comes with it. */
const FILES = [
  join(import.meta.dirname, '../../shared/data/heart-rate.csv.gz'),
  join(import.meta.dirname, 'fixture/heart-rate.csv.gz'),
]

export type HeartRate = { ms: number; bpm: number }

/** One wearer's recording, in time order. After `days` whole days it can begin again without overlapping itself. */
export type Recording = { rates: HeartRate[]; days: number }

export async function readRecording(): Promise<Recording> {
  const file = FILES.find((path) => existsSync(path))
  if (file === undefined) throw new Error('bench/fixture/heart-rate.csv.gz is missing')
  const [, ...lines] = gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split('\n')
  const rates = lines.map((line) => {
    const [, time = '', bpm] = line.split(',')
    return { ms: Date.parse(time), bpm: Number(bpm) }
  })
  return { rates, days: dayOf(rates.at(-1)) - dayOf(rates[0]) + 1 }
}

const dayOf = (rate: HeartRate | undefined) => Math.floor((rate?.ms ?? 0) / DAY_MS)

/** `count` rates from the `first` of an endless recording: the real one again and again, shifted by whole days. */
export function takeRates({ rates, days }: Recording, first: number, count: number, shiftDays: number): HeartRate[] {
  return Array.from({ length: count }, (_, offset) => {
    const index = first + offset
    const { ms, bpm } = rates[index % rates.length]!
    return { ms: ms + (shiftDays + days * Math.floor(index / rates.length)) * DAY_MS, bpm }
  })
}
