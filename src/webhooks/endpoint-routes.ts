import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { answerOnce, IdempotencyHeaders } from '../http/idempotency.ts'
import { NoQuery } from '../http/list-query.ts'
import { errorsOf, HouseError } from '../http/schemas.ts'
import {
  Endpoint,
  EndpointChange,
  EndpointPage,
  EndpointParams,
  EndpointQuery,
  EndpointsQuery,
  EndpointWithSecret,
  NewEndpoint,
  NewRecovery,
  NoMembers,
  RecoveriesQuery,
  Recovery,
  RecoveryPage,
  SecretRotation,
  SentPing,
} from './endpoint-schemas.ts'
import { changeEndpoint, createEndpoint, deleteEndpoint, testEndpoint } from './manage-endpoints.ts'
import { listEndpoints, readEndpoint } from './read-endpoints.ts'
import { listRecoveries, recoverDeliveries } from './recover-deliveries.ts'
import { rotateSecret } from './rotate-secret.ts'

const tags = ['Webhooks']
const security = [{ apiKey: [] }, { bearerKey: [] }, { careToken: [] }]
const always = [401, 403, 429, 503]

/** House API: where webhooks go. Register where secret keys are required. */
export const endpointRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/api/webhooks',
    {
      schema: {
        operationId: 'listWebhooks',
        tags,
        security,
        summary: 'The endpoints, the oldest first unless told otherwise',
        querystring: EndpointsQuery,
        response: { 200: EndpointPage, ...errorsOf(HouseError, 400, 422, ...always) },
      },
    },
    async (request) => listEndpoints(context.pool, request.tenant, request.query),
  )

  app.post(
    '/api/webhooks',
    {
      schema: {
        operationId: 'createWebhook',
        tags,
        security,
        summary: 'Add an endpoint; answers its secret, this once',
        body: NewEndpoint,
        querystring: NoQuery,
        headers: IdempotencyHeaders,
        response: { 201: EndpointWithSecret, ...errorsOf(HouseError, 400, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return answerOnce(context, request, reply, 201, (unit) =>
        createEndpoint(context, unit, request.tenant, request.body),
      )
    },
  )

  app.get(
    '/api/webhooks/:id',
    {
      schema: {
        operationId: 'readWebhook',
        tags,
        security,
        summary: 'One endpoint',
        params: EndpointParams,
        querystring: EndpointQuery,
        response: { 200: Endpoint, ...errorsOf(HouseError, 400, 404, 422, ...always) },
      },
    },
    async (request) => readEndpoint(context.pool, request.tenant, request.params.id),
  )

  app.patch(
    '/api/webhooks/:id',
    {
      schema: {
        operationId: 'changeWebhook',
        tags,
        security,
        summary: 'Change an endpoint',
        description: 'What comes for a disabled endpoint is held, and sent once it is enabled.',
        params: EndpointParams,
        body: EndpointChange,
        querystring: NoQuery,
        response: { 200: Endpoint, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request) => changeEndpoint(context, request.tenant, request.params.id, request.body),
  )

  app.delete(
    '/api/webhooks/:id',
    {
      schema: {
        operationId: 'deleteWebhook',
        tags,
        security,
        summary: 'Delete an endpoint, and what was still to be sent to it',
        params: EndpointParams,
        querystring: NoQuery,
        response: { 204: z.null(), ...errorsOf(HouseError, 400, 404, 409, 422, ...always) },
      },
    },
    async (request, reply) => {
      await deleteEndpoint(context, request.tenant, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

/** House API: what is done with one endpoint. Register where secret keys are required. */
export const endpointActionRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.post(
    '/api/webhooks/:id/rotate-secret',
    {
      schema: {
        operationId: 'rotateWebhookSecret',
        tags,
        security,
        summary: 'Give an endpoint a new secret; the one before signs beside it for 24 h',
        params: EndpointParams,
        body: SecretRotation.nullish(),
        querystring: NoQuery,
        headers: IdempotencyHeaders,
        response: { 200: EndpointWithSecret, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return answerOnce(context, request, reply, 200, (unit) =>
        rotateSecret(context, unit, request.tenant, request.params.id, request.body ?? {}),
      )
    },
  )

  app.post(
    '/api/webhooks/:id/test',
    {
      schema: {
        operationId: 'testWebhook',
        tags,
        security,
        summary: 'Send a ping to an endpoint',
        params: EndpointParams,
        body: NoMembers.nullish(),
        querystring: NoQuery,
        headers: IdempotencyHeaders,
        response: { 202: SentPing, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) =>
      answerOnce(context, request, reply, 202, (unit) =>
        testEndpoint(context, unit, request.tenant, request.params.id),
      ),
  )

  app.post(
    '/api/webhooks/:id/recover',
    {
      schema: {
        operationId: 'recoverWebhook',
        tags,
        security,
        summary: 'Send again all that did not arrive since a time',
        params: EndpointParams,
        body: NewRecovery,
        querystring: NoQuery,
        headers: IdempotencyHeaders,
        response: { 202: Recovery, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) =>
      answerOnce(context, request, reply, 202, (unit) =>
        recoverDeliveries(context, unit, request.tenant, request.params.id, request.body.since),
      ),
  )

  app.get(
    '/api/webhooks/:id/recoveries',
    {
      schema: {
        operationId: 'listWebhookRecoveries',
        tags,
        security,
        summary: 'How recoveries go, the latest first unless told otherwise',
        params: EndpointParams,
        querystring: RecoveriesQuery,
        response: { 200: RecoveryPage, ...errorsOf(HouseError, 400, 404, 422, ...always) },
      },
    },
    async (request) => listRecoveries(context.pool, request.tenant, request.params.id, request.query),
  )
}
