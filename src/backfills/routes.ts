import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Context } from '../context.ts'
import { DevicesError, errorsOf, UserIdParams } from '../http/schemas.ts'
import { listBackfills, requestBackfill } from './list-backfills.ts'
import { Backfill, BackfillPage, BackfillsQuery, NewBackfill } from './schemas.ts'

const tags = ['Connect']

/** Devices API: what is read from providers. Register where secret keys are required. */
export const backfillRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/user/:userId/backfills',
    {
      schema: {
        operationId: 'listBackfills',
        tags,
        summary: "What is being read of a user's days from providers, and how far it has come; the latest first",
        params: UserIdParams,
        querystring: BackfillsQuery,
        response: { 200: BackfillPage, ...errorsOf(DevicesError, 400, 401, 403, 404) },
      },
    },
    async (request) => listBackfills(context, request.tenant, request.params.userId, request.query),
  )

  app.post(
    '/user/:userId/backfills',
    {
      schema: {
        operationId: 'requestBackfill',
        tags,
        summary: "Have days of a user read from a provider, again or for the first time; a year's at most",
        params: UserIdParams,
        body: NewBackfill,
        response: { 200: Backfill, ...errorsOf(DevicesError, 400, 401, 403, 404, 409) },
      },
    },
    async (request) => requestBackfill(context, request.tenant, request.params.userId, request.body),
  )
}
