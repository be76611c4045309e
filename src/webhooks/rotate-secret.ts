import type { Tenant } from '../accounts/schemas.ts'
import type { Context } from '../context.ts'
import { query } from '../database/query.ts'
import type { Unit } from '../database/transaction.ts'
import type { EndpointWithSecret, SecretRotation } from './endpoint-schemas.ts'
import * as sql from './manage-endpoints.sql.ts'
import { type EndpointRow, lockOwnEndpoint, toEndpoint } from './read-endpoints.ts'
import { newWebhookSecret } from './sign-message.ts'

const OVERLAP_MS = 24 * 3_600_000

/**
 * Gives the endpoint a new secret; for a day the one before signs beside it. Of two rotations in a day, the second ends
 * what the first left. Throws `not_found` and `conflict`.
 */
export async function rotateSecret(
  { secrets, now }: Context,
  { tx }: Unit,
  tenant: Tenant,
  id: string,
  { secret = newWebhookSecret() }: SecretRotation,
): Promise<EndpointWithSecret> {
  const at = now()
  const before = await lockOwnEndpoint(tx, tenant, id)
  // Sealed anew: `secrets reencrypt` may have passed this endpoint, and must not leave an older key in use.
  const previous = secrets.seal(secrets.open(before.secret))
  const values = [tenant.id, id, secrets.seal(secret), previous, new Date(at.getTime() + OVERLAP_MS), at]
  const [row] = await query<EndpointRow>(tx, sql.rotateSecret, values)
  if (row === undefined) throw new Error('an endpoint that is locked is gone')
  return { ...toEndpoint(row), secret }
}

/** Forgets secrets that no longer sign. */
export async function wipePreviousSecrets({ pool, now }: Context): Promise<void> {
  await query(pool, sql.wipePreviousSecrets, [now()])
}
