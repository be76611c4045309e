import { z } from 'zod'
import { dateFilters, inOrder, itemQuery, listQuery, mustBeInOrder } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import { deliveryStatuses } from './delivery-states.ts'

const DeliveryStatus = z
  .enum(deliveryStatuses)
  .describe('`held`: for a disabled endpoint. `cancelled`: a ping to a URL that was replaced.')

const error = z.string().nullable().describe('Why no answer came, or what was wrong with it.')

export const Delivery = z
  .object({
    id: z.uuid(),
    message_id: z.string(),
    event: z.string(),
    status: DeliveryStatus,
    attempt_count: z.number().int(),
    next_attempt_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    last_attempt: z
      .object({
        at: z.string(),
        response_status: z.number().int().nullable(),
        duration_ms: z.number().int(),
        error,
      })
      .nullable(),
  })
  .meta({ id: 'WebhookDelivery' })
export type Delivery = z.infer<typeof Delivery>

export const DeliveryPage = pageOf('WebhookDeliveryPage', Delivery)

export const DeliveriesQuery = listQuery(Delivery, {
  sorts: ['created_at'],
  order: 'desc',
  filters: { status: DeliveryStatus.optional(), ...dateFilters('Created') },
}).refine(inOrder, mustBeInOrder)
export type DeliveriesQuery = z.infer<typeof DeliveriesQuery>

const Attempt = z.object({
  number: z.number().int(),
  started_at: z.string(),
  duration_ms: z.number().int(),
  response_status: z.number().int().nullable(),
  response_body: z.string().nullable().describe('The first 4 kB.'),
  error,
})
export type Attempt = z.infer<typeof Attempt>

export const WebhookMessage = z
  .object({
    id: z.string(),
    event: z.string(),
    occurred_at: z.string(),
    body: z.string().describe('What every attempt sends, byte for byte.'),
    deliveries: z.array(Delivery.extend({ endpoint_id: z.uuid(), attempts: z.array(Attempt) })),
  })
  .meta({ id: 'WebhookMessage' })
export type WebhookMessage = z.infer<typeof WebhookMessage>

export const MessageQuery = itemQuery(WebhookMessage, {})

export const MessageParams = z.strictObject({
  messageId: z.string().regex(/^msg_[0-9a-f]{32}$/, 'must be the id of a message, as in the header webhook-id'),
})

export const Resend = z
  .strictObject({ endpoint_id: z.uuid().optional().describe('This endpoint alone.') })
  .meta({ id: 'WebhookResend' })
export type Resend = z.infer<typeof Resend>

export const Resent = z
  .object({
    deliveries: z
      .array(z.object({ id: z.uuid(), endpoint_id: z.uuid(), status: z.enum(['pending', 'held']) }))
      .describe('What is sent again; nothing that was under way or waiting for its first attempt anyway.'),
  })
  .meta({ id: 'ResentWebhook' })
export type Resent = z.infer<typeof Resent>
