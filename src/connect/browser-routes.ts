import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { readConnectToken } from '../http/credentials.ts'
import { DevicesError, errorsOf, Message } from '../http/schemas.ts'
import { ProviderName } from '../providers/providers.ts'
import { beginConnection } from './begin-connection.ts'
import { readConnectTokenOwner } from './connect-tokens.ts'
import { disconnectProvider } from './connections.ts'
import { finishConnection } from './finish-connection.ts'
import { listProviders, ProviderList } from './provider-list.ts'
import { publicUrlOf } from './public-url.ts'
import { CallbackQuery, ProviderParams } from './schemas.ts'
import { clearStateCookie, readStateCookie, setStateCookie } from './state-cookie.ts'
import { WidgetPage } from './widget-page.ts'

const RedirectQuery = z.strictObject({ provider: ProviderName, ...WidgetPage.shape })

/** Devices API: what the widget asks for a person with a connect token, and where providers send browsers back to. */
export const browserRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  const { config } = context

  app.get(
    '/connect/providers',
    {
      schema: {
        operationId: 'listProviders',
        tags: ['Connect'],
        summary: "Every provider, and how a connect token's user (header api-token) is connected to it",
        security: [{ connectToken: [] }],
        response: { 200: ProviderList, ...errorsOf(DevicesError, 401, 429) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return listProviders(context, await readConnectTokenOwner(context, readConnectToken(request)))
    },
  )

  app.get(
    '/connect/redirect',
    {
      schema: {
        operationId: 'beginConnection',
        tags: ['Connect'],
        summary: "The URL to open for the consent of a connect token's user (header api-token), as text",
        description:
          'It is good for 10 minutes and for one use. Asked for by a page of this server, it is good in that browser only.',
        security: [{ connectToken: [] }],
        querystring: RedirectQuery,
        response: {
          200: z.string().meta({ contentType: 'text/plain' }),
          ...errorsOf(DevicesError, 400, 401, 404, 409, 429),
        },
      },
    },
    async (request, reply) => {
      const owner = await readConnectTokenOwner(context, readConnectToken(request))
      const { provider, ...page } = request.query
      const publicUrl = publicUrlOf(config, request)
      const isInBrowser = request.headers['sec-fetch-site'] === 'same-origin'
      const { url, state, cookie } = await beginConnection(context, owner, { provider, page, publicUrl, isInBrowser })
      if (cookie !== undefined) setStateCookie(reply, state, cookie, publicUrl)
      return reply.header('cache-control', 'no-store').type('text/plain').send(url)
    },
  )

  app.delete(
    '/connect/user/providers/:provider',
    {
      schema: {
        operationId: 'disconnectProviderOfToken',
        tags: ['Connect'],
        summary: "Disconnect a provider of a connect token's user (header api-token)",
        security: [{ connectToken: [] }],
        params: ProviderParams,
        response: { 200: Message, ...errorsOf(DevicesError, 400, 401, 404, 429) },
      },
    },
    async (request) => {
      const owner = await readConnectTokenOwner(context, readConnectToken(request))
      await disconnectProvider(context, owner, request.params.provider)
      return { message: `The user is disconnected from ${request.params.provider}.` }
    },
  )

  app.get(
    '/connect/:provider',
    {
      // A state is used up by who goes there, not by what only looks whether the address is good.
      exposeHeadRoute: false,
      schema: {
        operationId: 'finishConnection',
        tags: ['Connect'],
        summary: 'Where a provider sends the browser back to; it goes on to the widget, or to redirectUrl',
        security: [],
        params: ProviderParams,
        querystring: CallbackQuery,
        response: { 302: z.null(), ...errorsOf(DevicesError, 400, 429) },
      },
    },
    async (request, reply) => {
      const { provider } = request.params
      const publicUrl = publicUrlOf(config, request)
      const parameters = new URLSearchParams(request.url.split('?')[1] ?? '')
      const state = parameters.get('state') ?? ''
      const cookie = readStateCookie(request, state)
      const url = await finishConnection(context, provider, { parameters, cookie, publicUrl })
      if (cookie !== undefined) clearStateCookie(reply, state, publicUrl)
      // The code and the state are in this page's address: they go nowhere else.
      return reply.header('referrer-policy', 'no-referrer').header('cache-control', 'no-store').redirect(url)
    },
  )
}
