import type { Response } from 'undici'
import type { Context } from '../context.ts'
import type { ProviderApi } from '../providers/provider.ts'
import { ProviderError } from '../providers/provider-error.ts'
import { readAccessToken } from './access-tokens.ts'
import type { Grant } from './grants.ts'
import type { ConfiguredProvider } from './live-providers.ts'
import { fetchProvider, readJson, requireSuccess } from './provider-http.ts'
import { takeQuota } from './provider-quota.ts'

/** Requests with a token that was just given: a 401 is a refusal. */
export const apiWithToken = (context: Context, provider: ConfiguredProvider, token: string): ProviderApi =>
  apiOf(async (path, init) => {
    await takeQuota(context, provider)
    const response = await fetchProvider(provider.apiUrl + path, withToken(init, token))
    return read(context, provider, path, response)
  })

/** The second may be one that another process got, and that ended since; the third was got because of that. */
const MOST_TOKENS = 3

/** Requests for a connection, see `ProviderApi`. `signal` breaks them off. */
export function apiOfGrant(
  context: Context,
  provider: ConfiguredProvider,
  grant: Grant,
  signal: AbortSignal,
): ProviderApi {
  return apiOf(async (path, init) => {
    const ask = async (token: string) => {
      await takeQuota(context, provider)
      return fetchProvider(provider.apiUrl + path, withToken(init, token), { signal })
    }
    let token = await readAccessToken(context, provider, grant, { signal })
    for (let tried = 1; ; tried++) {
      const response = await ask(token)
      if (response.status !== 401) return read(context, provider, path, response)
      await refuseIfNotAllowed(provider, path, response)
      if (tried === MOST_TOKENS) {
        throw new ProviderError('revoked', `${provider.name} does not take a fresh token`, { status: 401 })
      }
      token = await readAccessToken(context, provider, grant, { refused: token, signal })
    }
  })
}

async function read({ now }: Context, provider: ConfiguredProvider, path: string, response: Response) {
  await requireSuccess(response, `${provider.name} ${pathOf(path)}`, now())
  return readJson(response)
}

/** A 401 that no fresh token mends. */
async function refuseIfNotAllowed(provider: ConfiguredProvider, path: string, response: Response): Promise<void> {
  const body = await readJson(response).catch(() => undefined)
  if (provider.isNotAllowed?.(body) === true) {
    throw new ProviderError('refused', `${provider.name} ${pathOf(path)} was not allowed`, { status: 401 })
  }
}

type Init = { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string }

function apiOf(send: (path: string, init: Init) => Promise<unknown>): ProviderApi {
  return {
    getJson: async (path, query = {}) => {
      const parameters = new URLSearchParams(query).toString()
      return send(requirePath(path) + (parameters === '' ? '' : `?${parameters}`), { method: 'GET' })
    },
    postJson: async (path, body) =>
      send(requirePath(path), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

/** The token goes to the provider's own host, whatever an answer of it made part of a path. */
function requirePath(path: string): string {
  if (path.startsWith('/')) return path
  throw new ProviderError('undocumented', 'a path of the provider does not begin with a slash')
}

const withToken = (init: Init, token: string) => ({
  ...init,
  headers: { accept: 'application/json', ...init.headers, authorization: `Bearer ${token}` },
})

/** Without the query: a page's token is nobody's business. */
const pathOf = (path: string) => path.split('?')[0]!
