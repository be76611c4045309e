import type { Owner } from '../connect/connections.ts'
import { disconnectGrant } from '../connect/disconnect-grant.ts'
import type { Grant } from '../connect/grants.ts'
import { findConfigured } from '../connect/live-providers.ts'
import { applicationOf } from '../connect/provider-application.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import type { ProviderPush, PushRequest, PushResult } from '../providers/provider.ts'
import { ProviderError } from '../providers/provider-error.ts'
import type { ProviderName } from '../providers/providers.ts'
import { dateAfter, dateOf, UTC } from '../zones.ts'
import { askForDays, wakeBackfills } from './ask-for-days.ts'
import * as sql from './receive-push.sql.ts'

/** What a push says of longer ago is read by whoever asks for it. */
const MOST_DAYS = 31

type Known = Grant & Owner & { externalUserId: string }

/**
 * Judges what a provider tells, and asks for the days that changed: committed when it returns, so that the provider may
 * forget it. A person that is unknown is not told to it. Throws `not_found` where nothing can be pushed, and as the
 * provider's `receive` does; `bad_gateway` where that needs an answer of the provider, and there is none.
 */
export async function receivePush(
  context: Context,
  provider: ProviderName,
  request: PushRequest,
  publicUrl: string,
): Promise<Pick<PushResult, 'status' | 'body'>> {
  const configured = findConfigured(context.config, provider)
  if (configured?.push === undefined) throw new AppError('not_found', 'There is nothing here.')
  const now = context.now()
  const application = applicationOf(context, configured, publicUrl)
  const { status, body, changed, revoked = [] } = await judge(configured.push, request, application, now)

  const persons = [...new Set([...changed.map(({ externalUserId }) => externalUserId), ...revoked])]
  const grants =
    persons.length === 0
      ? []
      : await query<Known>(context.pool, sql.selectGrantsOf, [configured.configuration, persons])
  const today = dateOf(now.getTime(), UTC)
  for (const grant of grants) {
    const days = changed.flatMap((each) => (each.externalUserId === grant.externalUserId ? clip(each, today) : []))
    if (days.length > 0) await askForAll(context, grant, days, now)
    if (revoked.includes(grant.externalUserId)) await disconnectGrant(context, grant)
  }
  if (grants.length > 0) wakeBackfills(context.queue)
  return { status, body }
}

/** Where the provider cannot be asked for what a push is judged by, it is to be sent again. */
async function judge(push: ProviderPush, ...judged: Parameters<ProviderPush['receive']>): Promise<PushResult> {
  try {
    return await push.receive(...judged)
  } catch (cause) {
    if (!(cause instanceof ProviderError)) throw cause
    throw new AppError('bad_gateway', 'The provider cannot be asked whether this is its own.', { cause })
  }
}

type Days = { from: string; to: string }

const askForAll = ({ pool }: Context, grant: Known, days: Days[], now: Date) =>
  withTransaction(pool, async (tx) => {
    for (const each of days) await askForDays(tx, grant, { reason: 'push', ...each }, now)
  })

/** Days that are over or under way; none where there are none. */
function clip({ from, to }: Days, today: string): Days[] {
  const last = to < today ? to : today
  const first = from > dateAfter(last, 1 - MOST_DAYS) ? from : dateAfter(last, 1 - MOST_DAYS)
  return first <= last ? [{ from: first, to: last }] : []
}
