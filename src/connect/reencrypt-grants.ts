import type { Pool } from '../database/pool.ts'
import { query } from '../database/query.ts'
import type { SecretBox } from '../secret-box.ts'
import * as sql from './reencrypt-grants.sql.ts'

type Sealed = { userId: string; id: string; accessToken: Buffer; refreshToken: Buffer | null }

/**
 * Seals the providers' tokens anew under the current key, as `reencryptSecrets` does. States of consents under way are
 * not: they end within ten minutes. Returns how many tokens were sealed anew.
 */
export async function reencryptGrants({ pool, secrets }: { pool: Pool; secrets: SecretBox }): Promise<number> {
  const anew = (sealed: Buffer) => secrets.seal(secrets.open(sealed))
  let count = 0
  for (const { userId, id, accessToken, refreshToken } of await query<Sealed>(pool, sql.selectSealed, [])) {
    count += (await query(pool, sql.replaceAccessToken, [userId, id, accessToken, anew(accessToken)])).length
    if (refreshToken === null) continue
    count += (await query(pool, sql.replaceRefreshToken, [userId, id, refreshToken, anew(refreshToken)])).length
  }
  for (const { id, token } of await query<{ id: string; token: Buffer }>(pool, sql.selectRevocations, [])) {
    count += (await query(pool, sql.replaceRevocation, [id, anew(token)])).length
  }
  return count
}
