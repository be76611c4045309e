import { request } from 'undici'
import type { ServerProcess } from '../server-process.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const BATCH_SAMPLES = 1000
/** The last day of everybody's data: the one that is polled. */
export const POLLED_DATE = '2024-12-30'

type Device = { name: string; firstMinute: number; minutes: number; steps: number }

/** They overlap, so that the merged total takes all of them to know. */
const devices: Device[] = [
  { name: 'iPhone', firstMinute: 420, minutes: 300, steps: 31 },
  { name: 'Apple Watch', firstMinute: 480, minutes: 600, steps: 29 },
  { name: 'Oura Ring', firstMinute: 600, minutes: 200, steps: 27 },
]

/** A new user with minutes of steps from the first of our devices on each of the last `days` days. Returns the id. */
export async function wearDevices(server: ServerProcess, count: number, days: number): Promise<string> {
  const key = { 'x-api-key': server.secretKey }
  const { userId } = await post(server, `/user?appUserId=${crypto.randomUUID()}`, key)
  const { access_token } = await post(server, `/user/${String(userId)}/token?provider=apple`, key)
  const samples = devices.slice(0, count).flatMap((device) => walk(device, days))
  for (let from = 0; from < samples.length; from += BATCH_SAMPLES) {
    const json = JSON.stringify({ data_type: 'steps', data: samples.slice(from, from + BATCH_SAMPLES) })
    await post(server, '/api/v1.1/samples', { authorization: `Bearer ${String(access_token)}` }, json)
  }
  return String(userId)
}

function walk({ name, firstMinute, minutes, steps }: Device, days: number): object[] {
  return Array.from({ length: days * minutes }, (_, index) => {
    const day = Date.parse(POLLED_DATE) - Math.floor(index / minutes) * DAY_MS
    const start = day + (firstMinute + (index % minutes)) * MINUTE_MS
    return {
      device_name: name,
      start_date: new Date(start).toISOString(),
      end_date: new Date(start + MINUTE_MS).toISOString(),
      value: steps,
      unit: 'count',
    }
  })
}

async function post(
  { url }: ServerProcess,
  path: string,
  headers: Record<string, string>,
  json?: string,
): Promise<Record<string, unknown>> {
  const { statusCode, body } = await request(new URL(path, url), {
    method: 'POST',
    headers: json === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    body: json ?? null,
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`POST ${path} was answered ${statusCode}: ${text}`)
  return JSON.parse(text) as Record<string, unknown>
}
