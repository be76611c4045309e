import { parseArray } from '../database/number-array.ts'
import type { DaySamples } from './merge-day.ts'

/**
 * How a day's samples are stored: see prisma/migrations/20261121000006_packed_days, whose `unpack_samples` reads the
 * same in SQL. Times in ms, or in seconds where all are whole seconds; columns as narrow as their largest number.
 */
export type PackedDay = { packed: Buffer; values: number[] | null }

const MS = 1
const SECONDS = 2
/** The third column's width where values are not all whole, and stored beside. */
const ELSEWHERE = 255
const LARGEST = 2 ** 32 - 1

type Column = { width: number; numbers: ArrayLike<number>; divisor: number }

export function packDay({ starts, durations, values }: DaySamples): PackedDay {
  const deltas = new Float64Array(starts.length)
  let before = 0
  for (let index = 0; index < starts.length; index++) {
    deltas[index] = starts[index]! - before
    before = starts[index]!
  }
  const divisor = areSeconds(deltas) && areSeconds(durations) ? 1000 : 1
  const columns = [columnOf(deltas, divisor), columnOf(durations, divisor)]
  const isWhole = areWhole(values)
  if (isWhole) columns.push(columnOf(values, 1))
  const packed = Buffer.allocUnsafe(1 + columns.reduce((size, column) => size + sizeOf(column), 0) + (isWhole ? 0 : 1))
  packed[0] = divisor === 1 ? MS : SECONDS
  let at = 1
  for (const column of columns) at = writeColumn(packed, at, column)
  if (!isWhole) packed[at] = ELSEWHERE
  return { packed, values: isWhole ? null : values }
}

/** The inverse of `packDay`. `count` is how many samples there are. */
export function unpackDay({ packed, values }: PackedDay, count: number): DaySamples {
  const unit = packed[0] === SECONDS ? 1000 : 1
  const starts = readColumn(packed, 1, count, unit)
  const durations = readColumn(packed, starts.end, count, unit)
  let start = 0
  for (let index = 0; index < count; index++) starts.numbers[index] = start += starts.numbers[index]!
  return {
    starts: starts.numbers,
    durations: durations.numbers,
    values: values ?? readColumn(packed, durations.end, count, 1).numbers,
  }
}

function areSeconds(numbers: ArrayLike<number>): boolean {
  for (let index = 0; index < numbers.length; index++) if (numbers[index]! % 1000 !== 0) return false
  return true
}

function areWhole(numbers: number[]): boolean {
  for (const number of numbers) if (!Number.isInteger(number) || number < 0 || number > LARGEST) return false
  return true
}

function columnOf(numbers: ArrayLike<number>, divisor: number): Column {
  const first = numbers[0] ?? 0
  let most = 0
  let isConstant = true
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index]!
    if (number > most) most = number
    if (number !== first) isConstant = false
  }
  const largest = most / divisor
  return { width: isConstant ? 0 : largest < 2 ** 8 ? 1 : largest < 2 ** 16 ? 2 : 4, numbers, divisor }
}

const sizeOf = ({ width, numbers }: Column) => 1 + (width === 0 ? 4 : width * numbers.length)

function writeColumn(packed: Buffer, from: number, { width, numbers, divisor }: Column): number {
  packed[from] = width
  let at = from + 1
  if (width === 0) return packed.writeUInt32BE((numbers[0] ?? 0) / divisor, at)
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index]! / divisor
    if (width === 4) {
      packed[at++] = number >>> 24
      packed[at++] = number >>> 16
    }
    if (width >= 2) packed[at++] = number >>> 8
    packed[at++] = number
  }
  return at
}

function readColumn(packed: Buffer, from: number, count: number, unit: number): { numbers: number[]; end: number } {
  const width = packed[from]!
  let at = from + 1
  const numbers: number[] = []
  if (width === 0) {
    const number = packed.readUInt32BE(at) * unit
    for (let index = 0; index < count; index++) numbers.push(number)
    return { numbers, end: at + 4 }
  }
  for (let index = 0; index < count; index++) {
    let number = packed[at++]!
    for (let byte = 1; byte < width; byte++) number = number * 256 + packed[at++]!
    numbers.push(number * unit)
  }
  return { numbers, end: at }
}

/** What a query of `count, packed, values::text` of `sample_day` gives. */
export type PackedRow = { count: number; packed: Buffer; values: string | null }

export const unpackRow = ({ count, packed, values }: PackedRow): DaySamples =>
  unpackDay({ packed, values: values === null ? null : parseArray(values) }, count)
