import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { answerOnce, IdempotencyHeaders } from '../http/idempotency.ts'
import { NoQuery } from '../http/list-query.ts'
import { errorsOf, HouseError } from '../http/schemas.ts'
import { changeStudy, createStudy, deleteStudy, listStudies, readStudy } from './studies.ts'
import { NewStudy, StudiesQuery, Study, StudyChange, StudyPage, StudyParams, StudyQuery } from './schemas.ts'

const always = [401, 403, 429, 503]
const security = [{ apiKey: [] }, { bearerKey: [] }, { careToken: [] }]

/** Studies API: studies. */
export const studyRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  const described = { tags: ['Studies'], security }

  app.get(
    '/studies',
    {
      schema: {
        ...described,
        operationId: 'listStudies',
        summary: 'The studies',
        querystring: StudiesQuery,
        response: { 200: StudyPage, ...errorsOf(HouseError, 400, 422, ...always) },
      },
    },
    async (request) => listStudies(context.pool, request.tenant, request.query),
  )

  app.post(
    '/studies',
    {
      schema: {
        ...described,
        operationId: 'createStudy',
        summary: 'Add a study',
        querystring: NoQuery,
        headers: IdempotencyHeaders,
        body: NewStudy,
        response: { 201: Study, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) =>
      answerOnce(context, request, reply, 201, (unit) => createStudy(context, unit, request.tenant, request.body)),
  )

  app.get(
    '/studies/:id',
    {
      schema: {
        ...described,
        operationId: 'readStudy',
        summary: 'One study',
        params: StudyParams,
        querystring: StudyQuery,
        response: { 200: Study, ...errorsOf(HouseError, 400, 404, 422, ...always) },
      },
    },
    async (request) => readStudy(context.pool, request.tenant, request.params.id),
  )

  app.patch(
    '/studies/:id',
    {
      schema: {
        ...described,
        operationId: 'changeStudy',
        summary: 'Change a study',
        description:
          'Its status goes from `draft` to `active` to `closed`. Only active studies take enrolments, and closed ones no participants.',
        params: StudyParams,
        querystring: NoQuery,
        body: StudyChange,
        response: { 200: Study, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request) => changeStudy(context, request.tenant, request.params.id, request.body),
  )

  app.delete(
    '/studies/:id',
    {
      schema: {
        ...described,
        operationId: 'deleteStudy',
        summary: 'Delete a study that has no participants',
        params: StudyParams,
        querystring: NoQuery,
        response: { 204: z.null(), ...errorsOf(HouseError, 400, 404, 409, 422, ...always) },
      },
    },
    async (request, reply) => {
      await deleteStudy(context, request.tenant, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
