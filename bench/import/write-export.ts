import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { exportProlog } from './export-prolog.ts'
import { randomFrom } from './random.ts'
import { DAY_MS, daysOfTypes, stepsOfDay } from './records.ts'

/** The last day of every export, so that each is of days that are over. */
const LAST_DAY = Date.parse('2024-06-30T00:00:00Z')
const CHUNK_CHARACTERS = 1 << 20

export type Written = {
  days: number
  /** How many samples of Pulsewell's types it has. */
  samples: number
  /** The steps of each day, by its date in UTC: what `GET /activity` has to answer. */
  steps: Map<string, number>
}

const seedOf = (type: number, day: number) => type * 100_003 + day

const dayOf = (type: number, day: number) => daysOfTypes[type]!(LAST_DAY - day * DAY_MS, randomFrom(seedOf(type, day)))

/** How many days make about so many bytes. */
export function daysOfBytes(bytes: number): number {
  const ofOneDay = daysOfTypes.reduce((sum, _, type) => sum + Buffer.byteLength(dayOf(type, 0).text), 0)
  return Math.max(1, Math.round(bytes / ofOneDay))
}

/** An `export.xml` in Apple's form, as chunks of text: each type in turn, from the first day to the last. */
export function* exportOf(days: number, count: (samples: number) => void): Generator<string> {
  let chunk = `${exportProlog}<HealthData locale="en_US">\n <ExportDate value="2024-07-01 08:00:00 -0500"/>\n <Me HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexNotSet"/>\n`
  for (const type of daysOfTypes.keys()) {
    for (let day = days - 1; day >= 0; day--) {
      const { text, samples } = dayOf(type, day)
      count(samples)
      chunk += text
      if (chunk.length < CHUNK_CHARACTERS) continue
      yield chunk
      chunk = ''
    }
  }
  yield `${chunk}</HealthData>\n`
}

export function stepsByDay(days: number): Map<string, number> {
  const type = daysOfTypes.findIndex((_, index) => dayOf(index, 0).text.includes('StepCount'))
  return new Map(
    Array.from({ length: days }, (_, day) => {
      const from = LAST_DAY - day * DAY_MS
      return [new Date(from).toISOString().slice(0, 10), stepsOfDay(from, seedOf(type, day))]
    }),
  )
}

/** Writes an export of so many days to a file: the same bytes every time. */
export async function writeExport(path: string, days: number): Promise<Written> {
  let samples = 0
  await pipeline(Readable.from(exportOf(days, (more) => void (samples += more))), createWriteStream(path))
  return { days, samples, steps: stepsByDay(days) }
}
