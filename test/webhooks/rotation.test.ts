import { createHmac, randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSecretBox } from '../../src/secret-box.ts'
import { reencryptSecrets } from '../../src/webhooks/reencrypt-secrets.ts'
import { withUnit } from '../../src/database/transaction.ts'
import { rotateSecret, wipePreviousSecrets } from '../../src/webhooks/rotate-secret.ts'
import { endpointsOf } from '../support/endpoints.ts'
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts'
import { dispatch, type Quiet, startWithoutWorker } from '../support/without-worker.ts'

const DAY_MS = 86_400_000

let quiet: Quiet
let receiver: Receiver
let endpoints: ReturnType<typeof endpointsOf>

beforeAll(async () => {
  quiet = await startWithoutWorker()
  receiver = await startReceiver()
  endpoints = endpointsOf(quiet.server)
})
afterAll(async () => {
  await quiet.stop()
  await receiver.stop()
})

const sql = async (text: string, values: unknown[] = []) => (await quiet.context.pool.query(text, values)).rows

/** What the endpoint gets now. */
async function receive(id: string): Promise<Received> {
  const { body } = await endpoints.ask('POST', `/${id}/test`)
  await dispatch(quiet.context)
  return receiver.waitFor(({ headers }) => headers['webhook-id'] === body.message_id)
}

const rotate = async (id: string, json?: object) => {
  const answer = await endpoints.ask('POST', `/${id}/rotate-secret`, { json })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return answer.body.secret as string
}

const verify = ({ raw, headers }: Pick<Received, 'raw' | 'headers'>, secret: string) =>
  new Webhook(secret).verify(raw.toString(), headers as Record<string, string>)

test('standardwebhooks verifies what arrives, and not what was changed, is stale, or has another key', async () => {
  const { id, secret } = await endpoints.create(receiver.url)
  const received = await receive(id)
  expect(verify(received, secret)).toEqual(received.body)
  const { raw, headers } = received
  const changed = Buffer.from(raw)
  changed[changed.length - 3]! ^= 1
  expect(() => verify({ raw: changed, headers }, secret)).toThrow('No matching signature')
  const other = `whsec_${randomBytes(32).toString('base64')}`
  expect(() => verify(received, other)).toThrow('No matching signature')
  const renumbered = { ...headers, 'webhook-id': 'msg_other' }
  expect(() => verify({ raw, headers: renumbered }, secret)).toThrow('No matching signature')
  const stale = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 301) }
  expect(() => verify({ raw, headers: stale }, secret)).toThrow('too old')
  const moved = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 1) }
  expect(() => verify({ raw, headers: moved }, secret)).toThrow('No matching signature')
  expect(headers).not.toHaveProperty('x-webhook-key')
})

test('the signature in the event form is over the members before it, keyed with the secret as it is shown', async () => {
  const { id, secret } = await endpoints.create(receiver.url)
  const { raw } = await receive(id)
  const text = raw.toString()
  const end = text.lastIndexOf(',"signature":')
  const signature = createHmac('sha256', secret)
    .update(`${text.slice(0, end)}}`)
    .digest('hex')
  expect(text.slice(end)).toBe(`,"signature":"sha256=${signature}"}`)
  expect(Object.keys(JSON.parse(text))).toEqual(['event', 'timestamp', 'data', 'signature'])
})

test('for a day both secrets verify, then the new one alone', async () => {
  const { id, secret: before } = await endpoints.create(receiver.url)
  const after = await rotate(id)
  expect(after).not.toBe(before)
  const during = await receive(id)
  for (const secret of [before, after]) expect(verify(during, secret)).toEqual(during.body)
  const [{ previous_secret_until }] = await sql('select previous_secret_until from webhook_endpoint where id = $1', [
    id,
  ])
  expect(Math.abs(previous_secret_until.getTime() - Date.now() - DAY_MS)).toBeLessThan(60_000)

  await sql(`update webhook_endpoint set previous_secret_until = now() - interval '1 second' where id = $1`, [id])
  const later = await receive(id)
  expect(verify(later, after)).toEqual(later.body)
  expect(() => verify(later, before)).toThrow('No matching signature')
})

test('a chore forgets the secret before when its day is over, and not sooner', async () => {
  const { id } = await endpoints.create(receiver.url)
  await rotate(id)
  const kept = async () => (await sql('select previous_secret from webhook_endpoint where id = $1', [id]))[0]
  const at = (ms: number) => ({ ...quiet.context, now: () => new Date(Date.now() + ms) })
  await wipePreviousSecrets(at(DAY_MS - 60_000))
  expect(await kept()).toEqual({ previous_secret: expect.any(Buffer) })
  await wipePreviousSecrets(at(DAY_MS))
  expect(await kept()).toEqual({ previous_secret: null })
})

test('takes a secret of yours; of two rotations, the second ends what the first left', async () => {
  const own = `whsec_${randomBytes(24).toString('base64')}`
  const { id, secret: first } = await endpoints.create(receiver.url)
  expect(await rotate(id, { secret: own })).toBe(own)
  const third = await rotate(id, {})
  const received = await receive(id)
  for (const secret of [own, third]) expect(verify(received, secret)).toEqual(received.body)
  expect(() => verify(received, first)).toThrow('No matching signature')
  const wrong = await endpoints.ask('POST', `/${id}/rotate-secret`, { json: { secret: 'whsec_x' } })
  expect([wrong.status, wrong.body.error.details.field]).toEqual([422, 'secret'])
  const unknown = await endpoints.ask('POST', `/${id}/rotate-secret`, { json: { key: own } })
  expect([unknown.status, unknown.body.error.details.field]).toEqual([422, 'key'])
})

test('reencrypt seals both secrets anew; a rotation beside it leaves nothing under the older key', async () => {
  const { pool, secrets } = quiet.context
  const { id, secret } = await endpoints.create(receiver.url)
  const rotated = await rotate(id)
  const key = randomBytes(32).toString('base64')
  const dataDir = quiet.server.context.config.dataDir
  const newer = await openSecretBox({ encryptionKeys: [key], dataDir })
  const both = { seal: newer.seal, open: (sealed: Uint8Array) => openWith([newer, secrets], sealed) }
  const sealed = async () => (await sql('select secret, previous_secret from webhook_endpoint where id = $1', [id]))[0]

  expect(await reencryptSecrets(pool, both)).toBeGreaterThanOrEqual(2)
  const anew = await sealed()
  expect([newer.open(anew.secret), newer.open(anew.previous_secret)]).toEqual([rotated, secret])

  // A server that has both keys rotates the secret of another endpoint just after it was read under the older one.
  const other = await endpoints.create(receiver.url)
  const [{ tenant_id }] = await sql('select tenant_id from webhook_endpoint where id = $1', [other.id])
  const tenant = { id: tenant_id, accountId: '', environment: 'live' as const }
  const racing = Object.assign(Object.create(pool), {
    query: async (statement: any) => {
      const result = await pool.query(statement)
      if (statement.name === 'select_secrets')
        await withUnit(quiet.context.pool, (unit) =>
          rotateSecret({ ...quiet.context, secrets: both }, unit, tenant, other.id, {}),
        )
      return result
    },
  })
  await reencryptSecrets(racing, both)
  const [after] = await sql('select secret, previous_secret from webhook_endpoint where id = $1', [other.id])
  expect(newer.open(after.previous_secret)).toBe(other.secret)
  expect(() => newer.open(after.secret)).not.toThrow()
})

function openWith(boxes: { open: (sealed: Uint8Array) => string }[], sealed: Uint8Array): string {
  for (const { open } of boxes) {
    try {
      return open(sealed)
    } catch {
      // Sealed under another key.
    }
  }
  throw new Error('no key opens this')
}
