import { wakeBackfills } from '../backfills/ask-for-days.ts'
import type { Context } from '../context.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { ProviderError } from '../providers/provider-error.ts'
import type { ProviderName } from '../providers/providers.ts'
import { wakeDeliveries } from '../webhooks/emit-event.ts'
import { callbackUrlOf } from './begin-connection.ts'
import { takeState, type TakenState } from './connect-states.ts'
import { connect } from './connections.ts'
import { keepGrant, type NewGrant } from './grants.ts'
import { requireConfigured } from './live-providers.ts'
import { exchangeCode, revokeToken } from './oauth-client.ts'
import { apiWithToken } from './provider-api.ts'
import { type ConnectResult, whereTo } from './widget-page.ts'

/** What a browser came back with, to whom: as it was sent, for a parameter that is there twice is not good. */
export type Callback = { parameters: URLSearchParams; cookie: string | undefined; publicUrl: string }

/** The code that the sandbox's page of consent sends back. */
const SANDBOX_CODE = 'sandbox'

/**
 * Ends what `beginConnection` began: connects the provider, or not. Returns where the browser goes, whatever happened;
 * outside only when the state was good.
 */
export async function finishConnection(context: Context, provider: ProviderName, callback: Callback): Promise<string> {
  const states = callback.parameters.getAll('state')
  const taken = states.length === 1 ? await takeState(context, states[0]!, provider, callback.cookie) : undefined
  if (taken === undefined) return whereTo('expired', provider)
  const result = await judge(context, provider, taken, callback)
  return whereTo(result, provider, taken.page, taken.redirectOrigins)
}

async function judge(
  context: Context,
  provider: ProviderName,
  taken: TakenState,
  callback: Callback,
): Promise<ConnectResult> {
  const error = callback.parameters.get('error')
  if (error !== null) return error === 'access_denied' ? 'denied' : 'failed'
  try {
    if (taken.environment === 'live') await connectLive(context, provider, taken, callback)
    else if (callback.parameters.get('code') !== SANDBOX_CODE) return 'failed'
    else await keep(context, provider, taken, { application: 'sandbox', externalUserId: undefined, tokens: undefined })
    return 'connected'
  } catch (err) {
    if (!(err instanceof ProviderError || err instanceof AppError)) throw err
    context.log.warn({ err, provider }, 'a provider could not be connected')
    return 'failed'
  }
}

async function connectLive(
  context: Context,
  provider: ProviderName,
  { verifier, ...owner }: TakenState,
  { parameters, publicUrl }: Callback,
): Promise<void> {
  const configured = requireConfigured(context.config, provider)
  const redirectUri = callbackUrlOf(publicUrl, provider)
  const state = parameters.get('state')!
  const tokens = await exchangeCode(configured, { parameters, state, redirectUri, verifier }, context.now())
  try {
    const externalUserId = await configured.identify(apiWithToken(context, configured, tokens.accessToken))
    await keep(context, provider, owner, { application: configured.configuration, externalUserId, tokens })
  } catch (error) {
    // A consent that we do not keep is given back.
    await revokeToken(configured, tokens.refreshToken ?? tokens.accessToken, context.now()).catch((err: unknown) => {
      context.log.warn({ err, provider }, 'a consent could not be given back')
    })
    throw error
  }
}

async function keep(
  context: Context,
  provider: ProviderName,
  owner: Pick<TakenState, 'tenantId' | 'userId'>,
  grant: NewGrant,
): Promise<void> {
  const { pool, secrets, queue } = context
  const now = context.now()
  const isToTell = await withTransaction(pool, async (tx) => {
    const isToBeTold = await connect(tx, secrets, owner, provider, now)
    await keepGrant(tx, secrets, owner, provider, grant, now)
    return isToBeTold
  })
  if (isToTell) wakeDeliveries(queue)
  wakeBackfills(queue)
}
