import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { PageQuery } from '../http/paging.ts'
import { errorsOf, HouseError } from '../http/schemas.ts'
import {
  Endpoint,
  EndpointChange,
  EndpointPage,
  EndpointParams,
  EndpointWithSecret,
  NewEndpoint,
  NewRecovery,
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
const always = [401, 403, 429, 503]

/** House API: where webhooks go. Register where secret keys are required. */
export const endpointRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/api/webhooks',
    {
      schema: {
        operationId: 'listWebhooks',
        tags,
        summary: 'The endpoints, the oldest first',
        querystring: PageQuery,
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
        summary: 'Add an endpoint; answers its secret, this once',
        body: NewEndpoint,
        response: { 201: EndpointWithSecret, ...errorsOf(HouseError, 400, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) => {
      reply.code(201).header('cache-control', 'no-store')
      return createEndpoint(context, request.tenant, request.body)
    },
  )

  app.get(
    '/api/webhooks/:id',
    {
      schema: {
        operationId: 'readWebhook',
        tags,
        summary: 'One endpoint',
        params: EndpointParams,
        response: { 200: Endpoint, ...errorsOf(HouseError, 404, 422, ...always) },
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
        summary: 'Change an endpoint',
        description: 'What comes for a disabled endpoint is held, and sent once it is enabled.',
        params: EndpointParams,
        body: EndpointChange,
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
        summary: 'Delete an endpoint, and what was still to be sent to it',
        params: EndpointParams,
        response: { 204: z.null(), ...errorsOf(HouseError, 404, 409, 422, ...always) },
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
        summary: 'Give an endpoint a new secret; the one before signs beside it for 24 h',
        params: EndpointParams,
        body: SecretRotation.nullish(),
        response: { 200: EndpointWithSecret, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return rotateSecret(context, request.tenant, request.params.id, request.body ?? {})
    },
  )

  app.post(
    '/api/webhooks/:id/test',
    {
      schema: {
        operationId: 'testWebhook',
        tags,
        summary: 'Send a ping to an endpoint',
        params: EndpointParams,
        response: { 202: SentPing, ...errorsOf(HouseError, 404, 409, 422, ...always) },
      },
    },
    async (request, reply) => {
      reply.code(202)
      return testEndpoint(context, request.tenant, request.params.id)
    },
  )

  app.post(
    '/api/webhooks/:id/recover',
    {
      schema: {
        operationId: 'recoverWebhook',
        tags,
        summary: 'Send again all that did not arrive since a time',
        params: EndpointParams,
        body: NewRecovery,
        response: { 202: Recovery, ...errorsOf(HouseError, 400, 404, 409, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) => {
      reply.code(202)
      return recoverDeliveries(context, request.tenant, request.params.id, request.body.since)
    },
  )

  app.get(
    '/api/webhooks/:id/recoveries',
    {
      schema: {
        operationId: 'listWebhookRecoveries',
        tags,
        summary: 'How recoveries go, the latest first',
        params: EndpointParams,
        querystring: PageQuery,
        response: { 200: RecoveryPage, ...errorsOf(HouseError, 400, 404, 422, ...always) },
      },
    },
    async (request) => listRecoveries(context.pool, request.tenant, request.params.id, request.query),
  )
}
