import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Context } from '../context.ts'
import { requireOrganization } from '../accounts/authenticate.ts'
import { DevicesError, errorsOf, HouseError, Message } from '../http/schemas.ts'
import { ChangePage, ChangesQuery, readChanges } from './change-feed.ts'
import { NewSettings, readSettings, Settings, writeSettings } from './settings.ts'
import { readWebhookStatus, retryWebhooks, WebhookStatus } from './settings-status.ts'

/** House API: what happened, for partners that missed webhooks or take none. */
export const changeRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/changes',
    {
      onRequest: requireOrganization(context),
      schema: {
        operationId: 'readChanges',
        tags: ['Changes'],
        security: [{ apiKey: [] }, { bearerKey: [] }, { careToken: [] }],
        summary: 'Every event, in an order that never changes; go on from next_cursor',
        querystring: ChangesQuery,
        response: { 200: ChangePage, ...errorsOf(HouseError, 400, 401, 403, 422, 429, 503) },
      },
    },
    async (request) => readChanges(context.pool, request.tenant, request.query),
  )
}

/** Devices API: account settings. Register where secret keys are required. */
export const settingsRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/settings',
    {
      schema: {
        operationId: 'getSettings',
        tags: ['Settings'],
        summary: 'Where webhooks go, and the key they are signed with',
        response: { 200: Settings, ...errorsOf(DevicesError, 401, 403) },
      },
    },
    async (request) => readSettings(context, request.tenant),
  )

  app.post(
    '/settings',
    {
      schema: {
        operationId: 'updateSettings',
        tags: ['Settings'],
        summary: 'Set where webhooks go; makes a new key and sends a ping',
        body: NewSettings,
        response: { 200: Settings, ...errorsOf(DevicesError, 400, 401, 403) },
      },
    },
    async (request) => writeSettings(context, request.tenant, request.body.webhookUrl),
  )

  app.get(
    '/settings/webhook',
    {
      schema: {
        operationId: 'getWebhookStatus',
        tags: ['Settings'],
        summary: 'How sending webhooks goes',
        response: { 200: WebhookStatus, ...errorsOf(DevicesError, 401, 403) },
      },
    },
    async (request) => readWebhookStatus(context, request.tenant),
  )

  app.post(
    '/settings/webhook/retry',
    {
      schema: {
        operationId: 'retryWebhooks',
        tags: ['Settings'],
        summary: 'Send again what did not arrive',
        response: { 200: Message, ...errorsOf(DevicesError, 401, 403) },
      },
    },
    async (request) => {
      await retryWebhooks(context, request.tenant)
      return { message: 'What did not arrive is sent again.' }
    },
  )
}
