import { v7 as uuidv7 } from 'uuid'
import { type HeartRate, type Recording, takeRates } from '../heart-rate.ts'

export const BATCH_SAMPLES = 1000
/** So that users' days differ, and all stay within what the API takes. */
const DIFFERENT_SHIFTS = 365

/** The same samples twice, ready to send, so that the generator costs little while it measures. */
export type Workload = {
  users: number
  samples: number
  /** How many of the samples were really recorded; the others repeat them on other days. */
  recorded: number
  /** In the order they are sent: the first batch of every user, then the second. Batch `n` is user `n % users`'s. */
  batches: { json: Buffer; copy: Buffer }[]
}

export function buildWorkload(recording: Recording, users: number, samples: number): Workload {
  // Version 7, like the server's own: they are as easy on an index.
  const owners = Array.from({ length: users }, () => `${uuidv7()}\tbpm\t${uuidv7()}`)
  const batches = Array.from({ length: Math.ceil(samples / BATCH_SAMPLES) }, (_, index) => {
    const user = index % users
    const first = Math.floor(index / users) * BATCH_SAMPLES
    const rates = takeRates(recording, first, BATCH_SAMPLES, user % DIFFERENT_SHIFTS)
    return { json: toJson(rates), copy: toCopyRows(owners[user]!, rates) }
  })
  return { users, samples: batches.length * BATCH_SAMPLES, recorded: recording.rates.length, batches }
}

/** Every field that a phone fills in: about 170 kB. */
function toJson(rates: HeartRate[]): Buffer {
  const data = rates.map(({ ms, bpm }) => {
    const time = new Date(ms).toISOString().replace('Z', '+00:00')
    return {
      device_name: 'Fitbit Charge HR',
      device_version: '18.102',
      start_date: time,
      end_date: time,
      value: bpm,
      unit: 'count/min',
    }
  })
  return Buffer.from(JSON.stringify({ data_type: 'bpm', data }))
}

/** COPY's text format, in the order of the columns of the table in copy-rows.ts. */
function toCopyRows(owner: string, rates: HeartRate[]): Buffer {
  const rows = rates.map(({ ms, bpm }) => {
    const time = new Date(ms).toISOString()
    return `${owner}\t${time}\t${time}\t${bpm}\n`
  })
  return Buffer.from(rows.join(''))
}
