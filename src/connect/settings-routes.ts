import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Context } from '../context.ts'
import { DevicesError, errorsOf } from '../http/schemas.ts'
import { ConnectSettings, readRedirectOrigins, writeRedirectOrigins } from './redirect-origins.ts'

const tags = ['Connect']

/** Devices API: what the account allows the widget. Register where secret keys are required. */
export const connectSettingsRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/settings/connect',
    {
      schema: {
        operationId: 'getConnectSettings',
        tags,
        summary: 'Where the widget may send browsers',
        response: { 200: ConnectSettings, ...errorsOf(DevicesError, 401, 403) },
      },
    },
    async (request) => ({ redirectOrigins: await readRedirectOrigins(context.prisma, request.tenant.id) }),
  )

  app.put(
    '/settings/connect',
    {
      schema: {
        operationId: 'updateConnectSettings',
        tags,
        summary: 'Set where the widget may send browsers',
        body: ConnectSettings,
        response: { 200: ConnectSettings, ...errorsOf(DevicesError, 400, 401, 403) },
      },
    },
    async (request) => ({
      redirectOrigins: await writeRedirectOrigins(context.prisma, request.tenant.id, request.body.redirectOrigins),
    }),
  )
}
