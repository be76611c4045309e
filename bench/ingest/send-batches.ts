import { Pool } from 'undici'
import type { ServerProcess } from '../server-process.ts'
import { percentile } from '../statistics.ts'
import type { Figures } from './figures.ts'
import { forms, type Workload } from './workload.ts'

export type UserToken = { userId: string; token: string }

/** Connections while users are made: not measured. */
const SETUP_CONNECTIONS = 8

/** Sends the whole workload, from users of its own, `inFlight` batches at a time. Throws unless all are stored anew. */
export async function sendBatches(
  server: ServerProcess,
  workload: Workload,
  inFlight: number,
  signal: AbortSignal,
): Promise<Figures> {
  return sendAs(server, await createTokens(server, workload.users), workload, inFlight, 'inserted', signal)
}

/** As users that there are. `outcome` is what is to become of every sample. */
export async function sendAs(
  server: ServerProcess,
  tokens: UserToken[],
  { batches, samples, users, form }: Workload,
  inFlight: number,
  outcome: 'inserted' | 'unchanged',
  signal: AbortSignal,
): Promise<Figures> {
  const { contentType, ...how } = forms[form]
  const encoded = 'encoding' in how ? { 'content-encoding': how.encoding } : {}
  const http = new Pool(server.url, { connections: inFlight, pipelining: 1 })
  const latencies: number[] = []
  try {
    const begin = performance.now()
    await inParallel(batches, inFlight, async (batch, index) => {
      signal.throwIfAborted()
      const sent = performance.now()
      const authorization = `Bearer ${tokens[index % users]!.token}`
      const headers = { authorization, 'content-type': contentType, ...encoded }
      const answer = await call(http, '/api/v1.1/samples', headers, batch.body)
      latencies.push(performance.now() - sent)
      if (answer[outcome] !== batch.samples) throw new Error(`a batch was answered ${JSON.stringify(answer)}`)
    })
    const seconds = (performance.now() - begin) / 1000
    return { samplesPerSecond: samples / seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) }
  } finally {
    await http.close()
  }
}

/** A user token for each of `users` new users, made as a partner server makes them. */
export async function createTokens({ url, secretKey }: ServerProcess, users: number): Promise<UserToken[]> {
  const http = new Pool(url, { connections: SETUP_CONNECTIONS, pipelining: 1 })
  const headers = { 'x-api-key': secretKey }
  const tokens: UserToken[] = []
  const names = Array.from({ length: users }, () => crypto.randomUUID())
  try {
    await inParallel(names, SETUP_CONNECTIONS, async (name, index) => {
      const { userId } = await call(http, `/user?appUserId=${name}`, headers)
      const pair = await call(http, `/user/${String(userId)}/token?provider=fitbit`, headers)
      tokens[index] = { userId: String(userId), token: String(pair['access_token']) }
    })
    return tokens
  } finally {
    await http.close()
  }
}

/** As many workers as may be in flight, each taking the next item when it is done with its last. */
async function inParallel<T>(items: T[], inFlight: number, work: (item: T, index: number) => Promise<void>) {
  const remaining = items.entries()
  const worker = async () => {
    for (const [index, item] of remaining) await work(item, index)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

async function call(
  http: Pool,
  path: string,
  headers: Record<string, string>,
  body: Buffer | null = null,
): Promise<Record<string, unknown>> {
  const response = await http.request({ method: 'POST', path, headers, body })
  const text = await response.body.text()
  if (response.statusCode !== 200) throw new Error(`POST ${path} was answered ${response.statusCode}: ${text}`)
  return JSON.parse(text) as Record<string, unknown>
}
