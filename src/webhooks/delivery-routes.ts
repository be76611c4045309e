import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Context } from '../context.ts'
import { answerOnce, IdempotencyHeaders } from '../http/idempotency.ts'
import { NoQuery } from '../http/list-query.ts'
import { errorsOf, HouseError } from '../http/schemas.ts'
import {
  DeliveriesQuery,
  DeliveryPage,
  MessageParams,
  MessageQuery,
  Resend,
  Resent,
  WebhookMessage,
} from './delivery-schemas.ts'
import { EndpointParams } from './endpoint-schemas.ts'
import { listDeliveries, readMessage } from './read-deliveries.ts'
import { resendMessage } from './resend-message.ts'

const tags = ['Webhooks']
const security = [{ apiKey: [] }, { bearerKey: [] }, { careToken: [] }]
const always = [401, 403, 429, 503]

/** House API: what was sent, and what became of it. Register where secret keys are required. */
export const deliveryRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.get(
    '/api/webhooks/:id/deliveries',
    {
      schema: {
        operationId: 'listWebhookDeliveries',
        tags,
        security,
        summary: 'What an endpoint was, is or will be sent, the latest first unless told otherwise',
        params: EndpointParams,
        querystring: DeliveriesQuery,
        response: { 200: DeliveryPage, ...errorsOf(HouseError, 400, 404, 422, ...always) },
      },
    },
    async (request) => listDeliveries(context.pool, request.tenant, request.params.id, request.query),
  )

  app.get(
    '/api/webhooks/messages/:messageId',
    {
      schema: {
        operationId: 'readWebhookMessage',
        tags,
        security,
        summary: 'A message, what became of it at each endpoint, and every attempt',
        params: MessageParams,
        querystring: MessageQuery,
        response: { 200: WebhookMessage, ...errorsOf(HouseError, 400, 404, 422, ...always) },
      },
    },
    async (request) => readMessage(context.pool, request.tenant, request.params.messageId),
  )

  app.post(
    '/api/webhooks/messages/:messageId/resend',
    {
      schema: {
        operationId: 'resendWebhookMessage',
        tags,
        security,
        summary: 'Send a message again, whether it arrived or not',
        params: MessageParams,
        querystring: NoQuery,
        headers: IdempotencyHeaders,
        body: Resend.nullish(),
        response: { 202: Resent, ...errorsOf(HouseError, 400, 404, 413, 415, 422, ...always) },
      },
    },
    async (request, reply) =>
      answerOnce(context, request, reply, 202, (unit) =>
        resendMessage(context, unit, request.tenant, request.params.messageId, request.body ?? {}),
      ),
  )
}
