import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Context } from '../context.ts'
import { gather } from '../database/gather.ts'
import { AppError } from '../errors.ts'
import { readBearer, readCredential } from '../http/credentials.ts'
import { hashCredential } from './credential.ts'
import { type Environment, type KeyKind, keyKinds, type Tenant, type UserGrant } from './schemas.ts'
import { findUserGrants } from './user-tokens.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where `requireSecretKey` or `requireKey` guards the route. */
    tenant: Tenant
    /** Set where `requireUserToken` guards the route. */
    grant: UserGrant
  }
}

/** Last-used times are good to a minute: a busy key must not cost a write a request. */
const LAST_USED_STEP_MS = 60_000

/** Lets secret keys in. Asked of the database each time, so that a revoked key ends at once in every process. */
export const requireSecretKey = (context: Context) => requireKeyOf(context, ['secret'])

/** Lets client keys in as well: for what a phone may do. */
export const requireKey = (context: Context) => requireKeyOf(context, keyKinds)

function requireKeyOf(context: Context, kinds: readonly KeyKind[]): onRequestAsyncHookHandler {
  return async (request) => {
    const credential = readCredential(request)
    const key = credential === undefined ? null : await findKey(context, credential)
    if (key === null) throw new AppError('unauthorized', 'A valid API key is required.')
    if (!kinds.includes(key.kind as KeyKind)) {
      throw new AppError('forbidden', 'A secret key is required; this is a client key.')
    }
    touch(context, key, request)
    request.principal = `key ${key.id}`
    request.tenant = {
      id: key.tenantId,
      accountId: key.tenant.accountId,
      environment: key.tenant.environment as Environment,
    }
  }
}

/** Requests whose tokens may be looked up in one query. */
const MOST_TOGETHER = 32

/** Lets the access token of a user in. */
export function requireUserToken(context: Context): onRequestAsyncHookHandler {
  const find = gather((tokens: string[]) => findUserGrants(context.pool, tokens, context.now()), MOST_TOGETHER)
  return async (request) => {
    const token = readBearer(request)
    const grant = token === undefined ? undefined : await find(token)
    if (grant === undefined) throw new AppError('unauthorized', 'A valid user token is required.')
    request.principal = `grant ${grant.familyId}`
    request.grant = grant
  }
}

async function findKey({ prisma }: Context, credential: string) {
  const key = await prisma.apiKey.findUnique({ where: { hash: hashCredential(credential) }, include: { tenant: true } })
  return key?.revokedAt === null ? key : null
}

function touch(context: Context, key: { id: string; lastUsedAt: Date | null }, request: FastifyRequest): void {
  const now = context.now()
  if (key.lastUsedAt !== null && now.getTime() - key.lastUsedAt.getTime() < LAST_USED_STEP_MS) return
  context.prisma.apiKey
    .update({ where: { id: key.id }, data: { lastUsedAt: now } })
    .catch((err: unknown) => request.log.warn({ err }, 'the last-used time of a key was not written'))
}
