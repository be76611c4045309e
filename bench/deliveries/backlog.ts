import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { openSecretBox } from '../../src/secret-box.ts'
import { newWebhookSecret } from '../../src/webhooks/sign-message.ts'

export type BenchEndpoint = { id: string; tenantId: string; secret: Buffer }

/** An account with an endpoint as POST /settings makes it. `folder` has the key that its secret is sealed under. */
export async function createEndpoint(pool: Pool, folder: string, url: string): Promise<BenchEndpoint> {
  const secrets = await openSecretBox({ encryptionKeys: [], dataDir: folder })
  const [accountId, tenantId, id] = [randomUUID(), randomUUID(), randomUUID()]
  const secret = secrets.seal(newWebhookSecret())
  await pool.query(`insert into account (id, name) values ($1, 'bench')`, [accountId])
  await pool.query(`insert into tenant (id, account_id, environment) values ($1, $2, 'live')`, [tenantId, accountId])
  await pool.query(
    `insert into webhook_endpoint (id, tenant_id, source, url, enabled, secret, format, events)
     values ($1, $2, 'settings', $3, true, $4, 'devices', '{devices.*}')`,
    [id, tenantId, url, secret],
  )
  return { id, tenantId, secret }
}

/** Writes `count` messages of `bytes` to an endpoint, all due now: what emitEvent writes, many at a time. */
export async function insertBacklog(pool: Pool, endpoint: BenchEndpoint, count: number, bytes: number): Promise<void> {
  const body = JSON.stringify({ meta: { type: 'devices.health-data' }, users: [{ padding: 'x'.repeat(bytes) }] })
  const ids = () => Array.from({ length: count }, () => uuidv7())
  await pool.query(
    `with made as materialized (
       select * from unnest($3::uuid[], $5::uuid[], $6::text[]) as ids (event_id, delivery_id, message_id)
     ), events as (
       insert into event (id, tenant_id, type, data, occurred_at)
       select event_id, $1, 'devices.health-data', '{}', now() from made
     ), messages as (
       insert into message (id, event_id, body, created_at) select message_id, event_id, $4, now() from made
     )
     insert into delivery (id, tenant_id, message_id, endpoint_id, status, next_at, created_at, updated_at)
     select delivery_id, $1, message_id, $2, 'pending', now(), now(), now() from made`,
    [
      endpoint.tenantId,
      endpoint.id,
      ids(),
      Buffer.from(body),
      ids(),
      ids().map((id) => `msg_${id.replaceAll('-', '')}`),
    ],
  )
}

/** Whether anything is still to be sent or recorded. Reads the partial indexes alone: it is asked time and again. */
export async function isWaiting(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query(
    `(select from delivery where status = 'pending' limit 1) union all (select from delivery where status = 'retry' limit 1)
     union all (select from delivery where status = 'sending' limit 1)`,
  )
  return rows.length > 0
}

export async function countDelivered(pool: Pool): Promise<number> {
  const { rows } = await pool.query(`select count(*)::int as count from delivery where status = 'delivered'`)
  return rows[0].count
}
