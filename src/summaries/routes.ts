import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { DevicesError, errorsOf, UserIdParams } from '../http/schemas.ts'
import { requireUser } from '../users/users.ts'
import { openDayReader } from './read-day.ts'
import { readActivitySources } from './read-sources.ts'
import { ActivitySources, DayQuery, SourcePriority, UserZone } from './schemas.ts'
import { Activity, Biometrics, Body, Nutrition, Sleep } from './shapes.ts'
import { readUserSettings, setSourcePriority, setTimezone } from './user-settings.ts'

const dayErrors = errorsOf(DevicesError, 400, 401, 403, 404)

const days = [
  { shape: 'activity', operationId: 'getActivity', Element: Activity },
  { shape: 'biometrics', operationId: 'getBiometrics', Element: Biometrics },
  { shape: 'body', operationId: 'getBody', Element: Body },
  { shape: 'nutrition', operationId: 'getNutrition', Element: Nutrition },
  { shape: 'sleep', operationId: 'getSleep', Element: Sleep },
] as const

/** `prepareDay` is done before a day is read: the sandbox makes it then. */
type Options = { context: Context; prepareDay: (tenant: Tenant, query: DayQuery) => Promise<void> }

/** Devices API: data by date. Register where secret keys are required. */
export const summaryRoutes: FastifyPluginAsyncZod<Options> = async (app, { context, prepareDay }) => {
  const readDay = openDayReader(context)

  for (const { shape, operationId, Element } of days) {
    app.get(
      `/${shape}`,
      {
        schema: {
          operationId,
          tags: ['Data by date'],
          summary: `A day's ${shape}, an element for each connected provider that has data`,
          querystring: DayQuery,
          response: { 200: z.array(Element), ...dayErrors },
        },
      },
      async (request) => {
        await prepareDay(request.tenant, request.query)
        return readDay(request.tenant, request.query, shape) as Promise<z.infer<typeof Element>[]>
      },
    )
  }

  app.get(
    '/activity/sources',
    {
      schema: {
        operationId: 'getActivitySources',
        tags: ['Data by date'],
        summary: "How a day's totals came about: what each device counted, what was used, and what lost to whom",
        querystring: DayQuery,
        response: { 200: z.array(ActivitySources), ...dayErrors },
      },
    },
    async (request) => {
      const { userId, date, timezoneId: zone } = request.query
      await requireUser(context.prisma, request.tenant, userId)
      await prepareDay(request.tenant, request.query)
      return readActivitySources(context.pool, { tenantId: request.tenant.id, userId }, { date, zone })
    },
  )
}

/** Devices API: how a user's days are computed. Register where secret keys are required. */
export const userSettingsRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.put(
    '/user/:userId/source-priority',
    {
      schema: {
        operationId: 'setSourcePriority',
        tags: ['Users'],
        summary: 'Which device is believed where several counted the same',
        params: UserIdParams,
        body: SourcePriority,
        response: { 200: SourcePriority, ...dayErrors },
      },
    },
    async (request) => {
      await setSourcePriority(context.prisma, request.tenant, request.params.userId, request.body.priority)
      return request.body
    },
  )

  app.get(
    '/user/:userId/source-priority',
    {
      schema: {
        operationId: 'getSourcePriority',
        tags: ['Users'],
        summary: 'Which device is believed where several counted the same',
        params: UserIdParams,
        response: { 200: SourcePriority, ...dayErrors },
      },
    },
    async (request) => {
      const { sourcePriority } = await readUserSettings(context.prisma, request.tenant, request.params.userId)
      return { priority: sourcePriority }
    },
  )

  app.put(
    '/user/:userId/timezone',
    {
      schema: {
        operationId: 'setTimezone',
        tags: ['Users'],
        summary: 'The zone whose days webhooks tell of',
        params: UserIdParams,
        body: UserZone,
        response: { 200: UserZone, ...dayErrors },
      },
    },
    async (request) => {
      await setTimezone(context.pool, request.tenant, request.params.userId, request.body.timezoneId)
      return request.body
    },
  )

  app.get(
    '/user/:userId/timezone',
    {
      schema: {
        operationId: 'getTimezone',
        tags: ['Users'],
        summary: 'The zone whose days webhooks tell of',
        params: UserIdParams,
        response: { 200: UserZone, ...dayErrors },
      },
    },
    async (request) => {
      const { timezone } = await readUserSettings(context.prisma, request.tenant, request.params.userId)
      return { timezoneId: timezone }
    },
  )
}
