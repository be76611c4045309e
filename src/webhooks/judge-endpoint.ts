import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { isToBeDisabled, type Outcome } from './delivery-states.ts'
import * as sql from './webhooks.sql.ts'

type Endpoint = { failingSince: Date; enabled: boolean }

/** An endpoint that is gone, or has failed for days, is disabled: what is for it is held, and not dropped. */
export async function judgeEndpoint(
  tx: Transaction,
  { endpointId, secret }: { endpointId: string; secret: Buffer },
  outcome: Outcome,
  now: Date,
): Promise<void> {
  if (outcome.kind === 'accepted') {
    await query(tx, sql.clearFailing, [endpointId])
    return
  }
  const [endpoint] = await query<Endpoint>(tx, sql.markFailing, [endpointId, now, secret])
  // Set anew since it was called: what the old one answered says nothing about it.
  if (endpoint === undefined) return
  const isToGo = endpoint.enabled && isToBeDisabled(outcome, endpoint.failingSince, now)
  if (isToGo) await query(tx, sql.disableEndpoint, [endpointId, now])
  // Also when another attempt has just disabled it: what was under way meanwhile is held with the rest.
  if (isToGo || !endpoint.enabled) await query(tx, sql.holdWaiting, [endpointId, now])
}
