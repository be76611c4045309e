import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { DevicesError, errorsOf } from '../http/schemas.ts'
import { requireUser } from '../users/users.ts'
import { type ProviderDay, readProviderDays } from './provider-days.ts'
import { Activity, Biometrics, DayQuery } from './schemas.ts'
import { hasActivity, hasBiometrics, toActivity, toBiometrics } from './summarize.ts'

/** Devices API: data by date. Register where secret keys are required. */
export const summaryRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/activity',
    {
      schema: {
        operationId: 'getActivity',
        tags: ['Data by date'],
        summary: 'Activity of a day, an element for each connected provider that has data',
        querystring: DayQuery,
        response: { 200: z.array(Activity), ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => readDay(context, request.tenant, request.query, hasActivity, toActivity),
  )

  app.get(
    '/biometrics',
    {
      schema: {
        operationId: 'getBiometrics',
        tags: ['Data by date'],
        summary: 'Biometrics of a day, an element for each connected provider that has data',
        querystring: DayQuery,
        response: { 200: z.array(Biometrics), ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => readDay(context, request.tenant, request.query, hasBiometrics, toBiometrics),
  )
}

async function readDay<Shape>(
  { pool, prisma }: Context,
  tenant: Tenant,
  { userId, date }: z.infer<typeof DayQuery>,
  isAnswered: (day: ProviderDay) => boolean,
  shape: (day: ProviderDay, date: string) => Shape | undefined,
): Promise<Shape[]> {
  await requireUser(prisma, tenant, userId)
  const days = await readProviderDays(pool, { tenantId: tenant.id, userId }, date, { with: 'samples' })
  return days.filter(isAnswered).flatMap((day) => shape(day, date) ?? [])
}
