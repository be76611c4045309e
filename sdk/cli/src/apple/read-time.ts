const MINUTE_MS = 60_000
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}$/
const TWO_DIGITS_OF_ZERO = 48 * 11

const two = (text: string, at: number) => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - TWO_DIGITS_OF_ZERO

/** `2023-11-01 08:05:00 +0400` → ms since 1970; NaN for anything else. */
export function readTime(text: string): number {
  if (!TIME.test(text)) return Number.NaN
  const [month, day, hour, minute, second] = [two(text, 5), two(text, 8), two(text, 11), two(text, 14), two(text, 17)]
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return Number.NaN
  const offsetMinutes = two(text, 21) * 60 + two(text, 23)
  const local = Date.UTC(two(text, 0) * 100 + two(text, 2), month - 1, day, hour, minute, second)
  // The 31st of a month of 30 days would be the next month's first.
  if (day > 28 && new Date(local).getUTCDate() !== day) return Number.NaN
  return text.charCodeAt(20) === 45 ? local + offsetMinutes * MINUTE_MS : local - offsetMinutes * MINUTE_MS
}

/** `2023-11-01 08:05:00 +0400` → `2023-11-01T08:05:00+04:00` */
export const toIsoTime = (text: string): string =>
  `${text.slice(0, 10)}T${text.slice(11, 19)}${text.slice(20, 23)}:${text.slice(23, 25)}`
