import { Pool } from 'undici'
import type { Figures } from '../ingest/figures.ts'
import { percentile } from '../statistics.ts'
import type { Lines } from './lines.ts'

/** As send-batches.ts sends to Pulsewell: each connection takes the next request when it has the answer to its last. */
export async function sendLines(
  url: string,
  path: string,
  { bodies, samples }: Lines,
  inFlight: number,
  signal: AbortSignal,
): Promise<Figures> {
  const http = new Pool(url, { connections: inFlight, pipelining: 1 })
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  const latencies: number[] = []
  const remaining = bodies.values()
  const connection = async () => {
    for (const body of remaining) {
      signal.throwIfAborted()
      const sent = performance.now()
      const response = await http.request({ method: 'POST', path, headers, body })
      const text = await response.body.text()
      latencies.push(performance.now() - sent)
      if (response.statusCode !== 204) throw new Error(`POST ${path} was answered ${response.statusCode}: ${text}`)
    }
  }
  try {
    const begin = performance.now()
    await Promise.all(Array.from({ length: inFlight }, connection))
    const seconds = (performance.now() - begin) / 1000
    return { samplesPerSecond: samples / seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) }
  } catch (error) {
    // Ctrl-C reaches the peer too, which hangs up: that is not what went wrong.
    signal.throwIfAborted()
    throw error
  } finally {
    await http.close()
  }
}
