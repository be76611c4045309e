import type { IncomingHttpHeaders } from 'node:http'
import { type Dispatcher, errors, Pool } from 'undici'
import type { Request } from './requests.ts'

/** An answer, with the request that it is to; status 0 where there was none, and `body` says why. */
export type Received = { request: Request; status: number; headers: IncomingHttpHeaders; body: string; ms: number }

const AT_ONCE = 24

/** Sends them, several at once over connections that are kept, and hands each answer on as it comes. */
export async function sendAll(url: string, requests: Iterator<Request>, judge: (answer: Received) => void) {
  const pool = new Pool(url, { connections: AT_ONCE, headersTimeout: 20_000, bodyTimeout: 20_000 })
  const lane = async () => {
    for (let next = requests.next(); next.done !== true; next = requests.next()) judge(await exchange(pool, next.value))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  await pool.close()
}

async function exchange(pool: Pool, request: Request): Promise<Received> {
  const from = performance.now()
  const { path, headers, body, operation } = request
  const options: Dispatcher.RequestOptions = {
    method: operation.method,
    path,
    headers,
    body: body ?? null,
  }
  try {
    const answer = await pool.request(options)
    const text = await answer.body.text()
    return { request, status: answer.statusCode, headers: answer.headers, body: text, ms: performance.now() - from }
  } catch (error) {
    const isOfClient = error instanceof errors.InvalidArgumentError || error instanceof errors.NotSupportedError
    const { code = '', message } = error as NodeJS.ErrnoException
    const status = isOfClient ? -1 : 0
    return { request, status, headers: {}, body: `${code} ${message}`, ms: performance.now() - from }
  }
}
