import { z } from 'zod'
import { text } from '../http/schemas.ts'
import { DAY_MS } from './days.ts'
import { type DeviceKind, deviceKinds, isReservedName, type MergedKind } from './device-kinds.ts'
import { bpm } from './types/bpm.ts'
import type { SampleType, SampleUnit } from './types/sample-type.ts'
import { sampleTypes } from './types/sample-types.ts'
import { steps } from './types/steps.ts'

/** v1.1 is fixed by the apps that speak it; v2 takes every type, and a single sample of what is measured once a day. */
export const batchVersions = {
  'v1.1': { types: [steps, bpm] as SampleType[], minSamples: 3 },
  v2: { types: sampleTypes as readonly SampleType[], minSamples: 1 },
} as const
export type BatchVersion = keyof typeof batchVersions

export const MAX_SAMPLES = 1000
const MAX_DURATION_DAYS = 7
/** Before the first, clocks were not set; Postgres and JavaScript agree on all between. */
const FIRST_INSTANT = Date.parse('1970-01-01T00:00:00Z')
const LAST_INSTANT = Date.parse('2100-01-01T00:00:00Z')

export const DataTypeName = z.enum([steps.name, bpm.name]).meta({ id: 'DataType' })
export const AnyDataTypeName = z.enum(sampleTypes.map((type) => type.name)).meta({ id: 'AnyDataType' })

const unitsOf = (types: readonly SampleType[]) => [...new Set(types.flatMap((type) => Object.keys(type.units)))]

export const deviceNameOf = () => text(200).refine((name) => !isReservedName(name), 'is reserved')

/** One sample as apps send it. What the unit and the other fields must agree on is checked by its type's schema. */
export const Sample = z
  .strictObject({
    device_name: deviceNameOf().describe('A unique device name, such as iPhone or Apple Watch.'),
    device_version: text(100).optional(),
    start_date: z.iso.datetime({ offset: true }).describe('ISO 8601 with an offset or Z.'),
    end_date: z.iso
      .datetime({ offset: true })
      .optional()
      .describe(
        `Not earlier than start_date, and at most ${MAX_DURATION_DAYS} days after it; start_date where absent.`,
      ),
    value: z.number().positive(),
    unit: z.enum(unitsOf(batchVersions['v1.1'].types)),
  })
  .meta({ id: 'Sample' })

export const deviceTypeOf = () =>
  z
    .enum(deviceKinds)
    .optional()
    .describe('Which of several devices that counted the same is believed. Guessed from the name where absent.')

/** A sample of POST /api/v2/samples. */
export const MeasuredSample = z
  .strictObject({ ...Sample.shape, device_type: deviceTypeOf(), unit: z.enum(unitsOf(sampleTypes)) })
  .meta({ id: 'MeasuredSample' })

/** A stretch of time that was of some kind: a stage of sleep, a workout. */
export const IntervalSample = z
  .strictObject({
    ...Sample.omit({ value: true, unit: true, end_date: true }).shape,
    device_type: deviceTypeOf(),
    end_date: z.iso.datetime({ offset: true }),
    kind: z.enum([...new Set(sampleTypes.flatMap((type) => ('kinds' in type ? Object.keys(type.kinds) : [])))]),
  })
  .meta({ id: 'IntervalSample' })

/** The body of POST /api/v1.1/samples. */
export const SampleBatch = z
  .strictObject({
    data_type: DataTypeName,
    data: z.array(Sample).min(batchVersions['v1.1'].minSamples).max(MAX_SAMPLES),
  })
  .meta({ id: 'SampleBatch' })

/** The body of POST /api/v2/samples. */
export const AnySampleBatch = z
  .strictObject({
    data_type: AnyDataTypeName,
    data: z
      .array(z.union([MeasuredSample, IntervalSample]))
      .min(batchVersions.v2.minSamples)
      .max(MAX_SAMPLES),
  })
  .meta({ id: 'AnySampleBatch' })

/** The batch around its samples: these are judged one by one, for some may be bad and the others stored. */
export const batchEnvelopeOf = ({ types, minSamples }: { types: readonly SampleType[]; minSamples: number }) =>
  z.strictObject({
    data_type: z.enum(types.map((type) => type.name)),
    data: z.array(z.unknown()).min(minSamples).max(MAX_SAMPLES),
  })

/** A sample as it is stored: instants in ms since 1970, value in the type's own unit, or the number of its kind. */
export type StoredSample = {
  deviceName: string
  deviceVersion: string | undefined
  deviceKind: DeviceKind | MergedKind | undefined
  start: number
  durationMs: number
  value: number
}

/** Reads samples of one type, by the rules that its declaration gives. */
function sampleSchemaOf(type: SampleType, version: BatchVersion): z.ZodType<StoredSample> {
  if (type.kinds !== undefined) return intervalSchemaOf(type.kinds)
  const fields = version === 'v1.1' ? Sample : MeasuredSample
  const unit = z.enum(Object.keys(type.units), { error: unitRule(type) })
  return z.strictObject({ ...fields.shape, unit }).transform((sample, context): StoredSample => {
    const found = type.units[sample.unit]
    const fault = found === undefined ? undefined : faultOfValue(sample.value, sample.unit, found)
    if (fault !== undefined) broken(context, 'value', fault)
    return { ...placeSample(sample, context), value: convert(sample.value, found) }
  })
}

function intervalSchemaOf(kinds: Readonly<Record<string, number>>): z.ZodType<StoredSample> {
  return z
    .strictObject({ ...IntervalSample.shape, kind: z.enum(Object.keys(kinds)) })
    .transform((sample, context): StoredSample => {
      const placed = placeSample(sample, context)
      if (placed.durationMs === 0) broken(context, 'end_date', 'must be later than start_date')
      return { ...placed, value: kinds[sample.kind]! }
    })
}

type Fields = {
  device_name: string
  device_version?: string | undefined
  device_type?: DeviceKind | undefined
  start_date: string
  end_date?: string | undefined
}

/** Whose it is and when; tells what is wrong with its times. */
function placeSample(sample: Fields, context: z.core.$RefinementCtx): Omit<StoredSample, 'value'> {
  const start = Date.parse(sample.start_date)
  const end = sample.end_date ?? sample.start_date
  // Most heart rates end when they start: that needs no second parse.
  const durationMs = end === sample.start_date ? 0 : Date.parse(end) - start
  for (const { field, reason } of faultsOfTimes(start, durationMs)) broken(context, field, reason)
  return {
    deviceName: sample.device_name,
    deviceVersion: sample.device_version,
    deviceKind: sample.device_type,
    start,
    durationMs,
  }
}

/** What is wrong with a sample's times, in ms since 1970. */
export function faultsOfTimes(start: number, durationMs: number): { field: string; reason: string }[] {
  const isLate = durationMs > MAX_DURATION_DAYS * DAY_MS
  const isInReach = start >= FIRST_INSTANT && start < LAST_INSTANT
  // Of nearly all samples there is nothing to say.
  if (durationMs >= 0 && !isLate && isInReach) return NO_FAULTS
  return [
    ...(durationMs < 0 ? [{ field: 'end_date', reason: 'must not be earlier than start_date' }] : []),
    ...(isLate ? [{ field: 'end_date', reason: `must be at most ${MAX_DURATION_DAYS} days after the start` }] : []),
    ...(isInReach ? [] : [{ field: 'start_date', reason: 'must be from 1970 to 2099' }]),
  ]
}

const NO_FAULTS: { field: string; reason: string }[] = []

/** What is wrong with a value in a unit. */
export function faultOfValue(value: number, name: string, { min, max }: SampleUnit): string | undefined {
  if (value > max) return `must be at most ${max} ${name}`
  return min !== undefined && value < min ? `must be at least ${min} ${name}` : undefined
}

const broken = (context: z.core.$RefinementCtx, field: string, message: string) =>
  context.addIssue({ code: 'custom', path: [field], message })

/** 4.1 beats a second are 246 a minute, not 245.99999999999997: noise far below what any sensor tells is rounded off. */
export const convert = (value: number, { factor, offset = 0 }: SampleUnit = { max: 0, factor: 1 }): number =>
  factor === 1 ? value : withoutNoise(value * factor + offset)

export const withoutNoise = (value: number): number => Math.round(value * 1e6) / 1e6

const unitRule = (type: SampleType) => `must be ${Object.keys(type.units).join(' or ')} for ${type.name}`

/** How samples of each type are read, by version: made once, for all readers. */
export const sampleReaders = {
  'v1.1': readersOf('v1.1'),
  v2: readersOf('v2'),
}

function readersOf(version: BatchVersion) {
  const { types } = batchVersions[version]
  return new Map(types.map((type) => [type.name, { type, schema: sampleSchemaOf(type, version) }]))
}
