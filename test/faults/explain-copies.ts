import type { Outcome } from './check-deliveries.ts'
import type { Fleet, Life } from './fleet.ts'
import type { Postgres } from './postgres.ts'
import type { Received, Try } from './receivers.ts'

/** Answers that were given and not recorded, by the fault that lost them; and those that no fault explains. */
export type Copies = { reasons: Map<string, number>; unexplained: string[] }

/** A record takes milliseconds; a machine that is as busy as this one, longer. */
const RECORD_MS = 5000
/** What a process that was stopped had claimed, it sends when it goes on: each attempt within this. */
const ATTEMPT_MS = 15_000

/**
 * Of a message's 2xx answers all but the recorded one were lost, and each has to be some process's that was killed, or
 * stopped for longer than its lease, before it could record it.
 */
export function explainCopies(
  outcomes: Outcome[],
  messages: Map<string, Received>,
  fleet: Fleet,
  { outages }: Postgres,
): Copies {
  const copies: Copies = { reasons: new Map(), unexplained: [] }
  for (const { messageId, accepted } of outcomes) {
    const answered = (messages.get(messageId)?.tries ?? []).filter(({ answeredAt }) => answeredAt !== undefined)
    const lost = answered.length - accepted
    const reasons = answered.flatMap(({ by, answeredAt }) => {
      const life = fleet.lives.get(by)
      return life === undefined ? [] : (faultOf(life, answeredAt!, outages) ?? [])
    })
    for (const reason of reasons.slice(0, Math.max(0, lost))) {
      copies.reasons.set(reason, (copies.reasons.get(reason) ?? 0) + 1)
    }
    if (lost > reasons.length) {
      const tries = messages.get(messageId)!.tries.map((made) => describe(made, fleet.lives.get(made.by)))
      copies.unexplained.push(`${messageId} was accepted ${answered.length} times:\n  ${tries.join('\n  ')}`)
    }
  }
  return copies
}

const timeOf = (at: number | undefined) => (at === undefined ? 'never' : new Date(at).toISOString().slice(11, -1))

function describe({ at, by, behaviour, answeredAt }: Try, life: Life | undefined): string {
  const frozen = life?.frozen === undefined ? '' : `, stopped ${timeOf(life.frozen.from)}`
  return `${by} ${timeOf(at)} "${behaviour}", answered ${timeOf(answeredAt)}, killed ${timeOf(life?.killedAt)}${frozen}`
}

/** Why a process that was answered at `at` may not have recorded it. */
function faultOf({ killedAt, plan, frozen }: Life, at: number, outages: Postgres['outages']): string | undefined {
  if (frozen !== undefined && at > frozen.from - RECORD_MS && at < frozen.to + ATTEMPT_MS) {
    return 'stopped for longer than its lease'
  }
  if (killedAt === undefined || killedAt < at - RECORD_MS) return undefined
  const wasAway = outages.some(({ from, to }) => from < killedAt && to > at)
  return killedAt - at < RECORD_MS || wasAway ? `killed: ${plan?.point}` : undefined
}
