import { Agent, request } from 'undici'
import type { Config } from '../config.ts'
import { createAddressGuard } from './address-guard.ts'
import type { ResolveHost } from './resolve-host.ts'

/** For everything: connecting, sending, the answer and its body. */
const TOTAL_TIMEOUT_MS = 15_000
const MAX_READ_BYTES = 64 * 1024
export const MAX_KEPT_BYTES = 4 * 1024

/** `body` is the first 64 kB of what was answered; `fault` says what kept the rest of it from coming. */
export type Answer = { status: number; retryAfter: string | undefined; body: Buffer; fault?: string | undefined }

export type Sender = {
  /** One POST of exactly these bytes. Throws when no answer came in time, or the address is refused. */
  post: (url: string, body: Uint8Array, headers: Record<string, string>, signal: AbortSignal) => Promise<Answer>
  close: () => Promise<void>
}

export function openSender({ allowHttp, allowCidrs }: Config['webhooks'], resolve?: ResolveHost): Sender {
  const guard = createAddressGuard(allowCidrs, resolve)
  const agent = new Agent({ connect: { lookup: guard.lookup } })
  return {
    post: async (text, body, headers, signal) => {
      const url = new URL(text)
      if (url.protocol !== 'https:' && !allowHttp) throw new Error('only https endpoints are called')
      guard.checkLiteral(url)
      using deadline = startDeadline(signal)
      const response = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Pulsewell-Webhooks/1', ...headers },
        body,
        signal: deadline.signal,
      })
      const retryAfter = response.headers['retry-after']
      return {
        status: response.statusCode,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        ...(await readStart(response.body)),
      }
    },
    close: () => agent.destroy(),
  }
}

/** Aborts when the time is over or `stop` does. A timer and a listener of its own cost half of AbortSignal.any. */
function startDeadline(stop: AbortSignal): Disposable & { signal: AbortSignal } {
  const controller = new AbortController()
  const abort = () => controller.abort(stop.reason)
  const timer = setTimeout(
    () => controller.abort(new Error(`no complete answer within ${TOTAL_TIMEOUT_MS / 1000} s`)),
    TOTAL_TIMEOUT_MS,
  )
  stop.addEventListener('abort', abort)
  if (stop.aborted) abort()
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', abort)
    },
  }
}

/** Leaving the loop destroys the stream, and the connection of an endpoint that goes on sending. */
async function readStart(stream: AsyncIterable<Buffer>): Promise<Pick<Answer, 'body' | 'fault'>> {
  const chunks: Buffer[] = []
  let length = 0
  const read = () => Buffer.concat(chunks).subarray(0, MAX_READ_BYTES)
  try {
    for await (const chunk of stream) {
      chunks.push(chunk)
      length += chunk.length
      if (length >= MAX_READ_BYTES) break
    }
    return { body: read(), fault: undefined }
  } catch (error) {
    return { body: read(), fault: messageOf(error) }
  }
}

/** Of several addresses that all refuse, the error that stands for them has no message of its own. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
