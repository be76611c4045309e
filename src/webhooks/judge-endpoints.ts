import type { Transaction } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { isToBeDisabled } from './delivery-states.ts'
import * as sql from './endpoints.sql.ts'
import type { Attempt } from './send-attempt.ts'
import { holdWaiting } from './settle-endpoints.ts'

/** Two attempts at a message are at most two days apart, and a little: whoever asks for later is not heeded further. */
const LONGEST_PAUSE = '3 days'

type Endpoint = { failingSince: Date; enabled: boolean }

/** An endpoint that is gone, or has failed for days, is disabled: what is for it is held, and not dropped. */
export async function judgeEndpoints(tx: Transaction, attempts: Attempt[], now: Date): Promise<void> {
  const byEndpoint = Map.groupBy(attempts, ({ claim }) => claim.endpointId)
  const [accepting, telling]: [string[], Attempt[]] = [[], []]
  // In the order of their ids, as every worker locks them.
  for (const [endpointId, all] of [...byEndpoint].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const isAccepting = all.some(({ outcome }) => outcome.kind === 'accepted')
    if (isAccepting) accepting.push(endpointId)
    const failure = all.find(({ outcome }) => outcome.kind === 'gone') ?? (isAccepting ? undefined : all.at(-1))
    if (failure !== undefined) telling.push(failure)
  }
  const failing = telling.map(({ claim }) => claim.endpointId)
  if (accepting.length > 0) await query(tx, sql.clearFailing, [accepting, failing])
  for (const attempt of telling) await judgeFailing(tx, attempt, now)
}

async function judgeFailing(tx: Transaction, attempt: Attempt, now: Date): Promise<void> {
  const { claim, outcome, answer, error } = attempt
  const { endpointId, revision } = claim
  const failure = error === null ? `was answered ${answer?.status}` : `failed: ${error}`
  const values = [endpointId, now, revision, failure, LONGEST_PAUSE]
  const [endpoint] = await query<Endpoint>(tx, sql.markFailing, values)
  // Set anew since it was called: what the old one answered says nothing about it.
  if (endpoint === undefined) return
  const isToGo = endpoint.enabled && isToBeDisabled(outcome, endpoint.failingSince, now)
  const reason = outcome.kind === 'gone' ? 'gone' : 'failing'
  if (isToGo) await query(tx, sql.disableEndpoint, [endpointId, now, reason])
  // Also when another attempt has just disabled it: what was under way meanwhile is held with the rest.
  if (isToGo || !endpoint.enabled) await holdWaiting(tx, endpointId, now)
}
