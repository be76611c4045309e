import { z } from 'zod'

const TIMEOUT_MS = 5000

const Readiness = z.object({ status: z.enum(['ok', 'unavailable']), checks: z.record(z.string(), z.string()) })

/** What answers at an address: a service, one that is not ready, another program, or nothing. */
export type Probe = 'ready' | 'not ready' | 'other' | 'nothing'

export async function probe(serviceUrl: string): Promise<Probe> {
  const response = await fetch(new URL('/readyz', serviceUrl), { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    () => undefined,
  )
  if (response === undefined) return 'nothing'
  const answer = Readiness.safeParse(await response.json().catch(() => undefined))
  if (!answer.success) return 'other'
  return answer.data.status === 'ok' ? 'ready' : 'not ready'
}
