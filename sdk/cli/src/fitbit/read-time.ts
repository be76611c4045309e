import { IANAZone } from 'luxon'

const MINUTE_MS = 60_000
const QUARTER_HOUR_MS = 15 * MINUTE_MS
const DAY_MS = 24 * 60 * MINUTE_MS
const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?$/
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)(?::(\d\d))?(?: ([AP])M)?$/i

/** ms since 1970, NaN where the text is no time, and whether the zone had to be taken from elsewhere. */
export type ReadTime = { at: number; isZoneless: boolean }

/**
 * Reads `2023-01-01T08:05:00Z`, `2023-01-01 08:05:00` and `4/12/2016 2:05:00 PM`. Times without a zone are those of
 * `zone`; of an hour that comes twice in autumn the first is taken, and one that is left out in spring is an hour later.
 */
export function timeReader(zone: string): (text: string) => ReadTime {
  const toInstant = localTimes(zone)
  return (text) => {
    const [local, offset] = readLocal(text.trim())
    if (Number.isNaN(local)) return { at: local, isZoneless: false }
    return offset === undefined
      ? { at: toInstant(local), isZoneless: true }
      : { at: local - offsetMs(offset), isZoneless: false }
  }
}

/** The time as if it were one of UTC, and the offset that is written behind it. */
function readLocal(text: string): [local: number, offset: string | undefined] {
  const iso = ISO.exec(text)
  if (iso !== null) {
    const [, year, month, day, hour, minute, second = '0', fraction = '0', offset] = iso
    return [toUtc([year, month, day, hour, minute, second].map(Number)) + Math.trunc(Number(fraction) * 1000), offset]
  }
  const american = AMERICAN.exec(text)
  if (american === null) return [Number.NaN, undefined]
  const [, month, day, year, clock, minute, second = '0', half] = american
  const hour = half === undefined ? Number(clock) : (Number(clock) % 12) + (half.toUpperCase() === 'P' ? 12 : 0)
  if (half !== undefined && (Number(clock) < 1 || Number(clock) > 12)) return [Number.NaN, undefined]
  return [toUtc([Number(year), Number(month), Number(day), hour, Number(minute), Number(second)]), undefined]
}

/** NaN for a 31st of February, and for a 25th hour. */
function toUtc([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: number[]): number {
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  const date = new Date(at)
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return isReal ? at : Number.NaN
}

function offsetMs(offset: string): number {
  if (offset === 'Z') return 0
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))]
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS
}

/** Offsets change at quarters of an hour: looked up once for each, and millions of times read. */
function localTimes(zone: string): (local: number) => number {
  if (zone === 'UTC') return (local) => local
  const iana = IANAZone.create(zone)
  const offsetAt = (at: number) => iana.offset(at) * MINUTE_MS
  const offsetOf = (local: number) => {
    // That of the day before holds until the clocks change: of an hour that comes twice it gives the first.
    const [before, after] = [offsetAt(local - DAY_MS), offsetAt(local + DAY_MS)]
    return offsetAt(local - before) !== before && offsetAt(local - after) === after ? after : before
  }
  let quarter = Number.NaN
  let offset = 0
  return (local) => {
    const current = Math.floor(local / QUARTER_HOUR_MS)
    if (current !== quarter) {
      quarter = current
      offset = offsetOf(current * QUARTER_HOUR_MS)
    }
    return local - offset
  }
}
