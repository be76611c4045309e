import { count, type Tally } from '../import/tally.ts'
import { type DataType, type DeviceType, faultOfTimes, type Sample } from '../sample.ts'
import { sleepKinds } from './kinds.ts'
import { type QuantityType, quantityTypes } from './quantity-types.ts'
import { readDeviceName, readDeviceType, readDeviceVersion } from './read-device.ts'
import { readTime, toIsoTime } from './read-time.ts'
import { conversionOf } from './units.ts'

export type Attributes = Readonly<Record<string, string>>

const SLEEP = 'HKCategoryTypeIdentifierSleepAnalysis'

/** A `Record` → a sample; undefined, and counted, where it is of no type of Pulsewell's or would be refused. */
export function readRecord(record: Attributes, tally: Tally): Sample | undefined {
  const type = record['type'] ?? ''
  const quantity = quantityTypes.get(type)
  if (quantity !== undefined) return readQuantity(quantity, type, record, tally)
  if (type === SLEEP) return readSleep(record, tally)
  count(tally.unknown, type === '' ? 'Record without a type' : type)
  return undefined
}

function readQuantity(quantity: QuantityType, type: string, record: Attributes, tally: Tally): Sample | undefined {
  const conversion = conversionOf(quantity.units, record['unit'] ?? '')
  if (conversion === undefined) return skip(tally, type, `is in ${record['unit'] ?? 'no unit'}, which is not known`)
  const placed = placeSample(quantity.dataType, record)
  if (typeof placed === 'string') return skip(tally, type, placed)
  const text = record['value'] ?? ''
  const value = text.trim() === '' ? Number.NaN : conversion.convert(Number(text))
  if (!Number.isFinite(value)) return skip(tally, type, 'has a value that is not a number')
  if (value <= 0) return skip(tally, type, value === 0 ? 'is 0' : 'is below 0')
  // Not spread into a new object: with millions of records that shows.
  return Object.assign(placed, { value, unit: conversion.unit })
}

function readSleep(record: Attributes, tally: Tally): Sample | undefined {
  const kind = sleepKinds.get(record['value'] ?? '')
  if (kind === undefined) {
    count(tally.unknown, `${SLEEP} of ${record['value']}`)
    return undefined
  }
  const placed = placeSample('sleep', record)
  if (typeof placed === 'string') return skip(tally, SLEEP, placed)
  return lasts(placed) ? { ...placed, kind } : skip(tally, SLEEP, 'ends when it starts')
}

export type Placed = {
  data_type: DataType
  device_name: string
  device_version?: string
  device_type?: DeviceType
  start_date: string
  end_date: string
}

/** Whose it is and when, or what is wrong with its times. */
export function placeSample(dataType: DataType, record: Attributes): Placed | string {
  const { startDate = '', endDate = startDate, sourceName = '', sourceVersion, device } = record
  const start = readTime(startDate)
  const fault = faultOfTimes(start, endDate === startDate ? start : readTime(endDate))
  if (fault !== undefined) return fault
  const placed: Placed = {
    data_type: dataType,
    device_name: readDeviceName(sourceName),
    start_date: toIsoTime(startDate),
    end_date: toIsoTime(endDate),
  }
  const version = sourceVersion === undefined ? '' : readDeviceVersion(sourceVersion)
  if (version !== '') placed.device_version = version
  const kind = device === undefined ? 'unknown' : readDeviceType(device)
  if (kind !== 'unknown') placed.device_type = kind
  return placed
}

export const lasts = ({ start_date, end_date }: Placed): boolean => Date.parse(end_date) > Date.parse(start_date)

/** Counts what is left out, by type and reason. */
export function skip(tally: Tally, type: string, reason: string): undefined {
  count(tally.skipped, `${type}: ${reason}`)
}
