import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { DemoFailure } from './failure.ts'
import type { Minute } from './fixture.ts'
import { call } from './http.ts'

const MAX_BATCH = 1000
const MINUTE_MS = 60_000

const IngestResult = z.object({ inserted: z.number() })

/** The wearer's phone: it holds a user token and no key. */
export type Phone = {
  /** Sends samples in batches; `report` hears how many have been stored. Returns the number of batches. */
  send: (minutes: Minute[], report: (stored: number) => void) => Promise<number>
}

export function openPhone(serviceUrl: string, token: string): Phone {
  const sendBatch = (minutes: Minute[]) =>
    call(
      {
        method: 'POST',
        url: new URL('/api/v1.1/samples', serviceUrl),
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-encoding': 'gzip',
        },
        body: gzipSync(JSON.stringify({ data_type: 'steps', data: minutes.map(toSample) })),
      },
      IngestResult,
    )
  return {
    send: async (minutes, report) => {
      const batches = split(minutes)
      let stored = 0
      for (const batch of batches) {
        const { inserted } = await sendBatch(batch)
        if (inserted !== batch.length) {
          throw new DemoFailure(`Of ${batch.length} new samples the service stored ${inserted}.`)
        }
        stored += inserted
        report(stored)
      }
      return batches.length
    },
  }
}

const toSample = ({ start, steps }: Minute) => ({
  device_name: 'Fitbit',
  start_date: start,
  end_date: new Date(Date.parse(start) + MINUTE_MS).toISOString(),
  value: steps,
  unit: 'count',
})

/** Even parts: the last one of full batches could be smaller than the three samples that the service asks for. */
function split<T>(items: T[]): T[][] {
  const count = Math.ceil(items.length / MAX_BATCH)
  const edge = (part: number) => Math.round((part * items.length) / count)
  return Array.from({ length: count }, (_, part) => items.slice(edge(part), edge(part + 1)))
}
