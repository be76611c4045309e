import { checkConnections, checkDays, checkFollower, checkReceived } from './check-feed.ts'
import { checkOutcome, checkStatus, type Outcome, readOutcomes } from './check-deliveries.ts'
import { explainCopies } from './explain-copies.ts'
import type { FaultyServer, Raged, Settled } from './faulty-server.ts'
import { readOn } from './followers.ts'
import type { Received } from './receivers.ts'
import type { Figures } from './report.ts'
import type { Tenant } from './tenants.ts'

export type Verdict = { problems: string[]; figures: Omit<Figures, 'backend' | 'seed'> }

/** Answers that a client may get: 404 is of a disconnection that was asked for again. 0 is none. */
const STATUSES = [0, 200, 404, 503]
const MIN_ACCEPTED = 3000
/** Of one kind; a thousand more would say the same. */
const SHOWN = 5

/** Holds what was accepted against what arrived, and what is told against what is stored. */
export async function judge(server: FaultyServer, raged: Raged, settled: Settled): Promise<Verdict> {
  const { postgres, fleet, plans, receivers, client, tenants, hits } = server
  const { load, storm } = raged
  const outcomes = await readOutcomes(postgres.url)
  const ofTenants = await Promise.all(tenants.map((tenant) => judgeTenant(server, raged, tenant, outcomes)))
  const copies = explainCopies(outcomes, receivers.messages, fleet, postgres)
  const accepted = load.accepted.batches + load.accepted.connections
  const unstopped = await fleet.stop()
  const kinds: string[][] = [
    settled.isSettled ? [] : ['the server did not come to rest'],
    accepted >= MIN_ACCEPTED ? [] : [`only ${accepted} changes were accepted`],
    [...plans.hits].filter(([, count]) => count < hits).map(([point, count]) => `"${point}" was hit ${count} times`),
    [...client.statuses.keys()].filter((status) => !STATUSES.includes(status)).map((status) => `answered ${status}`),
    [...fleet.lives.values()].some(({ frozen }) => Number.isFinite(frozen?.to))
      ? []
      : ['no worker was stopped for long'],
    load.refusals,
    receivers.wrongs,
    fleet.strays,
    unstopped.map((said) => `SIGTERM did not end it with 0: ${said}`),
    ...transpose(ofTenants),
    outcomes.flatMap((outcome) => checkOutcome(outcome, receivers.messages.get(outcome.messageId))),
    copies.unexplained,
  ]
  const attempts = outcomes.reduce((sum, outcome) => sum + outcome.attempts, 0)
  const byStatus = Map.groupBy(outcomes, ({ status }) => status)
  const counts = {
    'accepted batches': load.accepted.batches,
    'accepted connections': load.accepted.connections,
    messages: outcomes.length,
    ...Object.fromEntries([...byStatus].map(([status, all]) => [`  ${status}`, all.length])),
    'recorded attempts': attempts,
    processes: fleet.lives.size,
    'starts refused without a database': fleet.refusedStarts(),
    'Postgres away': postgres.outages.map(({ signal, from, to }) => `${signal} ${to - from} ms`).join(', '),
    'deadlocks in Postgres': await postgres.countDeadlocks(),
    'Redis flushed': `${storm.flushes} times, ${storm.flushedKeys} keys`,
    'seconds of storm': raged.seconds.toFixed(1),
    'seconds until it settled': settled.seconds.toFixed(1),
  }
  const figures = { counts, hits: plans.hits, behaviours: receivers.counts, statuses: client.statuses, copies }
  return { problems: kinds.flatMap(shorten), figures }
}

/** Each kind of problem in a list of its own. */
async function judgeTenant(
  { client, receivers }: FaultyServer,
  { load, followers }: Raged,
  tenant: Tenant,
  all: Outcome[],
): Promise<string[][]> {
  const outcomes = all.filter(({ tenantId }) => tenantId === tenant.id)
  const messages = [...receivers.messages.values()].filter((message) => message.tenant === tenant.name)
  const byUser = Map.groupBy(messages, ({ body }: Received): string => body.users?.[0]?.userId ?? 'nobody')
  const persons = load.persons.filter((person) => person.tenant === tenant && person.userId !== '')
  const { changes } = await readOn(client, tenant)
  const days: string[] = []
  for (const person of persons) days.push(...(await checkDays(client, person, byUser.get(person.userId) ?? [])))
  return [
    checkFollower(tenant, followers.seen.get(tenant.name) ?? [], changes),
    tenant.kind === 'healthy' ? checkReceived(tenant, changes, messages) : [],
    persons.flatMap((person) => checkConnections(person, changes)),
    days,
    await checkStatus(client, tenant, outcomes, changes.length),
  ]
}

const transpose = (lists: string[][][]) => lists[0]!.map((_, kind) => lists.flatMap((each) => each[kind]!))

const shorten = (problems: string[]) =>
  problems.length <= SHOWN ? problems : [...problems.slice(0, SHOWN), `... and ${problems.length - SHOWN} like these`]
