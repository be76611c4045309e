import type { Pool } from '../database/pool.ts'
import { query } from '../database/query.ts'
import type { SecretBox } from '../secret-box.ts'
import * as sql from './reencrypt-secrets.sql.ts'

/**
 * Seals every stored secret anew under the current key, so that older keys can be taken out of ENCRYPTION_KEYS. Safe
 * beside running servers: a secret that is replaced meanwhile is left as it is. Returns how many were sealed anew.
 */
export async function reencryptSecrets(pool: Pool, secrets: SecretBox): Promise<number> {
  let count = 0
  for (const { id, secret } of await query<{ id: string; secret: Buffer }>(pool, sql.selectSecrets, [])) {
    const sealed = secrets.seal(secrets.open(secret))
    count += (await query(pool, sql.replaceSecret, [id, secret, sealed])).length
  }
  return count
}
