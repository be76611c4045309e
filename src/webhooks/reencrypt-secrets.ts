import type { Pool } from '../database/pool.ts'
import { query } from '../database/query.ts'
import type { SecretBox } from '../secret-box.ts'
import * as sql from './reencrypt-secrets.sql.ts'

type Sealed = { id: string; secret: Buffer; previousSecret: Buffer | null }

/**
 * Seals every stored secret anew under the current key, so that older keys can be taken out of ENCRYPTION_KEYS. Safe
 * beside running servers: a secret that is replaced meanwhile is left as it is. Returns how many were sealed anew.
 */
export async function reencryptSecrets(pool: Pool, secrets: SecretBox): Promise<number> {
  const anew = (sealed: Buffer) => secrets.seal(secrets.open(sealed))
  let count = 0
  for (const { id, secret, previousSecret } of await query<Sealed>(pool, sql.selectSecrets, [])) {
    count += (await query(pool, sql.replaceSecret, [id, secret, anew(secret)])).length
    if (previousSecret === null) continue
    count += (await query(pool, sql.replacePreviousSecret, [id, previousSecret, anew(previousSecret)])).length
  }
  return count
}
