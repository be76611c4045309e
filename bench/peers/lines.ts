import type { Workload } from '../ingest/workload.ts'

/** From the first to the last sample, in ms since 1970. */
export type Span = { first: number; last: number }

/** A workload in InfluxDB's line protocol: a request a batch. */
export type Lines = { bodies: Buffer[]; samples: number; span: Span }

type Batch = { data: { start_date: string; value: number }[] }

/** The samples of a JSON workload, its users under new names, so that no two measurements have a series in common. */
export function toLines({ batches, users }: Pick<Workload, 'batches' | 'users'>): Lines {
  const names = Array.from({ length: users }, () => crypto.randomUUID())
  const span = { first: Infinity, last: -Infinity }
  const bodies = batches.map(({ body }, index) => {
    const { data } = JSON.parse(body.toString()) as Batch
    const lines = data.map(({ start_date: start, value }) => {
      const ms = Date.parse(start)
      span.first = Math.min(span.first, ms)
      span.last = Math.max(span.last, ms)
      return `bpm,user=${names[index % users]!} value=${value} ${ms}\n`
    })
    return Buffer.from(lines.join(''))
  })
  return { bodies, samples: batches.reduce((sum, batch) => sum + batch.samples, 0), span }
}
