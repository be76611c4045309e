import type { onRequestAsyncHookHandler } from 'fastify'
import { type CareGrant, findCareGrants } from '../accounts/care-tokens.ts'
import type { Context } from '../context.ts'
import { gather } from '../database/gather.ts'
import { AppError } from '../errors.ts'
import { readBearer } from '../http/credentials.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the token of the Care API may see. Set by authentication. */
    care: CareGrant
  }
}

const MOST_TOGETHER = 16

/** Lets access tokens of OAuth clients in. Asked of the database each time, so that a revoked one ends at once. */
export function requireCareToken({ hotPool, now }: Context): onRequestAsyncHookHandler {
  const find = gather((tokens: string[]) => findCareGrants(hotPool, tokens, now()), MOST_TOGETHER)
  return async (request) => {
    const token = readBearer(request)
    const grant = token === undefined ? undefined : await find(token)
    if (grant === undefined) throw new AppError('unauthorized', 'A valid access token is required.')
    request.principal = `client ${grant.clientId}`
    request.care = grant
  }
}

/** A secret key, which authentication has let in, sees all of its organization. */
export const speakForOrganization: onRequestAsyncHookHandler = async (request) => {
  const { id } = request.tenant
  request.care = { tokenId: id, clientId: id, organizationId: id, groupIds: null }
}
