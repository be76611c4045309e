import type { ProviderList } from './provider-list.ts'

export type FailureKind = 'missing' | 'expired' | 'unreachable' | 'server' | 'limited' | 'refused'

/** Why the server did not do what was asked. `detail` is its own sentence, for the partner's developers. */
export class Failure extends Error {
  readonly kind: FailureKind
  readonly detail: string | undefined
  readonly seconds: number | undefined

  constructor(kind: FailureKind, more: { detail?: string | undefined; seconds?: number | undefined } = {}) {
    super(kind)
    this.kind = kind
    this.detail = more.detail
    this.seconds = more.seconds
  }
}

const TIMEOUT_MS = 20_000

/** Throws Failure, as the two below. */
export async function listProviders(token: string): Promise<ProviderList> {
  const response = await ask('GET', 'connect/providers', token)
  const list = (await response.json().catch(() => undefined)) as ProviderList | undefined
  if (!Array.isArray(list?.providers)) throw new Failure('server')
  return list
}

/** Where the provider asks for permission. The server judges the addresses in `query`. */
export async function askRedirect(token: string, query: Record<string, string>): Promise<string> {
  const response = await ask('GET', `connect/redirect?${new URLSearchParams(query)}`, token)
  const url = await response.text().catch(() => '')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new Failure('server')
  return url
}

/** One that is not connected any more, as after a press in another window, is no failure. */
export async function disconnect(token: string, provider: string): Promise<void> {
  await ask('DELETE', `connect/user/providers/${encodeURIComponent(provider)}`, token, [404])
}

/** `fine`: statuses besides the 2xx that are as good. */
async function ask(method: string, path: string, token: string, fine: number[] = []): Promise<Response> {
  const headers = { 'api-token': token, accept: 'application/json, text/plain' }
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(serverUrl(path), { method, headers, signal, cache: 'no-store' }).catch(() => {
    throw new Failure('unreachable')
  })
  if (!response.ok && !fine.includes(response.status)) throw await toFailure(response)
  return response
}

/** Of the server that this page came from, wherever its root is. */
export const serverUrl = (path: string): URL => new URL(`../${path}`, location.href)

async function toFailure(response: Response): Promise<Failure> {
  const { status, headers } = response
  if (status === 401) return new Failure('expired')
  if (status === 429) {
    const seconds = Number(headers.get('retry-after'))
    return new Failure('limited', { seconds: seconds > 0 ? seconds : undefined })
  }
  // 501: the provider has no live connection, which no second attempt mends.
  if (status >= 500 && status !== 501) return new Failure('server')
  const body = (await response.json().catch(() => undefined)) as { detail?: unknown } | undefined
  return new Failure('refused', { detail: typeof body?.detail === 'string' ? body.detail : undefined })
}
