import type { Queryable } from '../database/pool.ts'
import { readProviderDays } from './provider-days.ts'
import type { DayOwner } from './recordings.ts'
import { type ShapeName, shapeNames } from './shapes.ts'
import { toShape } from './summarize.ts'

/** Days that are in memory at once, and read in the same queries. */
const DAYS_TOGETHER = 10

export type Day = { date: string } & Record<ShapeName, object[]>

/**
 * A user's days in some of the shapes, in the order of `dates`: in each shape an element for each connected provider that
 * has data, without its raw samples; nothing in a shape that is not wanted.
 */
export async function readDays(
  db: Queryable,
  owner: DayOwner,
  dates: string[],
  zone: string,
  shapes: readonly ShapeName[],
): Promise<Day[]> {
  const days: Day[] = []
  for (let from = 0; from < dates.length; from += DAYS_TOGETHER) {
    const together = dates.slice(from, from + DAYS_TOGETHER)
    const requests = together.map((date) => ({ owner, date, zone, shapes, with: 'totals' as const }))
    const read = await readProviderDays(db, requests)
    days.push(...together.map((date, index) => toDay(date, read[index]!, shapes)))
  }
  return days
}

const NOTHING_CHANGED = { changed: new Set<string>(), removed: new Set<string>() }

function toDay(date: string, found: Parameters<typeof toShape>[1][], shapes: readonly ShapeName[]): Day {
  const told = { ...NOTHING_CHANGED, isTruncated: true }
  const elements = shapeNames.map((shape) => [
    shape,
    shapes.includes(shape) ? found.flatMap((day) => toShape(shape, day, date, told) ?? []) : [],
  ])
  return { date, ...Object.fromEntries(elements) } as Day
}
