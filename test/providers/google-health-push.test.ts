import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fitbit } from '../../src/providers/fitbit.ts'
import { googleHealthPush } from '../../src/providers/google-health/push.ts'
import type { ProviderApplication, PushRequest } from '../../src/providers/provider.ts'
import { ProviderError } from '../../src/providers/provider-error.ts'
import { type GoogleHealth, healthUserId, startGoogleHealth } from '../support/google-health-server.ts'
import { makeSigner } from '../support/google-health-signer.ts'

const NOW = new Date('2026-03-10T12:00:00Z')
const AUTHORIZATION = 'Bearer a-secret-of-both'

let stand: GoogleHealth
let application: ProviderApplication

beforeAll(async () => {
  stand = await startGoogleHealth()
  application = {
    clientId: 'client',
    clientSecret: 'secret',
    apiUrl: stand.url,
    callbackUrl: 'https://pulsewell.example/providers/fitbit/push',
    pushSecret: 'a-secret-of-both',
    request: async (method, pathOrUrl) => {
      const { pathname } = new URL(pathOrUrl)
      return (await fetch(`${stand.url}${pathname}`, { method })).json()
    },
  }
})
afterAll(() => stand.stop())

const notificationOf = (intervals: unknown[], operation = 'UPSERT') => ({
  data: {
    version: '1',
    clientProvidedSubscriptionName: 'pulsewell',
    healthUserId,
    operation,
    dataType: 'steps',
    intervals,
  },
})
const physical = (startTime: string, endTime: string) => ({ physicalTimeInterval: { startTime, endTime } })
const oneDay = notificationOf([physical('2026-03-08T09:00:00Z', '2026-03-08T09:05:00Z')])

const requestOf = (body: string, headers: Record<string, string>): PushRequest => ({
  method: 'POST',
  headers,
  query: {},
  body: Buffer.from(body),
})

/** A signed request, by the stand-in's key. */
function signed(notifications: unknown, headers: Record<string, string> = {}): PushRequest {
  const body = JSON.stringify(notifications)
  return requestOf(body, { authorization: AUTHORIZATION, 'x-healthapi-signature': stand.sign(body), ...headers })
}

describe('of notifications', () => {
  const push = googleHealthPush()
  const changedBy = async (notifications: unknown) =>
    (await push.receive(signed(notifications), application, NOW)).changed

  test('the days that they are about are told', async () => {
    const answer = await push.receive(signed(oneDay), application, NOW)
    expect(answer).toEqual({
      status: 204,
      changed: [{ externalUserId: healthUserId, from: '2026-03-08', to: '2026-03-08', deleted: false }],
    })
  })

  test('many come together, of longer times, of deletions', async () => {
    const long = notificationOf([physical('2026-03-05T23:00:00.123456789Z', '2026-03-07T01:00:00Z')], 'DELETE')
    expect(await changedBy([oneDay, long])).toMatchObject([
      { from: '2026-03-08', to: '2026-03-08', deleted: false },
      { from: '2026-03-05', to: '2026-03-07', deleted: true },
    ])
  })

  test('civil times are on every UTC day that they may be on', async () => {
    const iso = { civilIso8601TimeInterval: { startTime: '2026-03-05T10:00:00', endTime: '2026-03-05T13:00:00Z' } }
    expect(await changedBy(notificationOf([iso]))).toMatchObject([{ from: '2026-03-04', to: '2026-03-06' }])
    const date = { date: { year: 2026, month: 3, day: 5 } }
    const parts = { civilDateTimeInterval: { startDateTime: date, endDateTime: date } }
    expect(await changedBy(notificationOf([parts]))).toMatchObject([{ from: '2026-03-04', to: '2026-03-06' }])
  })

  test('the most exact time is taken, whatever the others look like', async () => {
    const both = {
      ...physical('2026-03-05T10:00:00Z', '2026-03-05T13:00:00Z'),
      civilIso8601TimeInterval: '2026-03-05/2026-03-06',
      civilDateTimeInterval: { startTime: '2026-03-05T11:00:00' },
    }
    expect(await changedBy(notificationOf([both]))).toMatchObject([{ from: '2026-03-05', to: '2026-03-05' }])
  })

  test('a time without bounds becomes a year', async () => {
    const forever = physical('0001-01-01T00:00:00Z', '9999-12-31T00:00:00Z')
    expect(await changedBy(notificationOf([forever]))).toMatchObject([{ from: '2025-03-09', to: '2026-03-11' }])
    expect(await changedBy(notificationOf([physical('1999-01-01T00:00:00Z', '1999-01-02T00:00:00Z')]))).toEqual([])
  })

  test.each([
    ['no interval', notificationOf([])],
    ['no time', notificationOf([{}])],
    ['no user', { data: { ...oneDay.data, healthUserId: '' } }],
    ['nothing', {}],
  ])('with %s are refused', async (_, notification) => {
    await expect(push.receive(signed(notification), application, NOW)).rejects.toMatchObject({
      code: 'validation_error',
    })
  })
})

describe('forged', () => {
  const { push } = fitbit.live
  const body = JSON.stringify(oneDay)
  const receive = (request: PushRequest) => Promise.resolve(push!.receive(request, application, NOW))
  const refused = { code: 'unauthorized', status: 401 }

  test('unsigned ones are refused, even with the secret', async () => {
    await expect(receive(requestOf(body, { authorization: AUTHORIZATION }))).rejects.toMatchObject(refused)
  })

  test('those that another key signed are refused, though it has the number of a known one', async () => {
    const forger = makeSigner(1)
    await expect(receive(signed(oneDay, { 'x-healthapi-signature': forger.sign(body) }))).rejects.toMatchObject(refused)
  })

  test('those of another body are refused, down to a byte', async () => {
    const request = signed(oneDay)
    await expect(receive({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) })).rejects.toMatchObject(
      refused,
    )
  })

  test.each(['', 'AQ==', 'not base64', 'AQAAAAEA'])('what is no signature is refused: %o', async (signature) => {
    await expect(receive(signed(oneDay, { 'x-healthapi-signature': signature }))).rejects.toMatchObject(refused)
  })

  test('signed ones with a wrong secret are refused; those without any are Google’s', async () => {
    await expect(receive(signed(oneDay, { authorization: 'Bearer wrong' }))).rejects.toMatchObject(refused)
    const { authorization: _, ...headers } = signed(oneDay).headers
    await expect(receive({ ...signed(oneDay), headers })).resolves.toMatchObject({ status: 204 })
  })

  test('a body that is no JSON is told so', async () => {
    await expect(receive(requestOf('{', {}))).rejects.toMatchObject({ code: 'malformed_body' })
  })
})

test('a subscriber is verified with the secret, and without it not', async () => {
  const { push } = fitbit.live
  const verify = (headers: Record<string, string>) =>
    Promise.resolve(push!.receive(requestOf('{"type":"verification"}', headers), application, NOW))
  await expect(verify({ authorization: AUTHORIZATION })).resolves.toEqual({ status: 201, changed: [] })
  await expect(verify({})).rejects.toMatchObject({ status: 401 })
  await expect(verify({ authorization: 'Bearer other' })).rejects.toMatchObject({ status: 401 })
})

test('keys are asked for once an hour, and for a new one once a minute', async () => {
  const push = googleHealthPush()
  const asked = () => stand.paths.filter((path) => path.includes('keyset')).length
  const before = asked()
  const later = (ms: number) => new Date(NOW.getTime() + ms)
  await push.receive(signed(oneDay), application, NOW)
  await push.receive(signed(oneDay), application, later(3_599_000))
  expect(asked() - before).toBe(1)
  await push.receive(signed(oneDay), application, later(3_600_000))
  expect(asked() - before).toBe(2)
  stand.rotateKey()
  await expect(Promise.resolve(push.receive(signed(oneDay), application, later(3_601_000)))).rejects.toMatchObject({
    code: 'unauthorized',
  })
  expect(asked() - before).toBe(2)
  await expect(push.receive(signed(oneDay), application, later(3_661_000))).resolves.toMatchObject({ status: 204 })
  expect(asked() - before).toBe(3)
})

test('while the keys cannot be had, pushes are asked to come again, and Google is asked once', async () => {
  const push = googleHealthPush()
  const asked = () => stand.paths.filter((path) => path.includes('keyset')).length
  const before = asked()
  const receive = (ms: number) =>
    Promise.resolve(push.receive(signed(oneDay), application, new Date(NOW.getTime() + ms)))
  stand.failNext('unavailable', /keyset/)
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => receive(0)))
  expect(answers.every((answer) => answer.status === 'rejected' && answer.reason instanceof ProviderError)).toBe(true)
  await expect(receive(4999)).rejects.toThrow(ProviderError)
  expect(asked() - before).toBe(1)
  await expect(receive(5000)).resolves.toMatchObject({ status: 204 })
  expect(asked() - before).toBe(2)
})
