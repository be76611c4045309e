import type { Queryable } from '../database/pool.ts'
import type { DataType } from '../samples/types/sample-types.ts'
import type { NewEvent, WebhookUser } from '../webhooks/emit-event.ts'
import { listsSamples } from './answers.ts'
import { statisticsOfColumns } from './figures.ts'
import { type DayRequest, type ProviderDay, readProviderDays, readTotals } from './provider-days.ts'
import type { DayTotals } from './recordings.ts'
import { readRelatedDays } from './related-days.ts'
import { shapeNames } from './shapes.ts'
import { shapesOf, type Told, toShape } from './summarize.ts'

/** A sample is 90 bytes or more, twice in a message: more than these cannot fit, and need not be read to find out. */
const SAMPLES_PER_MESSAGE = 1500

/** `from` and `to`, ms since 1970: between them lies what changed. */
export type ChangedDay = { dataType: DataType; date: string; from: number; to: number; hasRemoved: boolean }

/** What changed for one user, to be told of in one event. */
export type Changes = NewEvent & { userId: string; changed: ChangedDay[]; zone: string }

/**
 * For each user's changes what a message tells of them: nothing where no connected provider has anything to say. Their
 * days are all in memory at once: whoever asks bounds them.
 */
export async function describeChanges(db: Queryable, all: Changes[]): Promise<WebhookUser[][]> {
  const related = await readRelatedDays(
    db,
    all.map((changes) => ({ ...changes, owner: changes })),
  )
  const told = all.map((changes, index) => {
    const own = changes.changed.map(({ dataType, date }) => ({ date, shapes: shapesOf(dataType) }))
    return { changes, requests: toRequests(changes, [...own, ...related[index]!]) }
  })
  return describeTogether(db, told)
}

type Described = { changes: Changes; requests: DayRequest[] }

/** A day each, in the order of their dates. */
const toRequests = (changes: Changes, days: Pick<DayRequest, 'date' | 'shapes'>[]): DayRequest[] =>
  [...Map.groupBy(days, ({ date }) => date)]
    .map(([date, same]) => ({
      owner: changes,
      date,
      zone: changes.zone,
      shapes: [...new Set(same.flatMap(({ shapes }) => shapes))],
      with: 'samples' as const,
    }))
    .toSorted((a, b) => (a.date < b.date ? -1 : 1))

async function describeTogether(db: Queryable, all: Described[]): Promise<WebhookUser[][]> {
  const totals = (
    await readTotals(
      db,
      all.flatMap(({ requests }) => requests),
    )
  ).values()
  const planned = all.map(({ changes, requests }) => {
    const own = requests.map(() => totals.next().value ?? [])
    const isTooMuch = sumOver(own, listedOf) > SAMPLES_PER_MESSAGE
    return { changes, isTooMuch, totals: own, requests: isTooMuch ? requests.map(withoutSamples) : requests }
  })
  const read = await readProviderDays(
    db,
    planned.flatMap(({ requests }) => requests),
    planned.flatMap((each) => each.totals),
  )
  const days = read.values()
  return planned.map(({ changes, isTooMuch, requests }) => {
    const ownDays = requests.map((request) => ({ request, days: days.next().value ?? [] }))
    return toUsers(changes, ownDays, isTooMuch)
  })
}

const withoutSamples = (request: DayRequest): DayRequest => ({ ...request, with: 'totals' })

type ReadDay = { request: DayRequest; days: ProviderDay[] }

function toUsers({ userId, changed }: Changes, read: ReadDay[], isTooMuch: boolean): WebhookUser[] {
  const all = read.flatMap(({ request, days }) => days.map((day) => ({ ...request, day })))
  const isTruncated = isTooMuch || sumOver(all, ({ day }) => listedSamples(day)) > SAMPLES_PER_MESSAGE
  const elements = shapeNames.map((shape) => {
    const shown = all.filter(({ shapes }) => shapes.includes(shape))
    return [
      shape,
      shown.flatMap(({ day, date }) => toShape(shape, day, date, { ...toldOf(changed, date), isTruncated }) ?? []),
    ] as const
  })
  if (elements.every(([, ofShape]) => ofShape.length === 0)) return []
  return [{ userId, ...Object.fromEntries(elements), ...(isTruncated ? { truncated: true } : {}) }]
}

function toldOf(changed: ChangedDay[], date: string): Omit<Told, 'isTruncated'> {
  const own = changed.filter((day) => day.date === date)
  return {
    changed: new Set(own.map(({ dataType }) => dataType)),
    removed: new Set(own.filter(({ hasRemoved }) => hasRemoved).map(({ dataType }) => dataType)),
  }
}

/** Of a day's columns, the samples that would be listed: not those that a provider had merged where devices tell more. */
const listedOf = (totals: DayTotals[]): number =>
  sumOver([...Map.groupBy(totals, ({ provider, dataType }) => `${provider} ${dataType}`).values()], (rows) =>
    listsSamples(rows[0]!.dataType) ? statisticsOfColumns(rows).count : 0,
  )

const listedSamples = ({ figures }: ProviderDay): number =>
  sumOver([...figures], ([type, { count }]) => (listsSamples(type) ? count : 0))

const sumOver = <Item>(items: Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
