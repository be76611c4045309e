import { gzipSync } from 'node:zlib'
import { v7 as uuidv7 } from 'uuid'
import { type HeartRate, type Recording, takeRates } from '../heart-rate.ts'

export const BATCH_SAMPLES = 1000
/** So that users' days differ, and all stay within what the API takes. */
const DIFFERENT_SHIFTS = 365

/** How batches travel: as JSON, that gzipped, or in columns; of 1000 samples or fewer. */
export const forms = {
  json: { label: 'JSON of 1000', batchSamples: BATCH_SAMPLES, contentType: 'application/json' },
  gzip: { label: 'gzip of 1000', batchSamples: BATCH_SAMPLES, contentType: 'application/json', encoding: 'gzip' },
  'json of 60': { label: 'JSON of 60', batchSamples: 60, contentType: 'application/json' },
  'json of 3': { label: 'JSON of 3', batchSamples: 3, contentType: 'application/json' },
  columns: {
    label: 'columns of 1000',
    batchSamples: BATCH_SAMPLES,
    contentType: 'application/vnd.pulsewell.columns+json',
  },
} as const
export type FormName = keyof typeof forms

/** Batches ready to send, so that the generator costs little while it measures. */
export type Workload = {
  form: FormName
  users: number
  samples: number
  /** How many of the samples were really recorded; the others repeat them on other days. */
  recorded: number
  /** In the order they are sent: the first batch of every user, then the second. Batch `n` is user `n % users`'s. */
  batches: { body: Buffer; samples: number }[]
  /** The same samples as rows, a chunk a batch. */
  copies: Buffer[]
}

export function buildWorkload(recording: Recording, form: FormName, users: number, samples: number): Workload {
  // Version 7, like the server's own: they are as easy on an index.
  const owners = Array.from({ length: users }, () => `${uuidv7()}\tbpm\t${uuidv7()}`)
  const { batchSamples } = forms[form]
  const count = Math.ceil(samples / batchSamples)
  const ratesOf = (index: number) => {
    const user = index % users
    return takeRates(recording, Math.floor(index / users) * batchSamples, batchSamples, user % DIFFERENT_SHIFTS)
  }
  return {
    form,
    users,
    samples: count * batchSamples,
    recorded: recording.rates.length,
    batches: Array.from({ length: count }, (_, index) => ({
      body: encode(form, ratesOf(index)),
      samples: batchSamples,
    })),
    copies: form === 'json' ? Array.from({ length: count }, (_, i) => toCopyRows(owners[i % users]!, ratesOf(i))) : [],
  }
}

function encode(form: FormName, rates: HeartRate[]): Buffer {
  if (form === 'columns') return toColumns(rates)
  return form === 'gzip' ? gzipSync(toJson(rates)) : toJson(rates)
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

function toColumns(rates: HeartRate[]): Buffer {
  const start = rates[0]!.ms
  const batch = {
    data_type: 'bpm',
    unit: 'count/min',
    devices: [{ name: 'Fitbit Charge HR', version: '18.102' }],
    start: new Date(start).toISOString(),
    offsets: rates.map(({ ms }) => ms - start),
    values: rates.map(({ bpm }) => bpm),
  }
  return Buffer.from(JSON.stringify(batch))
}

/** COPY's text format, in the order of the columns of the table in copy-rows.ts. */
function toCopyRows(owner: string, rates: HeartRate[]): Buffer {
  const rows = rates.map(({ ms, bpm }) => {
    const time = new Date(ms).toISOString()
    return `${owner}\t${time}\t${time}\t${bpm}\n`
  })
  return Buffer.from(rows.join(''))
}
