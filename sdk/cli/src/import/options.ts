import { readFile } from 'node:fs/promises'
import { DateTime, IANAZone } from 'luxon'
import { quantityTypes } from '../apple/quantity-types.ts'
import type { DataType, Sample } from '../sample.ts'
import { exitCodes, ImportError } from './failures.ts'

/** As they are typed. */
export type ImportFlags = {
  url: string
  keyFile?: string
  user?: string
  userId?: string
  userPrefix?: string
  provider?: string
  since?: string
  until?: string
  types?: string
  timezone: string
  concurrency: string
  record?: string
  restart?: boolean
  dryRun?: boolean
  json?: boolean
}

export const usageError = (message: string): ImportError => new ImportError(message, exitCodes.usage)

/** The data types that a file may give. */
export const dataTypes: ReadonlySet<string> = new Set<DataType>([
  ...[...quantityTypes.values()].map(({ dataType }) => dataType),
  'sleep',
  'workout',
  'workout_energy',
  'workout_distance',
])

/** Whether a sample is among those asked for: of these types, and starting in `[since, until)`. */
export function readSelection({ types, since, until }: ImportFlags): (sample: Sample) => boolean {
  const wanted = types === undefined ? undefined : readTypes(types)
  const first = since === undefined ? -Infinity : readDay('--since', since)
  const end = until === undefined ? Infinity : readDay('--until', until)
  if (first >= end) throw usageError('--until must be later than --since.')
  const isAnyTime = since === undefined && until === undefined
  return ({ data_type, start_date }) => {
    if (wanted !== undefined && !wanted.has(data_type)) return false
    if (isAnyTime) return true
    const start = Date.parse(start_date)
    return start >= first && start < end
  }
}

function readTypes(text: string): Set<string> {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !dataTypes.has(name))
  if (unknown.length === 0) return new Set(names)
  throw usageError(`--types: there is no ${unknown.join(', ')}. There are: ${[...dataTypes].join(', ')}.`)
}

/** `2023-01-01` is the midnight of UTC; an instant with an offset is taken as it is. */
function readDay(name: string, text: string): number {
  const time = DateTime.fromISO(text, { zone: 'UTC' })
  if (time.isValid && /^\d{4}-\d\d-\d\d/.test(text)) return time.toMillis()
  throw usageError(`${name} must be a date such as 2023-01-31, not ${text}.`)
}

export function readZone(name: string): string {
  if (IANAZone.isValidZone(name)) return name
  throw usageError(`--timezone must be a name such as Europe/Berlin or UTC, not ${name}.`)
}

export function readConcurrency(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 64) return value
  throw usageError(`--concurrency must be a whole number from 1 to 64, not ${text}.`)
}

/** Never an argument: those are shown to everybody who lists the machine's processes. */
export async function readKey(keyFile: string | undefined, environment: NodeJS.ProcessEnv): Promise<string> {
  const key = keyFile === undefined ? environment['PULSEWELL_KEY'] : await readFile(keyFile, 'utf8').catch(noKeyFile)
  const trimmed = key?.trim() ?? ''
  if (trimmed === '') throw usageError('A secret key is needed: in PULSEWELL_KEY, or in the file of --key-file.')
  if (!/^[\x21-\x7e]+$/.test(trimmed)) throw usageError('The secret key has characters that no key has.')
  return trimmed
}

function noKeyFile(error: unknown): never {
  throw usageError(`--key-file cannot be read: ${(error as Error).message}`)
}
