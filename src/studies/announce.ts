import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import type { Unit } from '../database/transaction.ts'
import { emitEvent, wakeDeliveries } from '../webhooks/emit-event.ts'
import type { Participant, Session } from './participant-schemas.ts'

/** Tells webhooks of what a participant came to, in the transaction that wrote it; `resource` is what they are sent. */
export async function announce(
  { secrets, queue }: Context,
  { tx, afterCommit }: Unit,
  tenant: Tenant,
  type: 'participant.enrolled' | 'session.completed',
  { user_id: userId, participant_id, study_id }: Pick<Participant, 'user_id' | 'participant_id' | 'study_id'>,
  resource: Participant | Session,
): Promise<void> {
  const data = { ...('session_id' in resource ? { session_id: resource.session_id } : {}), participant_id, study_id }
  const event = { type, tenantId: tenant.id, userId, data, occurredAt: new Date(resource.updated_at), resource }
  const isToTell = await emitEvent(tx, secrets, event, () => [{ userId, [type.split('.')[0]!]: resource }])
  if (isToTell) afterCommit(() => wakeDeliveries(queue))
}
