import { DateTime, IANAZone } from 'luxon'

/** The only file that does zone arithmetic. Instants are ms since 1970, dates `YYYY-MM-DD`, a window is `[from, to)`. */
export type Window = { from: number; to: number }

const DAY_MS = 86_400_000

export const UTC = 'UTC'

/** Whether `name` is a zone of the IANA database, such as `America/Los_Angeles`. An offset is none, though Intl takes it. */
export const isZone = (name: string): boolean => /^[a-z]/i.test(name) && IANAZone.isValidZone(name)

/** The day in its zone: 23 or 25 hours long where the clocks change, and empty where a country skipped it. */
export const windowOf = (date: string, zone: string): Window => ({
  from: startOf(date, zone),
  to: startOf(dateAfter(date), zone),
})

/** Where clocks go back at midnight, 00:00 is there twice: the day starts with the first. */
function startOf(date: string, zone: string): number {
  if (zone === UTC) return Date.parse(date)
  const [first] = DateTime.fromISO(date, { zone }).startOf('day').getPossibleOffsets()
  return first!.toMillis()
}

/** The dates that `[from, to)` touches in a zone, in order; that of `from` where it is empty. */
export function datesBetween(from: number, to: number, zone: string): string[] {
  const last = dateOf(Math.max(from, to - 1), zone)
  const dates = [dateOf(from, zone)]
  while (dates.at(-1)! < last) dates.push(dateAfter(dates.at(-1)!))
  return dates
}

/** The day whose window an instant is in: where clocks go back past midnight, that is not always what they showed. */
export function dateOf(ms: number, zone: string): string {
  if (zone === UTC) return new Date(ms).toISOString().slice(0, 10)
  const shown = DateTime.fromMillis(ms, { zone }).toFormat('yyyy-MM-dd')
  return ms >= startOf(dateAfter(shown), zone) ? dateAfter(shown) : shown
}

/** Whether the day that an instant is in begins with it. */
export const isStartOfDay = (ms: number, zone: string): boolean => startOf(dateOf(ms, zone), zone) === ms

export const dateAfter = (date: string, days = 1): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)

/** How many days the second date is after the first; below 0 where it is before it. */
export const daysBetween = (first: string, second: string): number => (Date.parse(second) - Date.parse(first)) / DAY_MS
