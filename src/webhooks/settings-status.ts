import { z } from 'zod'
import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import { withTransaction } from '../database/transaction.ts'
import { startRecovery, wakeRecovery } from './recover-deliveries.ts'
import * as sql from './settings-status.sql.ts'
import { enableSettingsEndpoint } from './settings.sql.ts'

/** As the published client has it (WebhookStatusResponse). */
export const WebhookStatus = z
  .object({
    webhookEnabled: z.boolean().describe('Whether webhooks are sent: a URL is set, and did not answer 410.'),
    webhookStatusDetail: z.string().describe('How the latest attempt went.'),
    webhookRequestsProcessing: z.number().int().describe('On their way, or waiting for another attempt.'),
    webhookRequestsFailed: z.number().int().describe('Given up on, or held because webhooks are not sent.'),
  })
  .meta({ id: 'WebhookStatus' })
export type WebhookStatus = z.infer<typeof WebhookStatus>

type Row = {
  enabled: boolean
  processing: number
  failed: number
  failure: string | null
  attempted: boolean
}

export async function readWebhookStatus({ pool }: Context, tenant: Tenant): Promise<WebhookStatus> {
  const [row] = await query<Row>(pool, sql.selectStatus, [tenant.id])
  if (row === undefined) {
    const none = { webhookRequestsProcessing: 0, webhookRequestsFailed: 0 }
    return { webhookEnabled: false, webhookStatusDetail: 'No URL is set.', ...none }
  }
  return {
    webhookEnabled: row.enabled,
    webhookStatusDetail: describe(row),
    webhookRequestsProcessing: row.processing,
    webhookRequestsFailed: row.failed,
  }
}

function describe({ attempted, failure }: Row): string {
  if (!attempted) return 'Nothing was sent yet.'
  return failure === null ? 'OK' : `The latest attempt ${failure}.`
}

/**
 * Sends again, with the whole schedule before them, what was given up on, held or is waiting for its next attempt; an
 * endpoint that answered 410 is tried again. Does nothing while no URL is set.
 */
export async function retryWebhooks({ pool, queue, now }: Context, tenant: Tenant): Promise<void> {
  const at = now()
  const recovery = await withTransaction(pool, async (tx) => {
    const [endpoint] = await query<{ id: string }>(tx, enableSettingsEndpoint, [tenant.id, at])
    return endpoint === undefined ? undefined : startRecovery(tx, endpoint.id, new Date(0), at)
  })
  if (recovery !== undefined) wakeRecovery(queue, recovery)
}
