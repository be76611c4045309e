import formbody from '@fastify/formbody'
import type { onRequestAsyncHookHandler } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { errorsOf, OAuthError } from '../http/schemas.ts'
import { rotateTokens, TokenPair } from './user-tokens.ts'

/** RFC 6749 §6. Unknown parameters are ignored, as §3.2 says. */
const TokenRequest = z
  .object({ grant_type: z.string(), refresh_token: z.string().max(200).optional() })
  .meta({ id: 'TokenRequest' })

/** `limitAttempts` bounds what an address may try at all the places that give tokens, together. */
type Options = { context: Context; limitAttempts: onRequestAsyncHookHandler }

/** OAuth 2.0 (RFC 6749): forms, as its clients send them, and JSON. */
export const oauthRoutes: FastifyPluginAsyncZod<Options> = async (app, { context, limitAttempts }) => {
  await app.register(formbody)
  app.post(
    '/oauth/token',
    {
      onRequest: limitAttempts,
      schema: {
        operationId: 'refreshToken',
        security: [],
        tags: ['Tokens'],
        summary: 'Renew a user token',
        description: 'Refresh tokens rotate. One that is used twice ends all tokens that descend from the same grant.',
        consumes: ['application/x-www-form-urlencoded', 'application/json'],
        body: TokenRequest,
        response: { 200: TokenPair, ...errorsOf(OAuthError, 400, 429, 503) },
      },
    },
    async (request, reply) => {
      // RFC 6749 §5.1
      reply.header('cache-control', 'no-store')
      return renew(context, request.body)
    },
  )
}

function renew(context: Context, { grant_type, refresh_token }: z.infer<typeof TokenRequest>): Promise<TokenPair> {
  if (grant_type !== 'refresh_token') {
    throw new AppError('unsupported_grant_type', 'grant_type must be refresh_token.')
  }
  if (refresh_token === undefined) throw new AppError('validation_error', 'refresh_token is missing.')
  return rotateTokens(context, refresh_token)
}
