import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { Activity } from './partner.ts'
import { isSigned } from './verify-webhook.ts'

const Message = z.object({
  ping: z.string().optional(),
  meta: z.object({ type: z.string(), when: z.string() }),
  users: z.array(z.object({ userId: z.string(), activity: z.array(Activity).default([]) })).default([]),
})
type Message = z.infer<typeof Message>

/** A webhook about the demo's user, or a ping. */
export type Received = { message: Message; isSigned: boolean }

/** A partner's webhook endpoint. Disposing of it closes it. */
export type Receiver = AsyncDisposable & {
  url: string
  received: Received[]
  /** Why what else came could not be taken as a webhook. */
  unreadable: string[]
  /** The key that POST /settings answered. Webhooks that come before it wait for it. */
  useKey: (webhookKey: string) => void
  /** Whose webhooks are taken; until it is called, nobody's. */
  takeUser: (userId: string) => void
  /** Returns once `condition` holds; looks again whenever a webhook has come. Throws the signal's reason. */
  waitFor: (condition: () => boolean, signal: AbortSignal) => Promise<void>
}

/** What the receiver knows and has. `taken` is the user that it takes webhooks about. */
type Inbox = { key: Promise<string>; taken: string | undefined; received: Received[]; arrivals: EventEmitter }

export async function startReceiver(): Promise<Receiver> {
  const key = Promise.withResolvers<string>()
  const inbox: Inbox = { key: key.promise, taken: undefined, received: [], arrivals: new EventEmitter() }
  const unreadable: string[] = []
  const server = createServer((request, response) => {
    take(inbox, request, response).catch((error: unknown) => {
      unreadable.push(String(error))
      answer(response, 400)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received: inbox.received,
    unreadable,
    useKey: key.resolve,
    takeUser: (userId) => {
      inbox.taken = userId
    },
    waitFor: async (condition, signal) => {
      while (!condition()) await once(inbox.arrivals, 'webhook', { signal }).catch(() => signal.throwIfAborted())
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function take(inbox: Inbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request)
  const valid = isSigned(body, request.headers, await inbox.key)
  const message = Message.parse(JSON.parse(body.toString()))
  const isPing = message.ping !== undefined
  if (!isPing && !message.users.some(({ userId }) => userId === inbox.taken)) {
    // About somebody else, where a service was running: refused, so that it comes again when its own receiver is back.
    answer(response, 503)
    return
  }
  inbox.received.push({ message, isSigned: valid })
  answer(response, valid ? 200 : 401, isPing ? { pong: message.ping } : {})
  inbox.arrivals.emit('webhook')
}

function answer(response: ServerResponse, status: number, body: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
