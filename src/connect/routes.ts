import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireSecretKey } from '../accounts/authenticate.ts'
import { TokenPair } from '../accounts/user-tokens.ts'
import type { Context } from '../context.ts'
import { readConnectToken } from '../http/credentials.ts'
import { DevicesError, errorsOf, HouseError, Message, UserIdParams } from '../http/schemas.ts'
import { createConnectToken, readConnectTokenOwner } from './connect-tokens.ts'
import { connectProvider, disconnectProvider, listConnections, mintUserTokens } from './connections.ts'
import { connectRpmDevices, disconnectRpmDevice } from './rpm-devices.ts'
import {
  ConnectToken,
  ConnectTokenQuery,
  ProviderBody,
  ProviderQuery,
  RevokeQuery,
  RpmDeviceQuery,
  RpmDevicesQuery,
  RpmParams,
} from './schemas.ts'

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

  app.delete(
    '/user/revoke',
    {
      schema: {
        operationId: 'disconnectProviderOfUser',
        tags: ['Connect'],
        summary: 'Disconnect a provider (the older form)',
        querystring: RevokeQuery,
        response: { 200: Message, ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => {
      const { userId, provider } = request.query
      await disconnectProvider(context, { tenantId: request.tenant.id, userId }, provider)
      return { message: `The user is disconnected from ${provider}.` }
    },
  )

  app.post(
    '/connect/rpm/:provider',
    {
      schema: {
        operationId: 'connectRpmDevices',
        tags: ['Connect'],
        summary: 'Connect devices for remote patient monitoring to the user of a connect token',
        params: RpmParams,
        querystring: RpmDevicesQuery,
        response: { 200: Message, ...errorsOf(DevicesError, 400, 401, 403, 409) },
      },
    },
    async (request) => {
      const { token, ...devices } = request.query
      const owner = await readConnectTokenOwner(context, token, request.tenant)
      await connectRpmDevices(context, owner, request.params.provider, devices)
      return { message: 'The devices are connected.' }
    },
  )

  app.delete(
    '/user/:userId/device',
    {
      schema: {
        operationId: 'disconnectRpmDevice',
        tags: ['Connect'],
        summary: 'Disconnect a device for remote patient monitoring; with the last one, its provider',
        params: UserIdParams,
        querystring: RpmDeviceQuery,
        response: { 200: Message, ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => {
      const owner = { tenantId: request.tenant.id, userId: request.params.userId }
      await disconnectRpmDevice(context, owner, request.query.provider, request.query.deviceId)
      return { message: 'The device is disconnected.' }
    },
  )
}

/** Devices API: what somebody with a connect token may ask, without a key. */
export const connectTokenRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  const limited = {
    rateLimit: { max: context.config.rateLimits.authentication, keyGenerator: (request: FastifyRequest) => request.ip },
  }

  app.get(
    '/connect/user/providers',
    {
      config: limited,
      schema: {
        operationId: 'listProvidersOfToken',
        tags: ['Connect'],
        summary: "The providers that a connect token's user (header api-token) is connected to",
        security: [{ connectToken: [] }],
        response: { 200: z.array(z.string()), ...errorsOf(DevicesError, 401, 429) },
      },
    },
    async (request) => {
      const owner = await readConnectTokenOwner(context, readConnectToken(request))
      return listConnections(context.pool, owner)
    },
  )

  app.get(
    '/connect/user/apple',
    {
      config: limited,
      schema: {
        operationId: 'connectAppleHealth',
        tags: ['Connect'],
        summary: "Connect Apple Health for a connect token's user (header api-token), and learn the user's id",
        security: [{ connectToken: [] }],
        response: { 200: z.uuid(), ...errorsOf(DevicesError, 401, 409, 429) },
      },
    },
    async (request) => {
      const owner = await readConnectTokenOwner(context, readConnectToken(request))
      await connectProvider(context, owner, 'apple')
      return owner.userId
    },
  )
}

/** `limitAttempts` bounds what an address may try at all the places that give tokens, together. */
type TokenOptions = { context: Context; limitAttempts: onRequestAsyncHookHandler }

/** Samples API: the two ways to a user token. */
export const userTokenRoutes: FastifyPluginAsyncZod<TokenOptions> = async (app, { context, limitAttempts }) => {
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
        response: { 200: TokenPair, ...errorsOf(HouseError, 401, 403, 404, 409, 422, 429) },
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
      onRequest: limitAttempts,
      schema: {
        operationId: 'swapConnectToken',
        tags: ['Tokens'],
        summary: 'Swap a connect token (header api-token) for a user token',
        description: 'Connects the provider, and the first time tells of it by webhook.',
        security: [{ connectToken: [] }],
        body: ProviderBody,
        response: { 200: TokenPair, ...errorsOf(HouseError, 400, 401, 409, 422, 429) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const owner = await readConnectTokenOwner(context, readConnectToken(request))
      return mintUserTokens(context, owner, request.body.provider)
    },
  )
}
