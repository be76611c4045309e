import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { answerOnce, IdempotencyHeaders } from '../http/idempotency.ts'
import { NoQuery } from '../http/list-query.ts'
import { errorsOf, HouseError } from '../http/schemas.ts'
import {
  changeParticipant,
  createParticipant,
  deleteParticipant,
  listParticipants,
  readParticipant,
} from './participants.ts'
import {
  InStudyQuery,
  NewParticipant,
  Participant,
  ParticipantChange,
  ParticipantDayPage,
  ParticipantDaysQuery,
  ParticipantPage,
  ParticipantParams,
  ParticipantQuery,
  ParticipantsQuery,
} from './participant-schemas.ts'
import { readParticipantDays } from './participant-days.ts'

const always = [401, 403, 429, 503]
const security = [{ apiKey: [] }, { bearerKey: [] }, { careToken: [] }]

/** Studies API: participants, and their days. */
export const participantRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  const described = { tags: ['Studies'], security }

  app.get(
    '/participants',
    {
      schema: {
        ...described,
        operationId: 'listParticipants',
        summary: 'The participants',
        querystring: ParticipantsQuery,
        response: { 200: ParticipantPage, ...errorsOf(HouseError, 400, 422, ...always) },
      },
    },
    async (request) => listParticipants(context.pool, request.tenant, request.query),
  )

  app.post(
    '/participants',
    {
      schema: {
        ...described,
        operationId: 'createParticipant',
        summary: 'Add a user to a study',
        querystring: NoQuery,
        headers: IdempotencyHeaders,
        body: NewParticipant,
        response: { 201: Participant, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) =>
      answerOnce(context, request, reply, 201, (unit) =>
        createParticipant(context, unit, request.tenant, request.body),
      ),
  )

  app.get(
    '/participants/:participant_id',
    {
      schema: {
        ...described,
        operationId: 'readParticipant',
        summary: 'One participant',
        params: ParticipantParams,
        querystring: ParticipantQuery,
        response: { 200: Participant, ...errorsOf(HouseError, 400, 404, 409, 422, ...always) },
      },
    },
    async (request) => readParticipant(context.pool, request.tenant, request.params.participant_id, request.query),
  )

  app.patch(
    '/participants/:participant_id',
    {
      schema: {
        ...described,
        operationId: 'changeParticipant',
        summary: 'Change a participant',
        description:
          'Their status goes from `invited` to `screening`, to `enrolled` (in an active study alone), to `completed`; until then they can be `withdrawn`.',
        params: ParticipantParams,
        querystring: InStudyQuery,
        body: ParticipantChange,
        response: { 200: Participant, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request) =>
      changeParticipant(context, request.tenant, request.params.participant_id, request.query, request.body),
  )

  app.delete(
    '/participants/:participant_id',
    {
      schema: {
        ...described,
        operationId: 'deleteParticipant',
        summary: 'Delete a participant and their sessions; the user stays',
        params: ParticipantParams,
        querystring: InStudyQuery,
        response: { 204: z.null(), ...errorsOf(HouseError, 400, 404, 409, 422, ...always) },
      },
    },
    async (request, reply) => {
      await deleteParticipant(context, request.tenant, request.params.participant_id, request.query)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/participants/:participant_id/days',
    {
      schema: {
        ...described,
        operationId: 'listParticipantDays',
        summary: "What a participant's wearables recorded on the days of the study's window",
        description: 'An element for each day, also for those without data.',
        params: ParticipantParams,
        querystring: ParticipantDaysQuery,
        response: { 200: ParticipantDayPage, ...errorsOf(HouseError, 400, 404, 409, 422, ...always) },
      },
    },
    async (request) => readParticipantDays(context, request.tenant, request.params.participant_id, request.query),
  )
}
