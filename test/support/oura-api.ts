import type { OuraOauth, Reply } from './oura-oauth.ts'
import type { OuraPerson } from './oura-person.ts'

const DAY_MS = 86_400_000
/** What each collection asks for: the OpenAPI document names the first four; the API's own 401 names the others. */
const scopeOf: Record<string, string> = {
  sleep: 'daily',
  daily_activity: 'daily',
  heartrate: 'heartrate',
  workout: 'workout',
  daily_spo2: 'spo2',
  vO2_max: 'heart_health',
}
const invalid = (detail: string): Reply => ({ status: 400, json: { status: 400, title: 'Bad Request', detail } })

/** `/v2/usercollection/...` of one person. */
export class OuraApi {
  /** Documents of a page, and rows of a page of heart rates. */
  pageSize = { documents: 3, rows: 100 }
  /** Whether `end_date` is: the API's document does not say. */
  isLastIncluded = true
  /** Stands instead of what a collection would answer, to try what is not as documented. */
  readonly instead = new Map<string, unknown>()
  /** Documents that were recorded, or edited, after the person's own: by collection. */
  readonly added = new Map<string, ({ day: string } & Record<string, unknown>)[]>()
  #person: OuraPerson
  #oauth: OuraOauth

  constructor(person: OuraPerson, oauth: OuraOauth) {
    this.#person = person
    this.#oauth = oauth
  }

  read(path: string, query: URLSearchParams, authorization: string | undefined, isLoop: boolean): Reply {
    const scopes = this.#oauth.scopesOf(authorization)
    if (scopes === undefined) {
      return { status: 401, json: { status: 401, title: 'Unauthorized', detail: 'Token has expired.' } }
    }
    const collection = path.slice('/v2/usercollection/'.length)
    // "You can access the id on the personal_info route with any access token".
    if (collection === 'personal_info') return { status: 200, json: { id: this.#person.id } }
    const scope = scopeOf[collection]
    if (scope === undefined) return { status: 404, json: { detail: 'Not Found' } }
    if (!scopes.includes(scope)) {
      const detail = `Token is not authorized access ${scope} scope.`
      return { status: 401, json: { status: 401, title: 'Unauthorized', detail } }
    }
    if (this.instead.has(collection)) return { status: 200, json: this.instead.get(collection) }
    return collection === 'heartrate' ? this.#rows(query, isLoop) : this.#documents(collection, query, isLoop)
  }

  #documents(collection: string, query: URLSearchParams, isLoop: boolean): Reply {
    const asked = readRange(query, ['start_date', 'end_date'], /^\d{4}-\d\d-\d\d$/)
    if ('status' in asked) return asked
    const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)]
    if (to < from) return invalid('end_date is before start_date')
    const days: string[] = []
    // People report that daily activity leaves the last day out.
    const isLastIncluded = this.isLastIncluded && collection !== 'daily_activity'
    const last = isLastIncluded ? to : to - DAY_MS
    for (let at = from; at <= last; at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10))
    const added = this.added.get(collection) ?? []
    const found = days.flatMap((day) => [
      ...this.#person.documents(collection, day),
      ...added.filter((document) => document.day === day),
    ])
    return page(found, asked, this.pageSize.documents, isLoop)
  }

  #rows(query: URLSearchParams, isLoop: boolean): Reply {
    const asked = readRange(query, ['start_datetime', 'end_datetime'], /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/)
    if ('status' in asked) return asked
    const rows = this.#person.heartRates(Date.parse(asked.from), Date.parse(asked.to))
    return page(rows, asked, this.pageSize.rows, isLoop)
  }
}

type Range = { from: string; to: string; at: number }

/** A `next_token` carries the range, and comes alone. */
function readRange(query: URLSearchParams, [start, end]: [string, string], form: RegExp): Range | Reply {
  const unknown = [...query.keys()].find((name) => ![start, end, 'next_token'].includes(name))
  if (unknown !== undefined) return invalid(`${unknown} is not a parameter`)
  const token = query.get('next_token')
  if (token !== null) {
    const [from, to, at] = Buffer.from(token, 'base64url').toString().split(' ')
    return at === undefined ? invalid('next_token') : { from: from!, to: to!, at: Number(at) }
  }
  const [from, to] = [query.get(start) ?? '', query.get(end) ?? '']
  return form.test(from) && form.test(to) ? { from, to, at: 0 } : invalid(`${start} and ${end} must be ISO 8601`)
}

function page(all: unknown[], { from, to, at }: Range, size: number, isLoop: boolean): Reply {
  const next = isLoop ? at : at + size
  const hasMore = isLoop || next < all.length
  const next_token = hasMore ? Buffer.from(`${from} ${to} ${next}`).toString('base64url') : null
  return { status: 200, json: { data: all.slice(at, at + size), next_token } }
}
