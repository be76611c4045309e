import { createServer, type Server } from 'node:http'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Pool } from './database/pool.ts'

/** What a process counts, and what of the database is looked at when it is asked. No user, key or value is in it. */
export type Metrics = ReturnType<typeof openMetrics>

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]
const LONG_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

export function openMetrics(pool: Pool) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'pulsewell_' })
  watchDeliveries(pool, registry)
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'pulsewell_http_request_seconds',
      help: 'Time to answer, by route and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers,
    }),
    samples: new Counter({
      name: 'pulsewell_samples_total',
      help: 'Samples that came in committed batches, by what became of them.',
      labelNames: ['data_type', 'outcome'],
      registers,
    }),
    attempts: new Counter({
      name: 'pulsewell_webhook_attempts_total',
      help: 'Attempts to deliver, by endpoint and outcome.',
      labelNames: ['endpoint', 'outcome'],
      registers,
    }),
    firstAttemptSeconds: new Histogram({
      name: 'pulsewell_webhook_first_attempt_seconds',
      help: 'From a message being accepted to its first attempt.',
      buckets: LONG_SECONDS,
      registers,
    }),
    attemptSeconds: new Histogram({
      name: 'pulsewell_webhook_attempt_seconds',
      help: 'Time that an attempt took.',
      buckets: SECONDS,
      registers,
    }),
    rescues: new Counter({
      name: 'pulsewell_sweeper_rescues_total',
      help: 'Work that a sweeper found overdue: its job was lost, or a process died with it.',
      labelNames: ['kind'],
      registers,
    }),
    refusedAddresses: new Counter({
      name: 'pulsewell_webhook_refused_addresses_total',
      help: 'Attempts that were refused because of the address.',
      registers,
    }),
  }
}

const UNDELIVERED = ['pending', 'sending', 'retry', 'held', 'exhausted']
type Count = { status: string; count: number; overdue: number | null }

const overdueOf: Record<string, string> = {
  pending: 'extract(epoch from now() - min(next_at))::float8',
  retry: 'extract(epoch from now() - min(next_at))::float8',
}

/** A statement a state: each reads a partial index, where one over all of them would read the whole table. */
const COUNTS = UNDELIVERED.map(
  (status) => `
    select '${status}' as status, count(*)::int as count, ${overdueOf[status] ?? 'null::float8'} as overdue
    from delivery
    where status = '${status}'
      -- Until they are removed, nobody waits for those of a deleted endpoint.
      and endpoint_id not in (select id from webhook_endpoint where deleted_at is not null)`,
).join(' union all ')

/** Gauges over all processes: asked of the database when the metrics are read. */
function watchDeliveries(pool: Pool, registry: Registry): void {
  const waiting = new Gauge({
    name: 'pulsewell_webhook_deliveries',
    help: 'Deliveries that have not arrived, by state.',
    labelNames: ['status'],
    registers: [registry],
  })
  const oldest = new Gauge({
    name: 'pulsewell_webhook_oldest_due_seconds',
    help: 'How long the oldest due delivery has been waiting for its attempt.',
    registers: [],
    async collect() {
      const { rows } = await pool.query<Count>(COUNTS)
      for (const { status, count } of rows) waiting.set({ status }, count)
      this.set(Math.max(0, ...rows.map(({ overdue }) => overdue ?? 0)))
    },
  })
  registry.registerMetric(oldest)
}

/** Serves `/metrics` in Prometheus' form, on a port of its own. */
export async function serveMetrics({ registry }: Metrics, host: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(503).end(),
    )
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  await promise
  return server
}
