import { wakeBackfills } from '../backfills/ask-for-days.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { AppError } from '../errors.ts'
import { ProviderError } from '../providers/provider-error.ts'
import type { ProviderName } from '../providers/providers.ts'
import { wakeDeliveries } from '../webhooks/emit-event.ts'
import { callbackUrlOf } from './begin-connection.ts'
import { takeState, type TakenState } from './connect-states.ts'
import { connect } from './connections.ts'
import { keepGrant, type NewGrant } from './grants.ts'
import { selectGrantOfPerson } from './grants.sql.ts'
import { type ConfiguredProvider, requireConfigured } from './live-providers.ts'
import { exchangeCode, revokeToken, type Tokens } from './oauth-client.ts'
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
    const isKnown = err instanceof ProviderError || err instanceof AppError
    context.log[isKnown ? 'warn' : 'error']({ err, provider }, 'a provider could not be connected')
    // Whatever it is: a person is to come back to a page.
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
  const application = configured.configuration
  let externalUserId: string | undefined
  try {
    externalUserId = requireId(
      provider,
      await configured.identify(apiWithToken(context, configured, tokens.accessToken)),
    )
    await keep(context, provider, owner, { application, externalUserId, tokens })
  } catch (error) {
    // A consent that we do not keep is given back.
    await giveBack(context, configured, { userId: owner.userId, externalUserId, tokens }).catch((err: unknown) => {
      context.log.warn({ err, provider }, 'a consent could not be given back')
    })
    throw error
  }
}

const MAX_ID_LENGTH = 200

function requireId(provider: ProviderName, id: unknown): string {
  // Postgres stores no NUL.
  if (typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH && !id.includes('\0')) return id
  throw new ProviderError('undocumented', `${provider} does not say who the person is`)
}

type Unkept = { userId: string; externalUserId: string | undefined; tokens: Tokens }

/**
 * Not where the person has another consent to the same application, or may have: some providers take back all of a
 * person's consents with one. One that stays is of a token that nobody has.
 */
async function giveBack(context: Context, configured: ConfiguredProvider, unkept: Unkept): Promise<void> {
  const { userId, externalUserId, tokens } = unkept
  const values = [configured.configuration, userId, externalUserId ?? null]
  const [used] = await query(context.pool, selectGrantOfPerson, values)
  if (used === undefined) await revokeToken(configured, tokens.refreshToken ?? tokens.accessToken, context.now())
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
