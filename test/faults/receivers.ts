import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { type Behaviour, type Behave, behaviours } from './behaviours.ts'
import { SENT_BY } from './points.ts'

/** One request that arrived with its body. `answeredAt`: when a whole 2xx answer had left. */
export type Try = { at: number; by: string; behaviour: Behaviour; answeredAt?: number }

export type Received = { id: string; tenant: string; hash: string; body: any; tries: Try[] }

export type Receivers = {
  messages: Map<string, Received>
  /** What no receiver should ever see: a wrong signature, other bytes, a call of where a redirect led to. */
  wrongs: string[]
  counts: Map<Behaviour, number>
  /** A URL for a tenant's webhooks. */
  open: (tenant: string, choose: Choose) => string
  /** The keys that a tenant's endpoint may use by now. */
  setKey: (tenant: string, key: string) => void
  /** The storm is over: what hangs is ended, and `choose` is asked no more but where `isBroken`. */
  calm: () => void
  stop: () => Promise<void>
}

/** What is to be done with the next request; `isCalm` when the storm is over. */
export type Choose = (isCalm: boolean) => Behaviour

type Strike = (caller: string, moment: 'arrived' | 'answered') => boolean

/** Partners' endpoints, on a server of their own, which behave as they are told and remember everything. */
export async function startReceivers(strike: Strike): Promise<Receivers> {
  const [messages, keys] = [new Map<string, Received>(), new Map<string, string[]>()]
  const [chooseOf, counts] = [new Map<string, Choose>(), new Map<Behaviour, number>()]
  const hanging = new Set<IncomingMessage>()
  const wrongs: string[] = []
  let isCalm = false

  const trap = createServer((request, response) => {
    wrongs.push(`a redirect was followed to ${request.url}`)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(trap, 'listening')
  const trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/trap`

  const note = (request: IncomingMessage, raw: Buffer, behaviour: Behaviour): Try => {
    const [id, tenant] = [String(request.headers['webhook-id']), tenantOf(request)]
    const hash = createHash('sha256').update(raw).digest('hex')
    const known = messages.get(id)
    const message = known ?? { id, tenant, hash, body: parse(raw), tries: [] }
    messages.set(id, message)
    if (message.hash !== hash || message.tenant !== tenant) wrongs.push(`${id} came with other bytes`)
    if (message.body?.meta?.messageId !== id) wrongs.push(`${id} has another id in its body`)
    const reason = refusalOf(request, raw, keys.get(tenant) ?? [])
    // A key's first ping comes before the answer that tells of the key.
    if (reason !== undefined && message.body?.ping === undefined) wrongs.push(`${id}: ${reason}`)
    const made: Try = { at: Date.now(), by: String(request.headers[SENT_BY]), behaviour }
    message.tries.push(made)
    return made
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const behaviour = chooseOf.get(tenantOf(request))?.(isCalm) ?? 'accept'
    counts.set(behaviour, (counts.get(behaviour) ?? 0) + 1)
    hanging.add(request)
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    response.on('close', () => hanging.delete(request))
    if (behaviour === 'reset unread') {
      request.socket.resetAndDestroy()
      return
    }
    const raw = await readAll(request)
    if (raw === undefined) return
    const made = note(request, raw, behaviour)
    if (strike(made.by, 'arrived')) {
      request.socket.destroy()
      return
    }
    response.on('finish', () => {
      // An answer to a caller that has gone is finished too, and is none.
      if (response.statusCode >= 300 || request.socket.destroyed) return
      made.answeredAt = Date.now()
      strike(made.by, 'answered')
    })
    const pong = messages.get(String(request.headers['webhook-id']))?.body?.ping
    const behave: Behave = behaviours[behaviour]
    await behave({ request, response, trapUrl, body: JSON.stringify(pong === undefined ? {} : { pong }) })
  }

  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    messages,
    wrongs,
    counts,
    open: (tenant, choose) => {
      chooseOf.set(tenant, choose)
      return `http://127.0.0.1:${port}/${tenant}`
    },
    setKey: (tenant, key) => void keys.set(tenant, [...(keys.get(tenant) ?? []), key]),
    calm: () => {
      isCalm = true
      for (const request of hanging) request.socket.destroy()
    },
    stop: async () => {
      for (const each of [server, trap]) {
        each.closeAllConnections()
        each.close()
        await once(each, 'close')
      }
    },
  }
}

const tenantOf = (request: IncomingMessage) => (request.url ?? '').slice(1)

const parse = (raw: Buffer): unknown => {
  try {
    return JSON.parse(raw.toString())
  } catch {
    return undefined
  }
}

/** Undefined when the sender went away in the middle. */
async function readAll(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}

function refusalOf({ headers }: IncomingMessage, raw: Buffer, keys: string[]): string | undefined {
  const key = keys.find((known) => known === headers['x-webhook-key'])
  if (key === undefined) return 'the webhook key is not the one that the settings gave'
  try {
    new Webhook(key).verify(raw, headers as Record<string, string>)
    return undefined
  } catch (error) {
    return `the signature is wrong: ${(error as Error).message}`
  }
}
