import type { TestServer } from './server.ts'

export type Answer<Body = any> = { status: number; headers: Headers; body: Body }

type Call = {
  key?: string
  token?: string
  headers?: Record<string, string>
  json?: unknown
  body?: string | Uint8Array<ArrayBuffer>
}

/** One request as a client would send it; the answer's body is parsed when it is JSON. */
export async function call(
  server: Pick<TestServer, 'url'>,
  method: string,
  path: string,
  options: Call = {},
): Promise<Answer> {
  const { key, token, headers = {}, json, body } = options
  const response = await fetch(new URL(path, server.url), {
    method,
    redirect: 'manual',
    headers: {
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

let users = 0

/** A new user with a token for one provider, made through the API. */
export async function createUserWithToken(
  server: Pick<TestServer, 'url' | 'keys'>,
  provider = 'apple',
  key = server.keys.live,
): Promise<{ userId: string; token: string; refreshToken: string }> {
  const created = await call(server, 'POST', `/user?appUserId=user-${process.pid}-${users++}`, { key })
  const { userId } = created.body
  const minted = await call(server, 'POST', `/user/${userId}/token?provider=${provider}`, { key })
  if (minted.status !== 200) throw new Error(`no token: ${JSON.stringify(minted.body)}`)
  return { userId, token: minted.body.access_token, refreshToken: minted.body.refresh_token }
}

export type WireSample = {
  device_name: string
  device_version?: string
  start_date: string
  end_date?: string
  value: number
  unit: string
}

/** `count` step samples of a minute each from `from`, `value` steps in each. */
export function stepSamples(from: string, count: number, value = 10, device = 'iPhone'): WireSample[] {
  return Array.from({ length: count }, (_, index) => {
    const start = Date.parse(from) + index * 60_000
    return {
      device_name: device,
      start_date: new Date(start).toISOString(),
      end_date: new Date(start + 60_000).toISOString(),
      value,
      unit: 'count',
    }
  })
}

/** `count` heart rate samples, 5 s apart from `from`. */
export function bpmSamples(from: string, values: number[], device = 'Apple Watch'): WireSample[] {
  return values.map((value, index) => ({
    device_name: device,
    start_date: new Date(Date.parse(from) + index * 5000).toISOString(),
    value,
    unit: 'count/min',
  }))
}

export function send(
  server: Pick<TestServer, 'url'>,
  token: string,
  data_type: string,
  data: unknown,
  headers = {},
): Promise<Answer> {
  return call(server, 'POST', '/api/v1.1/samples', { token, json: { data_type, data }, headers })
}

/** As `send`, of any type. */
export function sendAny(
  server: Pick<TestServer, 'url'>,
  token: string,
  data_type: string,
  data: unknown,
): Promise<Answer> {
  return call(server, 'POST', '/api/v2/samples', { token, json: { data_type, data } })
}
