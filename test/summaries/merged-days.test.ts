import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, createUserWithToken, send, sendAny, stepSamples, type WireSample } from '../support/api.ts'
import { startServer, type TestServer } from '../support/server.ts'

const DATE = '2024-01-05'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ worker: false })
})
afterAll(() => server.stop())

const get = async (route: string, userId: string) =>
  (await call(server, 'GET', `/${route}?userId=${userId}&date=${DATE}`, { key: server.keys.live })).body
const stepsOf = async (userId: string) => (await get('activity', userId))[0].summary.movement.steps_count
const devicesOf = async (userId: string) => (await get('activity/sources', userId))[0].types[0].devices
const prefer = (userId: string, priority: unknown, key = server.keys.live) =>
  call(server, 'PUT', `/user/${userId}/source-priority`, { key, json: { priority } })

/** Minutes of steps from a minute of the day on, `value` in each but the last, which makes up the total. */
function walk(device: string, fromMinute: number, minutes: number, total: number): WireSample[] {
  const each = Math.floor(total / minutes)
  const start = new Date(Date.parse(DATE) + fromMinute * 60_000).toISOString()
  const samples = stepSamples(start, minutes, each, device)
  samples.at(-1)!.value = total - each * (minutes - 1)
  return samples
}

/** Sends in batches of at most 1000. */
async function wear(token: string, ...samples: WireSample[]): Promise<void> {
  expect((await send(server, token, 'steps', samples)).body).toMatchObject({ inserted: samples.length })
}

describe('a phone and a watch that count the same walk', () => {
  test('4,157 on the phone, and 14,079 with what the watch adds', async () => {
    const { userId, token } = await createUserWithToken(server)
    // The phone was there for the morning, 2,000 steps of it alone; the watch counted the rest of the day.
    await wear(token, ...walk('iPhone', 420, 20, 2000), ...walk('iPhone', 600, 30, 2157))
    await wear(token, ...walk('Apple Watch', 600, 120, 12_079))
    expect(await stepsOf(userId)).toBe(14_079)
    expect(await devicesOf(userId)).toEqual([
      { device_name: 'Apple Watch', kind: 'watch', counted: 12_079, used: 12_079, lost: [] },
      {
        device_name: 'iPhone',
        kind: 'phone',
        counted: 4157,
        used: 2000,
        lost: [{ device_name: 'Apple Watch', value: 2157 }],
      },
    ])
  })

  test('2,506 and 1,919 of a day of 2,560', async () => {
    const { userId, token } = await createUserWithToken(server)
    await wear(token, ...walk('Apple Watch', 600, 40, 2506))
    await wear(token, ...walk('iPhone', 500, 3, 54), ...walk('iPhone', 600, 40, 1865))
    expect(await stepsOf(userId)).toBe(2560)
  })

  test('in any order of arrival, and of samples in a batch', async () => {
    const phone = walk('iPhone', 590, 30, 1234)
    const watch = walk('Apple Watch', 600, 10, 777)
    const long = {
      ...watch[0]!,
      device_name: 'Oura',
      end_date: new Date(Date.parse(DATE) + 7e7).toISOString(),
      value: 99,
    }
    const orders = [
      [phone, watch, [long, long, long]],
      [[long, long, long], watch.toReversed(), phone.toReversed()],
      [[...phone, long, ...watch.toReversed()]],
    ]
    const totals = new Set<number>()
    for (const batches of orders) {
      const { userId, token } = await createUserWithToken(server)
      for (const batch of batches) expect((await send(server, token, 'steps', batch)).status).toBe(200)
      totals.add(await stepsOf(userId))
    }
    expect(totals.size).toBe(1)
  })

  test('an interval that another cuts counts in proportion', async () => {
    const { userId, token } = await createUserWithToken(server)
    const hour = { ...walk('iPhone', 600, 3, 3)[0]!, end_date: `${DATE}T11:00:00.000Z`, value: 600 }
    await sendAny(server, token, 'steps', [hour])
    await wear(token, ...walk('Apple Watch', 610, 15, 500))
    // A quarter of the phone's hour was the watch's.
    expect(await stepsOf(userId)).toBe(500 + 450)
  })

  test('distance and energy are merged as steps are', async () => {
    const { userId, token } = await createUserWithToken(server)
    const [first] = walk('iPhone', 600, 3, 3)
    for (const device_name of ['iPhone', 'Apple Watch']) {
      await sendAny(server, token, 'distance', [{ ...first, device_name, value: 0.4, unit: 'km' }])
      await sendAny(server, token, 'active_energy', [{ ...first, device_name, value: 12.5, unit: 'kcal' }])
    }
    expect((await get('activity', userId))[0].summary).toEqual({
      movement: { distance_meters: 400 },
      energy_expenditure: { active_kcal: 12.5 },
    })
  })

  test('providers are not merged with each other', async () => {
    const { userId, token } = await createUserWithToken(server)
    const google = await call(server, 'POST', `/user/${userId}/token?provider=google`, { key: server.keys.live })
    await wear(token, ...walk('iPhone', 600, 10, 100))
    await wear(google.body.access_token, ...walk('Pixel Watch', 600, 10, 200))
    const counts = (await get('activity', userId)).map((day: any) => day.summary.movement.steps_count)
    expect(counts).toEqual([100, 200])
  })
})

describe('which device is believed', () => {
  test('watch, band, ring, phone, other, as their names say', async () => {
    const { userId, token } = await createUserWithToken(server)
    const names = ['Kitchen scale', 'iPhone 15', 'Oura Ring', 'Fitbit Charge 6', 'Apple Watch']
    for (const [index, name] of names.entries()) await wear(token, ...walk(name, 600, 3, 10 * (index + 1)))
    const ranked = await devicesOf(userId)
    expect(ranked.map(({ kind, used }: any) => [kind, used])).toEqual([
      ['watch', 50],
      ['band', 0],
      ['ring', 0],
      ['phone', 0],
      ['other', 0],
    ])
  })

  test('as the sender says with device_type, whatever the name', async () => {
    const { userId, token } = await createUserWithToken(server)
    const [sample] = walk('Gadget', 600, 3, 30)
    await wear(token, ...walk('iPhone', 600, 3, 300))
    await sendAny(server, token, 'steps', [{ ...sample, device_type: 'ring' }])
    expect((await devicesOf(userId)).map(({ device_name }: any) => device_name)).toEqual(['Gadget', 'iPhone'])
  })

  test('as the user prefers, by kind and by name; an empty list restores the default', async () => {
    const { userId, token } = await createUserWithToken(server)
    await wear(token, ...walk('Apple Watch', 600, 10, 100))
    await wear(token, ...walk('iPhone', 600, 10, 70))
    await wear(token, ...walk('Oura Ring', 600, 10, 90))
    const totals: number[] = []
    for (const priority of [['phone'], ['Oura Ring', 'phone'], ['ring', 'watch'], []]) {
      expect((await prefer(userId, priority)).body).toEqual({ priority })
      const read = await call(server, 'GET', `/user/${userId}/source-priority`, { key: server.keys.live })
      expect(read.body).toEqual({ priority })
      totals.push(await stepsOf(userId))
    }
    expect(totals).toEqual([70, 90, 90, 100])
  })

  test.each([
    ['names one twice', ['phone', 'phone']],
    ['is no list', 'phone'],
    ['is empty text', ['']],
    ['is too long', Array.from({ length: 101 }, (_, index) => `device ${index}`)],
  ])('a priority that %s is refused', async (_, priority) => {
    const { userId } = await createUserWithToken(server)
    const { status, body } = await prefer(userId, priority)
    expect([status, body.detail]).toEqual([400, expect.stringContaining('priority')])
  })

  test("another account's user has none to set or read", async () => {
    const { userId } = await createUserWithToken(server)
    expect((await prefer(userId, ['phone'], server.keys.sandbox)).status).toBe(404)
    for (const route of [`user/${userId}/source-priority`, `activity/sources?userId=${userId}&date=${DATE}`]) {
      expect((await call(server, 'GET', `/${route}`, { key: server.keys.sandbox })).status).toBe(404)
    }
  })
})
