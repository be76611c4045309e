import { withClient } from '../../src/database/open-database.ts'
import type { Client } from './client.ts'
import type { Received } from './receivers.ts'
import type { Tenant } from './tenants.ts'

/** A delivery as it is in the end. `accepted`: recorded attempts that succeeded. */
export type Outcome = {
  messageId: string
  tenantId: string
  status: string
  isPing: boolean
  attemptCount: number
  attempts: number
  accepted: number
}

export function readOutcomes(url: string): Promise<Outcome[]> {
  const text = `
    select d.message_id as "messageId", d.tenant_id as "tenantId", d.status, v.type = 'ping' as "isPing",
           d.attempt_count as "attemptCount", count(a.number)::int as attempts,
           (count(*) filter (where a.response_status between 200 and 299 and a.error is null))::int as accepted
    from delivery d join message m on m.id = d.message_id join event v on v.id = m.event_id
    left join attempt a on a.delivery_id = d.id
    group by d.id, v.type`
  return withClient(url, async (client) => (await client.query<Outcome>(text)).rows)
}

/** A delivery is delivered by one recorded success, which the receiver knows of, and by nothing else. */
export function checkOutcome(outcome: Outcome, message: Received | undefined): string[] {
  const { messageId, status, attemptCount, attempts, accepted } = outcome
  const answered = message?.tries.filter(({ answeredAt }) => answeredAt !== undefined).length ?? 0
  const problems: string[] = []
  if (accepted !== (status === 'delivered' ? 1 : 0)) problems.push(`is ${status} with ${accepted} recorded successes`)
  if (status === 'sending') problems.push('is being sent by nobody')
  if (attemptCount !== attempts) problems.push(`counts ${attemptCount} attempts and has ${attempts}`)
  if (accepted > answered) problems.push(`has ${accepted} recorded successes of ${answered}`)
  return problems.map((problem) => `${messageId} ${problem}`)
}

const NOT_DELIVERED = ['pending', 'sending', 'retry', 'exhausted', 'held']

/** Accepted is delivered, or visibly not: what GET /settings/webhook says is what is in the tables. */
export async function checkStatus(
  client: Client,
  tenant: Tenant,
  outcomes: Outcome[],
  eventCount: number,
): Promise<string[]> {
  const { body } = await client.ask('GET', '/settings/webhook', { key: tenant.key })
  const count = (statuses: string[]) => outcomes.filter(({ status }) => statuses.includes(status)).length
  const told = outcomes.filter(({ isPing }) => !isPing)
  const problems: string[] = []
  const expect = (isSo: boolean, problem: string) => void (isSo || problems.push(`${tenant.name}: ${problem}`))

  expect(told.length === eventCount, `${eventCount} events, and ${told.length} deliveries`)
  const visible = body.webhookRequestsProcessing + body.webhookRequestsFailed
  expect(visible === count(NOT_DELIVERED), `${count(NOT_DELIVERED)} are not delivered, ${visible} are shown`)
  expect(body.webhookEnabled === (tenant.kind !== 'gone'), `webhookEnabled is ${body.webhookEnabled}`)
  if (tenant.kind === 'healthy') expect(visible === 0, `${visible} were not delivered: ${statusesOf(outcomes)}`)
  if (tenant.kind === 'gone')
    expect(visible === count(['held']) && visible > 0, `not all is held: ${statusesOf(outcomes)}`)
  if (tenant.kind === 'failing') {
    expect(count(['delivered']) === 0 && count(['exhausted']) > 0, `it accepted nothing: ${statusesOf(outcomes)}`)
    expect(body.webhookStatusDetail === 'The latest attempt was answered 500.', body.webhookStatusDetail)
  }
  return problems
}

const statusesOf = (outcomes: Outcome[]) =>
  JSON.stringify(
    Object.fromEntries([...Map.groupBy(outcomes, ({ status }) => status)].map(([s, all]) => [s, all.length])),
  )
