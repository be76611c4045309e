import type { DataType } from '../sample.ts'

/** One kind of CSV file, known by its header. */
export type Form = {
  header: readonly string[]
  /** Where it comes from, for people. */
  origin: string
  dataType: DataType
  unit: string
  /** Columns by name; without `user` the file is of one person. */
  user?: string
  time: string
  value: string
  /** How long a sample lasts, in ms. */
  durationMs: number
}

const MINUTE_MS = 60_000
const steps = { dataType: 'steps', unit: 'count', durationMs: MINUTE_MS } as const
const bpm = { dataType: 'bpm', unit: 'count/min', durationMs: 0 } as const
const takeout = 'Google Takeout, Fitbit'
const fitabase = 'Fitabase'
const research = 'research data by user'

/** Every form there is. A new one is an entry here. */
export const forms: readonly Form[] = [
  { header: ['timestamp', 'steps'], origin: takeout, ...steps, time: 'timestamp', value: 'steps' },
  {
    header: ['timestamp', 'beats per minute'],
    origin: takeout,
    ...bpm,
    time: 'timestamp',
    value: 'beats per minute',
  },
  {
    header: ['Id', 'ActivityMinute', 'Steps'],
    origin: `${fitabase}, minuteStepsNarrow`,
    ...steps,
    user: 'Id',
    time: 'ActivityMinute',
    value: 'Steps',
  },
  {
    header: ['Id', 'Time', 'Value'],
    origin: `${fitabase}, heartrate_seconds`,
    ...bpm,
    user: 'Id',
    time: 'Time',
    value: 'Value',
  },
  { header: ['user', 'start', 'steps'], origin: research, ...steps, user: 'user', time: 'start', value: 'steps' },
  { header: ['user', 'time', 'bpm'], origin: research, ...bpm, user: 'user', time: 'time', value: 'bpm' },
]

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((name, index) => name.toLowerCase() === b[index]?.toLowerCase())

/** The form of a file with this header; undefined when it is none of those that are known. */
export const formOf = (header: readonly string[]): Form | undefined =>
  forms.find((form) =>
    same(
      form.header,
      header.map((name) => name.trim()),
    ),
  )

/** The headers that are known, a line each, for messages. */
export const describeForms = (): string =>
  forms.map(({ header, origin }) => `  ${header.join(',')}  (${origin})`).join('\n')
