import type { z } from 'zod'
import { AppError } from '../errors.ts'
import { faultsOfTimes, type StoredSample, withoutNoise } from '../samples/batch-schemas.ts'
import { isReservedName, mergedNames } from '../samples/device-kinds.ts'
import { type DataType, sampleTypes } from '../samples/types/sample-types.ts'
import { sleep } from '../samples/types/sleep.ts'
import type { SampleType } from '../samples/types/sample-type.ts'
import { workout } from '../samples/types/workout.ts'
import { workoutDistance } from '../samples/types/workout-distance.ts'
import { workoutEnergy } from '../samples/types/workout-energy.ts'
import { type ApplePush, PushedData, pushedStages, QuantityItem, SleepItem, WorkoutItem } from './schemas.ts'

const HOUR_MS = 3_600_000
const MAX_REJECTED = 100

export type Pushed = {
  /** Samples by type. */
  samples: Map<DataType, StoredSample[]>
  ignored: string[]
  rejected: { field: string; reason: string }[]
  /** What the phone says went wrong there. */
  error: string | undefined
}

/**
 * What the SDKs send in other units than ours. HealthKit's per cent is a share of 1. Glucose comes in mmol/L; no meter
 * reads above 33.3 mmol/L or below 33.3 mg/dL, so that a value says which it is.
 */
const pushedUnits: Record<string, (value: number) => number> = {
  HKQuantityTypeIdentifierOxygenSaturation: (value) => (value <= 1 ? value * 100 : value),
  HKQuantityTypeIdentifierBodyFatPercentage: (value) => (value <= 1 ? value * 100 : value),
  HKQuantityTypeIdentifierBloodGlucose: (value) => (value < 33.3 ? value * 18.0156 : value),
  HKQuantityTypeIdentifierDietarySodium: (grams) => grams * 1000,
  HKQuantityTypeIdentifierAppleExerciseTime: (minutes) => minutes * 60,
}

const typeOfIdentifier = new Map<string, SampleType & { name: DataType }>(
  sampleTypes.flatMap((type) => (type.healthKit === null || type.kind === 'interval' ? [] : [[type.healthKit, type]])),
)

/** The body of a push → samples to store. Throws `validation_error` when `data` is not what the SDKs send. */
export function readPush({ data: text, hourly }: ApplePush): Pushed {
  const pushed: Pushed = { samples: new Map(), ignored: [], rejected: [], error: undefined }
  for (const [identifier, items] of Object.entries(parseData(text))) {
    if (identifier === 'error' && typeof items === 'string') pushed.error = items
    else if (identifier === 'extra') continue
    else if (!Array.isArray(items)) reject(pushed, identifier, 'is not an array')
    else readItems(pushed, identifier, items, hourly ?? areHourly(items))
  }
  return pushed
}

/** Phones that send again what failed leave `hourly` out. Days are never this close to each other. */
const CLOSEST_DAYS_MS = 20 * HOUR_MS

function areHourly(items: unknown[]): boolean {
  const starts = items.flatMap((item) => QuantityItem.safeParse(item).data?.date ?? []).toSorted((a, b) => a - b)
  return starts.some((start, index) => index > 0 && start - starts[index - 1]! < CLOSEST_DAYS_MS)
}

function parseData(text: string): z.infer<typeof PushedData> {
  try {
    const parsed = PushedData.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    throw invalidData(parsed.error.issues[0]?.message ?? 'is not an object')
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidData('is not JSON')
    throw error
  }
}

const invalidData = (reason: string) =>
  new AppError('validation_error', `data: ${reason}`, { details: [{ field: 'data', reason }] })

function readItems(pushed: Pushed, identifier: string, items: unknown[], isHourly: boolean): void {
  const type = typeOfIdentifier.get(identifier)
  if (type !== undefined) {
    each(pushed, identifier, items, QuantityItem, (item) => readQuantity(type, identifier, item, isHourly))
  } else if (identifier === 'HKCategoryValueSleepAnalysis' || identifier === sleep.healthKit) {
    each(pushed, identifier, items, SleepItem, readSleep)
  } else if (identifier === 'HKWorkout' || identifier === workout.healthKit) {
    each(pushed, identifier, items, WorkoutItem, readWorkout)
  } else pushed.ignored.push(identifier)
}

type Read = { dataType: DataType; sample: StoredSample }[]
type Refusal = { field: string; reason: string }

/** Reads items one by one: what is wrong with one does not keep the phone's others from being stored. */
function each<Schema extends z.ZodType>(
  pushed: Pushed,
  identifier: string,
  items: unknown[],
  schema: Schema,
  read: (item: z.output<Schema>) => Read | Refusal,
): void {
  for (const [index, item] of items.entries()) {
    const parsed = schema.safeParse(item)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      reject(pushed, [`${identifier}[${index}]`, ...(issue?.path ?? [])].join('.'), issue?.message ?? 'is invalid')
      continue
    }
    const result = read(parsed.data)
    if (!Array.isArray(result)) reject(pushed, `${identifier}[${index}].${result.field}`, result.reason)
    else {
      for (const { dataType, sample } of result) {
        const samples = pushed.samples.get(dataType) ?? []
        pushed.samples.set(dataType, samples)
        samples.push(sample)
      }
    }
  }
}

/**
 * HealthKit has merged these over the phone and the watch already. A day's total is kept at the instant where that day
 * begins, so that it is of the day that the phone meant in any zone that has it.
 */
function readQuantity(
  type: SampleType & { name: DataType },
  identifier: string,
  { date, value: sent }: z.output<typeof QuantityItem>,
  isHourly: boolean,
): Read | Refusal {
  const value = withoutNoise(pushedUnits[identifier]?.(sent) ?? sent)
  const { min, max } = type.units[type.unit ?? '']!
  if (value <= 0 || value < (min ?? 0)) return { field: 'value', reason: `must be above ${min ?? 0} ${type.unit}` }
  // A total of a day may be more than one sample can be.
  if (type.kind === 'instantaneous' && value > max)
    return { field: 'value', reason: `must be at most ${max} ${type.unit}` }
  if (value > max * 100) return { field: 'value', reason: `must be at most ${max * 100} ${type.unit}` }
  const device = isHourly ? hourlyTotals : dailyTotals
  const end = isHourly && type.kind === 'cumulative' ? date + HOUR_MS : date
  return place(['date', 'date'], device, date, end, [[type.name, value]])
}

const hourlyTotals = { deviceName: mergedNames.merged_hourly, deviceKind: 'merged_hourly' } as const
const dailyTotals = { deviceName: mergedNames.merged_daily, deviceKind: 'merged_daily' } as const

function readSleep({ date, endDate, type, ...source }: z.output<typeof SleepItem>): Read | Refusal {
  if (endDate <= date) return { field: 'endDate', reason: 'must be later than date' }
  return place(['date', 'endDate'], deviceOf(source), date, endDate, [['sleep', sleep.kinds[pushedStages[type]]]])
}

const workoutNumbers = new Set<number>(Object.values(workout.kinds))

function readWorkout(item: z.output<typeof WorkoutItem>): Read | Refusal {
  const { startTime, endTime, type, kcal, distance, ...source } = item
  if (endTime <= startTime) return { field: 'endTime', reason: 'must be later than startTime' }
  // Kinds that a newer HealthKit has.
  const kind = workoutNumbers.has(type) ? type : workout.kinds.other
  if (kcal != null && kcal > workoutEnergy.units.kcal.max) return tooMuch('kcal', workoutEnergy.units.kcal.max)
  if (distance != null && distance > workoutDistance.units.m.max)
    return tooMuch('distance', workoutDistance.units.m.max)
  return place(['startTime', 'endTime'], deviceOf(source), startTime, endTime, [
    ['workout', kind],
    ...(kcal != null && kcal > 0 ? [['workout_energy', kcal] as const] : []),
    ...(distance != null && distance > 0 ? [['workout_distance', distance] as const] : []),
  ])
}

const tooMuch = (field: string, max: number): Refusal => ({ field, reason: `must be at most ${max}` })

const deviceOf = ({
  sourceName,
  sourceId,
}: {
  sourceName?: string | null | undefined
  sourceId?: string | null | undefined
}) => ({
  deviceName: [sourceName, sourceId].find((name) => name != null && isStorable(name)) ?? 'Apple Health',
  deviceKind: undefined,
})

const isStorable = (name: string) =>
  !isReservedName(name) && name.trim() !== '' && !name.includes('\0') && name.isWellFormed()

function place(
  [startField, endField]: [string, string],
  device: Pick<StoredSample, 'deviceName' | 'deviceKind'>,
  start: number,
  end: number,
  values: readonly (readonly [DataType, number])[],
): Read | Refusal {
  const [fault] = faultsOfTimes(start, end - start)
  if (fault !== undefined) return { field: fault.field === 'start_date' ? startField : endField, reason: fault.reason }
  const placed = { ...device, deviceVersion: undefined, start, durationMs: end - start }
  return values.map(([dataType, value]) => ({ dataType, sample: { ...placed, value } }))
}

function reject({ rejected }: Pushed, field: string, reason: string): void {
  if (rejected.length < MAX_REJECTED) rejected.push({ field, reason })
}
