import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { requireSecretKey } from '../accounts/authenticate.ts'
import { TokenPair } from '../accounts/user-tokens.ts'
import type { Context } from '../context.ts'
import { readConnectToken } from '../http/credentials.ts'
import { DevicesError, errorsOf, HouseError, Message, UserIdParams } from '../http/schemas.ts'
import { createConnectToken, readConnectTokenOwner } from './connect-tokens.ts'
import { disconnectProvider, mintUserTokens } from './connections.ts'
import { ConnectToken, ConnectTokenQuery, ProviderBody, ProviderQuery } from './schemas.ts'

/** Devices API: how a user gets connected. Register where secret keys are required. */
export const connectRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/user/connect/token',
    {
      schema: {
        operationId: 'createConnectToken',
        tags: ['Connect'],
        summary: 'A token for the connect widget or a mobile app, good for 10 minutes',
        querystring: ConnectTokenQuery,
        response: { 200: ConnectToken, ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => createConnectToken(context, request.tenant, request.query.userId),
  )

  app.delete(
    '/user/:userId/revoke',
    {
      schema: {
        operationId: 'disconnectProvider',
        tags: ['Connect'],
        summary: 'Disconnect a provider; its tokens end at once',
        params: UserIdParams,
        querystring: ProviderQuery,
        response: { 200: Message, ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => {
      const owner = { tenantId: request.tenant.id, userId: request.params.userId }
      await disconnectProvider(context, owner, request.query.provider)
      return { message: `The user is disconnected from ${request.query.provider}.` }
    },
  )
}

/** Samples API: the two ways to a user token. */
export const userTokenRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.post(
    '/user/:userId/token',
    {
      onRequest: requireSecretKey(context),
      schema: {
        operationId: 'mintUserToken',
        tags: ['Tokens'],
        summary: "Mint a user token for a provider's samples",
        description: 'Connects the provider, and the first time tells of it by webhook.',
        params: UserIdParams,
        querystring: ProviderQuery,
        response: { 200: TokenPair, ...errorsOf(HouseError, 401, 403, 404, 422, 429) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const owner = { tenantId: request.tenant.id, userId: request.params.userId }
      return mintUserTokens(context, owner, request.query.provider)
    },
  )

  app.post(
    '/connect/token',
    {
      config: { rateLimit: { max: context.config.rateLimits.authentication, keyGenerator: (request) => request.ip } },
      schema: {
        operationId: 'swapConnectToken',
        tags: ['Tokens'],
        summary: 'Swap a connect token (header api-token) for a user token',
        description: 'Connects the provider, and the first time tells of it by webhook.',
        security: [{ connectToken: [] }],
        body: ProviderBody,
        response: { 200: TokenPair, ...errorsOf(HouseError, 400, 401, 422, 429) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const owner = await readConnectTokenOwner(context, readConnectToken(request))
      return mintUserTokens(context, owner, request.body.provider)
    },
  )
}
