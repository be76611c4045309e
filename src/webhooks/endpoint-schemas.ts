import { z } from 'zod'
import { Instant, text } from '../http/schemas.ts'
import { dateFilters, inOrder, itemQuery, listQuery, mustBeInOrder } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import { MAX_URL_LENGTH } from './check-url.ts'
import { EventPattern } from './event-patterns.ts'

const WebhookFormat = z
  .enum(['event', 'devices'])
  .describe('`event`: { event, timestamp, data, signature }. `devices`: { meta, users }, as the Devices API has it.')

const url = z.string().max(MAX_URL_LENGTH).describe('An https URL at a public address.')
const events = z.array(EventPattern).min(1).max(50)
const description = text(200, 0).nullable()

const WebhookSecret = z
  .string()
  .refine(isSecret, 'must be whsec_ and the base64 of 24 to 64 bytes')
  .describe('`whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks has it; made where it is left out.')

/** Only what decodes to itself: libraries differ in what else they take for base64. */
function isSecret(secret: string): boolean {
  const [, base64] = /^whsec_(.+)$/.exec(secret) ?? []
  const bytes = Buffer.from(base64 ?? '', 'base64')
  return bytes.toString('base64') === base64 && bytes.length >= 24 && bytes.length <= 64
}

export const NewEndpoint = z
  .strictObject({
    url,
    events,
    format: WebhookFormat.default('event'),
    secret: WebhookSecret.optional(),
    description: description.optional(),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'NewWebhookEndpoint' })
export type NewEndpoint = z.infer<typeof NewEndpoint>

export const EndpointChange = z
  .strictObject({ url, events, format: WebhookFormat, description, enabled: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'must change something')
  .meta({ id: 'WebhookEndpointChange', minProperties: 1 })
export type EndpointChange = z.infer<typeof EndpointChange>

export const Endpoint = z
  .object({
    id: z.uuid(),
    url: z.string(),
    events: z.array(z.string()),
    format: WebhookFormat,
    description: z.string().nullable(),
    enabled: z.boolean(),
    disabled_reason: z
      .enum(['gone', 'failing'])
      .nullable()
      .describe('`gone`: it answered 410. `failing`: five days of nothing but failures. Null: you disabled it.'),
    failing_since: z.string().nullable(),
    source: z.enum(['api', 'settings']).describe('`settings`: what POST /settings set, and alone can change.'),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'WebhookEndpoint' })
export type Endpoint = z.infer<typeof Endpoint>

export const EndpointWithSecret = Endpoint.extend({ secret: z.string().describe('Shown this once.') }).meta({
  id: 'WebhookEndpointWithSecret',
})
export type EndpointWithSecret = z.infer<typeof EndpointWithSecret>

export const EndpointPage = pageOf('WebhookEndpointPage', Endpoint)

export const EndpointQuery = itemQuery(Endpoint, {})
export const EndpointsQuery = listQuery(Endpoint, {
  sorts: ['created_at', 'url'],
  filters: dateFilters('Created'),
}).refine(inOrder, mustBeInOrder)
export type EndpointsQuery = z.infer<typeof EndpointsQuery>

export const EndpointParams = z.strictObject({ id: z.uuid() })

export const SecretRotation = z.strictObject({ secret: WebhookSecret.optional() }).meta({ id: 'SecretRotation' })
export type SecretRotation = z.infer<typeof SecretRotation>

/** Of what takes nothing: an object that says so, or no body. */
export const NoMembers = z.strictObject({}).meta({ id: 'NoMembers' })

export const SentPing = z.object({ message_id: z.string() }).meta({ id: 'SentPing' })

export const NewRecovery = z.strictObject({ since: Instant }).meta({ id: 'NewWebhookRecovery' })

export const Recovery = z
  .object({
    id: z.uuid(),
    since: z.string(),
    status: z.enum(['running', 'done']),
    recovered: z.number().int().describe('Deliveries that are due again so far.'),
    created_at: z.string(),
    completed_at: z.string().nullable(),
  })
  .meta({ id: 'WebhookRecovery' })
export type Recovery = z.infer<typeof Recovery>

export const RecoveryPage = pageOf('WebhookRecoveryPage', Recovery)

export const RecoveriesQuery = listQuery(Recovery, {
  sorts: ['created_at'],
  order: 'desc',
  filters: dateFilters('Asked for'),
}).refine(inOrder, mustBeInOrder)
export type RecoveriesQuery = z.infer<typeof RecoveriesQuery>
