import { setTimeout } from 'node:timers/promises'
import type { Client, Reply } from './client.ts'
import type { Random } from './random.ts'
import type { Tenant } from './tenants.ts'

/** What the API has accepted for one user: every part of it has to be there in the end. */
export type Person = {
  tenant: Tenant
  userId: string
  token: string
  /** Steps and heart beats that were accepted, by day. */
  steps: Map<string, number>
  beats: Map<string, number>
  /** Types of the events of connections that were accepted, each with its provider, in order. */
  connections: string[]
  isConnected: boolean
  /** Seconds of the day that have a sample. */
  seconds: number
}

export type Load = {
  persons: Person[]
  accepted: { batches: number; connections: number }
  /** Answers that no client should get. */
  refusals: string[]
  /** Resolves when what is under way has been accepted. */
  stop: () => Promise<void>
}

/** Several, for a day that is not told of shows as long as no other change has it told. */
const DAYS = Array.from({ length: 12 }, (_, index) => new Date(Date.UTC(2026, 2, 1 + index)).toISOString().slice(0, 10))
const CLIENTS = 16
const PERSONS = { healthy: 25, failing: 3, gone: 8 }
const PAUSE_MS = 160

/** Apps and partner servers that go on sending changes, each until it is accepted. */
export function startLoad(client: Client, tenants: Tenant[], random: Random): Load {
  const accepted = { batches: 0, connections: 0 }
  const refusals: string[] = []
  const persons = tenants.flatMap((tenant) => Array.from({ length: PERSONS[tenant.kind] }, () => newPerson(tenant)))
  // Whoever is in no client's hand.
  const idle = random.shuffle(persons)
  const over = new AbortController()

  const expectOk = (reply: Reply, what: string): boolean => {
    if (reply.status === 200) return true
    refusals.push(`${what} was answered ${reply.status}: ${JSON.stringify(reply.body)}`)
    return false
  }

  const connect = async (person: Person, provider: string): Promise<any> => {
    const path = `/user/${person.userId}/token?provider=${provider}`
    const reply = await client.ask('POST', path, { key: person.tenant.key })
    if (!expectOk(reply, 'a token')) return undefined
    person.connections.push(`devices.provider-connected ${provider}`)
    accepted.connections++
    return reply.body
  }

  const create = async (person: Person) => {
    const path = `/user?appUserId=${persons.indexOf(person)}`
    const reply = await client.ask('POST', path, { key: person.tenant.key })
    if (!expectOk(reply, 'a user')) return
    person.userId = reply.body.userId
    person.token = (await connect(person, 'apple')).access_token
  }

  const toggle = async (person: Person) => {
    person.isConnected = !person.isConnected
    if (person.isConnected) return connect(person, 'garmin')
    const path = `/user/${person.userId}/revoke?provider=garmin`
    const reply = await client.ask('DELETE', path, { key: person.tenant.key })
    // The try before was accepted, and its answer lost.
    const isDone = reply.status === 404 && reply.isRepeated
    if (!isDone && !expectOk(reply, 'a disconnection')) return undefined
    person.connections.push('devices.provider-disconnected garmin')
    accepted.connections++
    return undefined
  }

  const send = async (person: Person, data_type: 'steps' | 'bpm') => {
    const date = random.pick(DAYS)
    const data = drawSamples(person, date, data_type, random)
    const reply = await client.ask('POST', '/api/v1.1/samples', { token: person.token, json: { data_type, data } })
    if (!expectOk(reply, 'a batch')) return
    accepted.batches++
    const [totals, added] =
      data_type === 'steps'
        ? [person.steps, data.reduce((sum, { value }) => sum + value, 0)]
        : [person.beats, data.length]
    totals.set(date, (totals.get(date) ?? 0) + added)
  }

  const work = async () => {
    while (!over.signal.aborted) {
      const person = idle.shift()
      if (person !== undefined) {
        const drawn = random.next()
        if (person.userId === '') await create(person)
        else if (drawn < 0.15) await toggle(person)
        else await send(person, drawn < 0.3 ? 'bpm' : 'steps')
        idle.push(person)
      }
      await setTimeout(random.upTo(PAUSE_MS))
    }
  }

  const working = Promise.all(Array.from({ length: CLIENTS }, work))
  return {
    persons,
    accepted,
    refusals,
    stop: async () => {
      over.abort()
      await working
    },
  }
}

const newPerson = (tenant: Tenant): Person => ({
  tenant,
  userId: '',
  token: '',
  steps: new Map(),
  beats: new Map(),
  connections: [],
  isConnected: false,
  seconds: 0,
})

/** A batch has three or more. No second has two samples: what is stored twice, or not at all, shows in the day's total. */
function drawSamples(person: Person, date: string, data_type: 'steps' | 'bpm', random: Random) {
  return Array.from({ length: 2 + random.upTo(3) }, () => {
    const start = Date.parse(date) + person.seconds++ * 1000
    const value = data_type === 'steps' ? random.upTo(50) : 50 + random.upTo(100)
    return {
      device_name: data_type === 'steps' ? 'iPhone' : 'Apple Watch',
      start_date: new Date(start).toISOString(),
      ...(data_type === 'steps' ? { end_date: new Date(start + 1000).toISOString() } : {}),
      value,
      unit: data_type === 'steps' ? 'count' : 'count/min',
    }
  })
}
