import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { answerOnce, IdempotencyHeaders } from '../http/idempotency.ts'
import { NoQuery } from '../http/list-query.ts'
import { errorsOf, HouseError } from '../http/schemas.ts'
import { changeSession, createSession, deleteSession, listSessions, readSession } from './sessions.ts'
import {
  NewSession,
  Session,
  SessionChange,
  SessionPage,
  SessionParams,
  SessionQuery,
  SessionsQuery,
} from './participant-schemas.ts'

const always = [401, 403, 429, 503]
const security = [{ apiKey: [] }, { bearerKey: [] }, { careToken: [] }]

/** Studies API: sessions. */
export const sessionRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  const described = { tags: ['Studies'], security }

  app.get(
    '/sessions',
    {
      schema: {
        ...described,
        operationId: 'listSessions',
        summary: 'The sessions',
        querystring: SessionsQuery,
        response: { 200: SessionPage, ...errorsOf(HouseError, 400, 422, ...always) },
      },
    },
    async (request) => listSessions(context.pool, request.tenant, request.query),
  )

  app.post(
    '/sessions',
    {
      schema: {
        ...described,
        operationId: 'createSession',
        summary: 'Schedule a session for a participant',
        querystring: NoQuery,
        headers: IdempotencyHeaders,
        body: NewSession,
        response: { 201: Session, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) =>
      answerOnce(context, request, reply, 201, (unit) => createSession(context, unit, request.tenant, request.body)),
  )

  app.get(
    '/sessions/:session_id',
    {
      schema: {
        ...described,
        operationId: 'readSession',
        summary: 'One session',
        params: SessionParams,
        querystring: SessionQuery,
        response: { 200: Session, ...errorsOf(HouseError, 400, 404, 422, ...always) },
      },
    },
    async (request) => readSession(context.pool, request.tenant, request.params.session_id),
  )

  app.patch(
    '/sessions/:session_id',
    {
      schema: {
        ...described,
        operationId: 'changeSession',
        summary: 'Change a session',
        description:
          'Its status goes from `scheduled` to `in_progress` to `completed`, which set `started_at` and `completed_at`; until then it can be `cancelled`. What began has `results`.',
        params: SessionParams,
        querystring: NoQuery,
        body: SessionChange,
        response: { 200: Session, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request) => changeSession(context, request.tenant, request.params.session_id, request.body),
  )

  app.delete(
    '/sessions/:session_id',
    {
      schema: {
        ...described,
        operationId: 'deleteSession',
        summary: 'Delete a session',
        params: SessionParams,
        querystring: NoQuery,
        response: { 204: z.null(), ...errorsOf(HouseError, 400, 404, 422, ...always) },
      },
    },
    async (request, reply) => {
      await deleteSession(context, request.tenant, request.params.session_id)
      return reply.code(204).send(null)
    },
  )
}
