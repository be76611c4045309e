import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  PulsewellClient,
  type WebhookBody,
  type WebhookHeaders,
  WebhookVerificationError,
  WebhookVerifier,
} from '../../../sdk/typescript/src/index.ts'
import { type Received, type Receiver, startReceiver } from '../../support/receiver.ts'
import { startServer, type TestServer } from '../../support/server.ts'

/** Real deliveries of the server, one in each form. */
let server: TestServer
let receiver: Receiver
let events: { secret: string; enrolled: Received; connected: Received }
let legacy: { key: string; connected: Received }

beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_STUDIES: '10000' } })
  receiver = await startReceiver()
  const client = new PulsewellClient({ baseUrl: server.url, apiToken: server.keys.live })
  const { secret } = await client.webhooks.create({ url: receiver.url, events: ['*'] })
  const { webhookKey } = await client.settings.update({ webhookUrl: receiver.url })
  const study = await client.studies.create({ name: 'Sleep' })
  await client.studies.update(study.id, { status: 'active' })
  const { user_id: userId } = await client.participants.create({ studyId: study.id })
  await client.participants.update('P001', { status: 'screening' })
  await client.participants.update('P001', { status: 'enrolled' })
  await client.tokens.mint({ userId, provider: 'apple' })
  const type = 'devices.provider-connected'
  events = {
    secret,
    enrolled: await receiver.waitFor(({ body }) => body.event === 'participant.enrolled'),
    connected: await receiver.waitFor(({ body }) => body.event === type),
  }
  legacy = { key: webhookKey!, connected: await receiver.waitFor(({ body }) => body.meta?.type === type) }
})
afterAll(() => Promise.all([server.stop(), receiver.stop()]))

test('an event is verified, and typed by its name', () => {
  const { raw, headers, body } = events.enrolled
  const payload = new WebhookVerifier(events.secret).verify(raw, headers)
  expect(payload).toEqual(body)
  if (payload.event !== 'participant.enrolled') throw new Error('another event')
  expect(payload.data.participant_id).toBe('P001')
})

test('the older form is verified by its headers, new and old', async () => {
  const { raw, headers } = legacy.connected
  const verifier = new WebhookVerifier(legacy.key)
  const payload = verifier.verify(raw, headers)
  expect(payload.meta?.type).toBe('devices.provider-connected')
  if (payload.meta === undefined) throw new Error('the other form')
  expect(payload.users?.[0]?.providers).toEqual(['apple'])
  expect(await verifier.verifyLegacy(raw, headers)).toEqual(payload)
})

test('a body is text or bytes, and headers are those of fetch or of Node', async () => {
  const { raw, headers, body } = events.enrolled
  const verifier = new WebhookVerifier(events.secret)
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
  for (const asked of [
    headers,
    new Headers(entries),
    Object.fromEntries(entries.map(([n, v]) => [n.toUpperCase(), v])),
  ]) {
    expect(verifier.verify(raw.toString(), asked)).toEqual(body)
    expect(verifier.verify(new Uint8Array(raw), asked)).toEqual(body)
  }
  const request = new Request('http://127.0.0.1/', { method: 'POST', headers: entries, body: raw.toString() })
  expect(verifier.verify(await request.text(), request.headers)).toEqual(body)
})

test('the signature that the body carries is verified over the bytes before it', async () => {
  const { raw, body } = events.connected
  expect(await new WebhookVerifier(events.secret).verifyMember(raw)).toEqual(body)
})

test('nothing may follow the signature that the body carries: it would not be signed', async () => {
  const { raw } = events.connected
  const verifier = new WebhookVerifier(events.secret)
  for (const more of [',"data":{"users":[]}}', '} ', `,"signature":"sha256=${'0'.repeat(64)}"}`]) {
    const body = raw.toString().slice(0, -1) + more
    await expect(verifier.verifyMember(body)).rejects.toThrow(WebhookVerificationError)
  }
})

describe('refused is', () => {
  type Forged = { secret?: string; body?: WebhookBody; headers?: WebhookHeaders }
  const otherSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const changeByte = (raw: Buffer, place: number) => {
    const changed = Buffer.from(raw)
    changed[place]! ^= 1
    return changed
  }
  /** The old moment, signed with the right secret. */
  const signedAt = async (secret: string, { raw, headers }: Received, at: Date) => {
    const { Webhook } = await import('standardwebhooks')
    const id = String(headers['webhook-id'])
    const signature = new Webhook(secret).sign(id, at, raw)
    return { ...headers, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': signature }
  }

  const forged: Record<string, () => Forged | Promise<Forged>> = {
    'a changed byte': () => ({ body: changeByte(events.connected.raw, 20) }),
    'a byte that is no text': () => ({ body: Buffer.concat([events.connected.raw, Buffer.from([0xff])]) }),
    'a byte more': () => ({ body: `${events.connected.raw.toString()} ` }),
    'a mark of the byte order before it': () => ({
      body: Buffer.concat([Buffer.from('\uFEFF'), events.connected.raw]),
    }),
    'another secret': () => ({ secret: otherSecret }),
    'no header': () => ({ headers: {} }),
    'another timestamp': () => ({
      headers: { ...events.connected.headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1000) + 1) },
    }),
    'an old one': async () => ({
      headers: await signedAt(events.secret, events.connected, new Date(Date.now() - 301_000)),
    }),
  }

  test.each(Object.keys(forged))('%s', async (name) => {
    const {
      secret = events.secret,
      body = events.connected.raw,
      headers = events.connected.headers,
    } = await forged[name]!()
    expect(() => new WebhookVerifier(secret).verify(body, headers)).toThrow(WebhookVerificationError)
  })

  test('the same of the older header', async () => {
    const { raw, headers } = legacy.connected
    const verifier = new WebhookVerifier(legacy.key)
    const refused = [
      () => verifier.verifyLegacy(changeByte(raw, 20), headers),
      () => verifier.verifyLegacy(raw, {}),
      () => verifier.verifyLegacy(raw, { 'x-metriport-signature': 'ab'.repeat(32) }),
      () => new WebhookVerifier(otherSecret).verifyLegacy(raw, headers),
    ]
    for (const verify of refused) await expect(verify()).rejects.toThrow(WebhookVerificationError)
  })

  test('the same of the signature in the body', async () => {
    const { raw } = events.connected
    const verifier = new WebhookVerifier(events.secret)
    const doubled = raw.toString().replace('{', '{"event":"participant.enrolled",')
    const refused = [
      () => verifier.verifyMember(changeByte(raw, 20)),
      () => verifier.verifyMember(doubled),
      () => verifier.verifyMember('{"event":"ping"}'),
      () => verifier.verifyMember('null'),
      () => verifier.verifyMember(legacy.connected.raw),
      () => new WebhookVerifier(otherSecret).verifyMember(raw),
    ]
    for (const verify of refused) await expect(verify()).rejects.toThrow(WebhookVerificationError)
  })

  test.each(['', 'secret', 'whsec_', 'whsec_%%%'])('the secret %o, from the start', (secret) => {
    expect(() => new WebhookVerifier(secret)).toThrow(TypeError)
  })
})
