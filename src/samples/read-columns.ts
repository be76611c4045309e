import { z } from 'zod'
import { text } from '../http/schemas.ts'
import {
  AnyDataTypeName,
  type BatchVersion,
  batchVersions,
  convert,
  deviceNameOf,
  deviceTypeOf,
  faultsOfTimes,
  faultOfValue,
  MAX_SAMPLES,
  type StoredSample,
} from './batch-schemas.ts'
import type { Batch, Fault } from './read-batch.ts'
import type { SampleType } from './types/sample-type.ts'
import { type DataType, sampleTypeOf } from './types/sample-types.ts'

export const COLUMNS_MEDIA_TYPE = 'application/vnd.pulsewell.columns+json'

const MAX_DEVICES = 100
const columnOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(MAX_SAMPLES)
const ms = z.int().min(0)

/** The compact form of a batch: each device once, and a column for each member of the samples. */
export const ColumnBatch = z
  .strictObject({
    data_type: AnyDataTypeName,
    unit: z.string().max(50).optional().describe('Of all values; intervals have none.'),
    devices: z
      .array(z.strictObject({ name: deviceNameOf(), version: text(100).optional(), type: deviceTypeOf() }))
      .min(1)
      .max(MAX_DEVICES),
    start: z.iso.datetime({ offset: true }).describe('What offsets count from: ISO 8601 with an offset or Z.'),
    offsets: columnOf(z.int()).describe('Where each sample starts: whole ms from `start`.'),
    durations: z
      .union([ms, columnOf(ms)])
      .optional()
      .describe('How long each sample lasts, or one number for all: whole ms. 0 where absent.'),
    device: columnOf(z.int().min(0))
      .optional()
      .describe('Which of `devices` recorded each sample; the first where absent.'),
    values: columnOf(z.number().positive()).optional().describe('What each sample measured, in `unit`.'),
    kinds: columnOf(z.string()).optional().describe('Of intervals, in place of values: what each was.'),
  })
  .meta({ id: 'ColumnBatch' })

/** The batch around its samples: these are judged one by one, for some may be bad and the others stored. */
const column = columnOf(z.unknown())
const Envelope = z.strictObject({
  ...ColumnBatch.shape,
  offsets: column,
  durations: z.union([column, z.unknown()]).default(0),
  device: column.optional(),
  values: column.optional(),
  kinds: column.optional(),
})
type Columns = z.infer<typeof Envelope>

/** A batch in columns → samples by the same rules as in the long form, each fault with the index of its sample. */
export function readColumns(body: unknown, version: BatchVersion): (Batch & { faults: Fault[] }) | z.ZodError {
  const envelope = Envelope.superRefine((batch, context) => checkEnvelope(batch, version, context)).safeParse(body)
  if (!envelope.success) return envelope.error
  const columns = envelope.data
  const dataType: DataType = columns.data_type
  const type = sampleTypeOf(dataType)
  const start = Date.parse(columns.start)
  const batch = { dataType, samples: [] as StoredSample[], rejected: [], faults: [] as Fault[] }
  for (const index of columns.offsets.keys()) {
    const sample = readSample(columns, type, start, index)
    if ('reason' in sample) batch.faults.push({ index, ...sample })
    else batch.samples.push(sample)
  }
  return batch
}

function checkEnvelope(columns: Columns, version: BatchVersion, context: z.core.$RefinementCtx): void {
  const { types, minSamples } = batchVersions[version]
  const fault = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
  const type = types.find(({ name }) => name === columns.data_type)
  if (type === undefined) return fault('data_type', `must be ${types.map(({ name }) => name).join(' or ')}`)
  const { length } = columns.offsets
  if (length < minSamples) fault('offsets', `must have at least ${minSamples}`)
  const said = type.kinds === undefined ? 'values' : 'kinds'
  for (const name of ['durations', 'device', 'values', 'kinds'] as const) {
    const own = columns[name]
    if (Array.isArray(own) && own.length !== length) fault(name, `must have as many as offsets, ${length}`)
    if ((name === 'values' || name === 'kinds') && (own === undefined) === (name === said)) {
      fault(name, name === said ? `is needed for ${type.name}` : `is not for ${type.name}`)
    }
  }
  const units = Object.keys(type.units)
  if (units.length === 0 ? columns.unit !== undefined : !units.includes(columns.unit ?? '')) {
    fault('unit', units.length === 0 ? `is not for ${type.name}` : `must be ${units.join(' or ')} for ${type.name}`)
  }
}

function readSample(
  { offsets, durations, device, devices, values, kinds, unit }: Columns,
  type: SampleType,
  from: number,
  index: number,
): StoredSample | Omit<Fault, 'index'> {
  const offset = offsets[index]
  const durationMs = Array.isArray(durations) ? durations[index] : durations
  const place = device === undefined ? 0 : device[index]
  const worn = isWhole(place) ? devices[place] : undefined
  if (!Number.isSafeInteger(offset)) return { field: 'offsets', reason: 'must be a whole number' }
  if (!isWhole(durationMs)) return { field: 'durations', reason: 'must be a whole number, not below 0' }
  if (worn === undefined) return { field: 'device', reason: `must be the index of one of ${devices.length} devices` }
  const start = from + (offset as number)
  const [times] = faultsOfTimes(start, durationMs)
  if (times !== undefined)
    return { field: times.field === 'start_date' ? 'offsets' : 'durations', reason: times.reason }
  const placed = { deviceName: worn.name, deviceVersion: worn.version, deviceKind: worn.type, start, durationMs }
  if (type.kinds !== undefined) {
    const kind = kinds![index]
    const value = typeof kind === 'string' && Object.hasOwn(type.kinds, kind) ? type.kinds[kind] : undefined
    if (value === undefined) return { field: 'kinds', reason: `must be ${Object.keys(type.kinds).join(' or ')}` }
    return durationMs === 0 ? { field: 'durations', reason: 'must be above 0' } : { ...placed, value }
  }
  const value = values![index]
  if (typeof value !== 'number' || value <= 0) return { field: 'values', reason: 'must be a number above 0' }
  const reason = faultOfValue(value, unit!, type.units[unit!]!)
  return reason === undefined ? { ...placed, value: convert(value, type.units[unit!]) } : { field: 'values', reason }
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
