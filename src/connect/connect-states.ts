import { timingSafeEqual } from 'node:crypto'
import { hashCredential, randomToken } from '../accounts/credential.ts'
import type { Environment } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { userNotFound } from '../users/users.ts'
import type { ProviderName } from '../providers/providers.ts'
import * as sql from './connect-states.sql.ts'
import type { Owner } from './connections.ts'
import type { WidgetPage } from './widget-page.ts'

export const STATE_SECONDS = 600

export type NewState = Owner & {
  provider: ProviderName
  /** The PKCE code verifier; undefined where the provider takes none. */
  verifier: string | undefined
  page: WidgetPage
  /** Whether it is begun from a page of ours: then the browser has to come back with the cookie. */
  isInBrowser: boolean
}

/** `cookie` is what the browser has to come back with. */
export type BegunState = { state: string; cookie: string | undefined }

/** A state that is good for one callback, within 10 minutes. Only its hash is stored. Throws `user_not_found`. */
export async function beginState({ pool, secrets, now }: Context, begun: NewState): Promise<BegunState> {
  const state = randomToken()
  const cookie = begun.isInBrowser ? randomToken() : undefined
  const values = [
    hashCredential(state),
    begun.userId,
    begun.provider,
    begun.verifier === undefined ? null : secrets.seal(begun.verifier),
    cookie === undefined ? null : hashCredential(cookie),
    JSON.stringify(begun.page),
    new Date(now().getTime() + STATE_SECONDS * 1000),
    begun.tenantId,
  ]
  const [inserted] = await query(pool, sql.insertState, values)
  if (inserted === undefined) throw userNotFound()
  return { state, cookie }
}

export type TakenState = Owner & {
  environment: Environment
  verifier: string | undefined
  page: WidgetPage
  /** Of the account, now. */
  redirectOrigins: string[]
}

type Row = Owner & {
  environment: Environment
  redirectOrigins: string[]
  provider: string
  verifier: Buffer | null
  browserHash: Buffer | null
  page: WidgetPage
  expiresAt: Date
}

/**
 * Uses a state up. Undefined when it is unknown, used, expired, of another provider, or was begun in another browser:
 * then nothing of it may be acted on, and it is used up all the same.
 */
export async function takeState(
  { pool, secrets, now }: Context,
  state: string,
  provider: ProviderName,
  cookie: string | undefined,
): Promise<TakenState | undefined> {
  const [row] = await query<Row>(pool, sql.takeState, [hashCredential(state)])
  if (row === undefined || row.provider !== provider || row.expiresAt <= now()) return undefined
  if (row.browserHash !== null && !isOf(row.browserHash, cookie)) return undefined
  const { userId, tenantId, environment, redirectOrigins, page } = row
  const verifier = row.verifier === null ? undefined : secrets.open(row.verifier)
  return { userId, tenantId, environment, redirectOrigins, page, verifier }
}

const isOf = (hash: Buffer, cookie: string | undefined) =>
  cookie !== undefined && timingSafeEqual(hash, hashCredential(cookie))

export async function removeExpiredStates({ pool, now }: Pick<Context, 'pool' | 'now'>): Promise<void> {
  await query(pool, sql.deleteExpiredStates, [now()])
}
