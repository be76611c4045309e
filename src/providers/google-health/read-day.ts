import { z } from 'zod'
import { dateOf, UTC } from '../../zones.ts'
import { ProviderError } from '../provider-error.ts'
import type { ProviderApi, ProviderBatch, ProviderSample } from '../provider.ts'
import { dataTypes } from './data-types.ts'
import { type DataTypeRow, type Reading, type ScopeName, scopes } from './record-types.ts'
import { DataSource, Page } from './schemas.ts'
import { deviceOf, type Source } from './sources.ts'

/** A heart rate a second makes 18 pages a day; whatever has no end is not as documented. */
const MAX_PAGES = 100

/**
 * What of a source began on a UTC day, type by type and page by page. A person may grant fewer scopes than were asked for:
 * the types of a scope that is refused are left out. Throws `ProviderError`; when every scope is refused, with what the
 * first refusal said.
 */
export async function* readDay(api: ProviderApi, day: string, source: Source): AsyncIterable<ProviderBatch> {
  const refused = new Map<ScopeName, ProviderError>()
  for (const row of dataTypes) {
    if (refused.has(row.scope) || (row.operation === 'reconcile' && !source.readsReconciled)) continue
    try {
      for await (const points of listPoints(api, row, day)) yield* readPoints(points, row, day, source)
      // All of it was read: what it has none of is gone.
      yield* row.dataTypes.map((dataType) => ({ dataType, samples: [] }))
    } catch (error) {
      if (!(error instanceof ProviderError) || error.status !== 403) throw error
      refused.set(row.scope, error)
    }
  }
  const [first] = refused.values()
  if (first !== undefined && refused.size === Object.keys(scopes).length) throw first
}

async function* listPoints(api: ProviderApi, row: DataTypeRow, day: string): AsyncIterable<unknown[]> {
  const path = `/v4/users/me/dataTypes/${row.id}/dataPoints${row.operation === 'list' ? '' : ':reconcile'}`
  const query = {
    filter: row.filterOf(day),
    pageSize: String(row.pageSize),
    ...(row.operation === 'list' ? {} : { dataSourceFamily: 'users/me/dataSourceFamilies/google-wearables' }),
  }
  const tokens = new Set<string>()
  let pageToken: string | undefined
  do {
    const answer = await api.getJson(path, pageToken === undefined ? query : { ...query, pageToken })
    const { dataPoints, nextPageToken } = documented(row, () => Page.parse(answer))
    yield dataPoints
    pageToken = nextPageToken || undefined
    if (pageToken === undefined) return
    if (tokens.has(pageToken))
      throw new ProviderError('undocumented', `Google Health: pages of ${row.id} go in a circle`)
    tokens.add(pageToken)
  } while (tokens.size < MAX_PAGES)
  throw new ProviderError('undocumented', `Google Health: more than ${MAX_PAGES} pages of ${row.id} for a day`)
}

const WithSource = z.looseObject({ dataSource: DataSource.optional() })

/** The samples of a page that are of the source and the day, a batch a type of ours. */
function readPoints(points: unknown[], row: DataTypeRow, day: string, source: Source): ProviderBatch[] {
  const readings = points.flatMap((point) => {
    const { dataSource } = documented(row, () => WithSource.parse(point))
    if (!source.isOwn(dataSource?.platform)) return []
    const device = deviceOf(dataSource, source)
    return documented(row, () => row.read(point)).map((reading) => ({ ...reading, ...device }))
  })
  const ofDay = readings.filter(({ start }) => dateOf(Date.parse(start), UTC) === day)
  return [...Map.groupBy(ofDay, ({ dataType }) => dataType)].map(([dataType, group]) => ({
    dataType,
    samples: group.map(toSample),
  }))
}

function toSample({ dataType: _, start, end, ...rest }: Reading & ReturnType<typeof deviceOf>): ProviderSample {
  return { ...rest, start_date: start, ...(end === undefined ? {} : { end_date: end }) }
}

/** What is wrong is told by its place, and never by its value. */
function documented<T>({ id }: DataTypeRow, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause
    const places = cause.issues.map(({ path }) => path.join('.') || 'the whole').slice(0, 5)
    throw new ProviderError('undocumented', `Google Health: ${id} is not as documented at ${places.join(', ')}`)
  }
}
