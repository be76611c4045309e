import type { Context } from '../context.ts'
import type { ProviderApi } from '../providers/provider.ts'
import { ProviderError } from '../providers/provider-error.ts'
import type { ConfiguredProvider } from './live-providers.ts'
import { fetchProvider, readJson, requireSuccess } from './provider-http.ts'

/** Requests with a token that was just given: a 401 is a refusal. */
export const apiWithToken = (context: Context, provider: ConfiguredProvider, token: string): ProviderApi =>
  apiOf(async (path, init) => {
    const response = await fetchProvider(provider.apiUrl + path, withToken(init, token))
    await requireSuccess(response, `${provider.name} ${pathOf(path)}`, context.now())
    return readJson(response)
  })

type Init = { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string }

function apiOf(send: (path: string, init: Init) => Promise<unknown>): ProviderApi {
  return {
    getJson: (path, query = {}) => {
      const parameters = new URLSearchParams(query).toString()
      return send(requirePath(path) + (parameters === '' ? '' : `?${parameters}`), { method: 'GET' })
    },
    postJson: (path, body) =>
      send(requirePath(path), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

/** The token goes to the provider's own host, whatever an answer of it made part of a path. */
function requirePath(path: string): string {
  if (!path.startsWith('/'))
    throw new ProviderError('undocumented', 'a path of the provider does not begin with a slash')
  return path
}

const withToken = (init: Init, token: string) => ({
  ...init,
  headers: { accept: 'application/json', ...init.headers, authorization: `Bearer ${token}` },
})

/** Without the query: a page's token is nobody's business. */
const pathOf = (path: string) => path.split('?')[0]!
