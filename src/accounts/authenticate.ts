import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Context } from '../context.ts'
import { gather } from '../database/gather.ts'
import type { Pool } from '../database/pool.ts'
import { query } from '../database/query.ts'
import { AppError } from '../errors.ts'
import { readBearer, readCredential } from '../http/credentials.ts'
import { findCareGrants } from './care-tokens.ts'
import { hashCredential } from './credential.ts'
import { findTenant } from './find-tenant.ts'
import * as sql from './keys.sql.ts'
import { type Environment, type KeyKind, keyKinds, type Tenant, type UserGrant } from './schemas.ts'
import { findUserGrants } from './user-tokens.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where `requireSecretKey`, `requireKey` or `requireOrganization` guards the route. */
    tenant: Tenant
    /** Set where `requireUserToken` guards the route. */
    grant: UserGrant
  }
}

/** Requests whose credentials may be looked up in one query. */
const MOST_TOGETHER = 32

/** Last-used times are good to a minute: a busy key must not cost a write a request. */
const LAST_USED_STEP_MS = 60_000

/** Lets secret keys in. Asked of the database each time, so that a revoked key ends at once in every process. */
export const requireSecretKey = (context: Context) => requireKeyOf(context, ['secret'])

/** Lets client keys in as well: for what a phone may do. */
export const requireKey = (context: Context) => requireKeyOf(context, keyKinds)

function requireKeyOf(context: Context, kinds: readonly KeyKind[]): onRequestAsyncHookHandler {
  const find = gather((credentials: string[]) => findKeys(context.hotPool, credentials), MOST_TOGETHER)
  return async (request) => {
    const credential = readCredential(request)
    const key = credential === undefined ? undefined : await find(credential)
    if (key === undefined) throw new AppError('unauthorized', 'A valid API key is required.')
    if (!kinds.includes(key.kind)) throw new AppError('forbidden', 'A secret key is required; this is a client key.')
    letIn(context, key, request)
  }
}

function letIn(context: Context, key: FoundKey, request: FastifyRequest): void {
  touch(context, key, request)
  request.principal = `key ${key.id}`
  request.tenant = { id: key.tenantId, accountId: key.accountId, environment: key.environment }
}

/** Lets in who may see all of a tenant: secret keys, and access tokens of OAuth clients that are not for some groups. */
export function requireOrganization(context: Context): onRequestAsyncHookHandler {
  const { hotPool, now } = context
  const findKey = gather((credentials: string[]) => findKeys(hotPool, credentials), MOST_TOGETHER)
  const findGrant = gather((tokens: string[]) => findCareGrants(hotPool, tokens, now()), MOST_TOGETHER)
  return async (request) => {
    const [credential, token] = [readCredential(request), readBearer(request)]
    const key = credential === undefined ? undefined : await findKey(credential)
    if (key !== undefined) {
      if (key.kind !== 'secret') throw new AppError('forbidden', 'A secret key is required; this is a client key.')
      letIn(context, key, request)
      return
    }
    // A key that is unknown is refused, whatever is beside it.
    const grant = token === undefined || token !== credential ? undefined : await findGrant(token)
    if (grant === undefined) throw new AppError('unauthorized', 'A valid API key or access token is required.')
    if (grant.groupIds !== null) throw new AppError('forbidden', 'This token is for some groups; all are required.')
    const tenant = await findTenant(hotPool, grant.organizationId)
    if (tenant === undefined) throw new AppError('unauthorized', 'A valid API key or access token is required.')
    request.principal = `client ${grant.clientId}`
    request.tenant = tenant
  }
}

/** Lets the access token of a user in. */
export function requireUserToken(context: Context): onRequestAsyncHookHandler {
  const find = gather((tokens: string[]) => findUserGrants(context.hotPool, tokens, context.now()), MOST_TOGETHER)
  return async (request) => {
    const token = readBearer(request)
    const grant = token === undefined ? undefined : await find(token)
    if (grant === undefined) throw new AppError('unauthorized', 'A valid user token is required.')
    request.principal = `grant ${grant.familyId}`
    request.grant = grant
  }
}

type FoundKey = {
  hash: Buffer
  id: string
  kind: KeyKind
  lastUsedAt: Date | null
  tenantId: string
  accountId: string
  environment: Environment
}

/** By credential; undefined for one that is unknown or revoked. */
async function findKeys(pool: Pool, credentials: string[]): Promise<(FoundKey | undefined)[]> {
  const hashes = credentials.map(hashCredential)
  const keys = await query<FoundKey>(pool, sql.selectKeys, [hashes])
  return hashes.map((hash) => keys.find((key) => key.hash.equals(hash)))
}

function touch(context: Context, key: { id: string; lastUsedAt: Date | null }, request: FastifyRequest): void {
  const now = context.now()
  if (key.lastUsedAt !== null && now.getTime() - key.lastUsedAt.getTime() < LAST_USED_STEP_MS) return
  context.prisma.apiKey
    .update({ where: { id: key.id }, data: { lastUsedAt: now } })
    .catch((err: unknown) => request.log.warn({ err }, 'the last-used time of a key was not written'))
}
