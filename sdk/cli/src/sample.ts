import type { SampleInput } from '@pulsewell/sdk'

/** A sample as the SDK takes it, with its times as text in ISO 8601. */
export type Sample = SampleInput & { start_date: string; end_date: string }
export type DataType = SampleInput['data_type']
export type DeviceType = NonNullable<SampleInput['device_type']>

const WEEK_MS = 7 * 24 * 3_600_000
const FIRST_INSTANT = Date.parse('1970-01-01T00:00:00Z')
const LAST_INSTANT = Date.parse('2100-01-01T00:00:00Z')

/** What the server would refuse about the times of a sample, in ms since 1970; undefined when there is nothing. */
export function faultOfTimes(start: number, end: number): string | undefined {
  // Comparisons with NaN are false: these are the ways to be right.
  if (start >= FIRST_INSTANT && start < LAST_INSTANT && end >= start && end - start <= WEEK_MS) return undefined
  if (Number.isNaN(start) || Number.isNaN(end)) return 'has a date that cannot be read'
  if (end < start) return 'ends before it starts'
  return end - start > WEEK_MS ? 'lasts longer than 7 days' : 'is not of 1970 to 2099'
}
