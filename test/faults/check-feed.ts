import { isDeepStrictEqual } from 'node:util'
import type { Client } from './client.ts'
import type { Change } from './followers.ts'
import type { Person } from './load.ts'
import type { Received } from './receivers.ts'
import type { Tenant } from './tenants.ts'

/** A reader that followed the feed all along has seen what one sees that reads it now, in the same order. */
export function checkFollower(tenant: Tenant, seen: Change[], feed: Change[]): string[] {
  const [followed, fresh] = [seen.map(({ id }) => id), feed.map(({ id }) => id)]
  if (isDeepStrictEqual(followed, fresh)) return []
  const missed = fresh.filter((id) => !followed.includes(id)).length
  return [`${tenant.name}: the follower of the feed missed ${missed} of ${fresh.length}, or saw another order`]
}

/** Whatever the feed tells of, the receiver was told of, and accepted; nothing else was it told. */
export function checkReceived(tenant: Tenant, feed: Change[], messages: Received[]): string[] {
  const told = new Map<string, number>()
  const add = (key: string, count: number) => void told.set(key, (told.get(key) ?? 0) + count)
  for (const { type, userId, occurred_at } of feed) add(`${type} ${userId} ${occurred_at}`, 1)
  for (const { body, tries } of messages) {
    if (body.ping !== undefined || !tries.some(({ answeredAt }) => answeredAt !== undefined)) continue
    for (const { userId } of body.users) add(`${body.meta.type} ${userId} ${body.meta.when}`, -1)
  }
  return [...told]
    .filter(([, count]) => count !== 0)
    .map(([key, count]) => `${tenant.name}: ${key} ${count > 0 ? 'never arrived' : 'arrived and is not in the feed'}`)
}

/** A connection that was accepted has one event, and those of a provider come in the order in which they were asked for. */
export function checkConnections(person: Person, feed: Change[]): string[] {
  const events = feed
    .filter(({ type, userId }) => userId === person.userId && type.startsWith('devices.provider-'))
    .map(({ type, data }) => `${type} ${data.providers[0]}`)
  if (isDeepStrictEqual(events, person.connections)) return []
  return [`${person.userId} was accepted ${person.connections.join(', ')}; the feed has ${events.join(', ')}`]
}

/** What was accepted is there when it is asked for, and the newest message of each day says the same. */
export async function checkDays(client: Client, person: Person, messages: Received[]): Promise<string[]> {
  const problems: string[] = []
  for (const date of new Set([...person.steps.keys(), ...person.beats.keys()])) {
    const query = `userId=${person.userId}&date=${date}`
    const { key } = person.tenant
    const activity = await client.ask('GET', `/activity?${query}`, { key })
    const biometrics = person.beats.has(date) ? await client.ask('GET', `/biometrics?${query}`, { key }) : { body: [] }
    const { movement, biometrics: beats } = activity.body[0]?.summary ?? {}
    const stored = { steps: movement?.steps_count ?? 0, beats: beats?.heart_rate.samples_bpm.length ?? 0 }
    const accepted = { steps: person.steps.get(date) ?? 0, beats: person.beats.get(date) ?? 0 }
    if (!isDeepStrictEqual(stored, accepted)) {
      problems.push(`${person.userId} ${date}: ${JSON.stringify({ accepted, stored })}`)
    }
    if (person.tenant.kind !== 'healthy') continue
    for (const [part, polled] of [
      ['activity', activity.body],
      ['biometrics', biometrics.body],
    ] as const) {
      const newest = findNewest(messages, part, date)
      if (newest.length === 0 && polled.length === 0) continue
      if (!newest.some((told) => isDeepStrictEqual(told, polled[0]))) {
        problems.push(`${person.userId} ${date}: the newest ${part} that was told is not what is answered`)
      }
    }
  }
  return problems
}

/** What the newest message says of a day; of several at the same millisecond, each. */
function findNewest(messages: Received[], part: 'activity' | 'biometrics', date: string): unknown[] {
  let [when, newest]: [string, unknown[]] = ['', []]
  for (const { body } of messages) {
    const told = body.users?.[0]?.[part]?.find((day: any) => day.metadata.date === date)
    if (told === undefined || body.meta.when < when) continue
    newest = body.meta.when === when ? [...newest, told] : [told]
    when = body.meta.when
  }
  return newest
}
