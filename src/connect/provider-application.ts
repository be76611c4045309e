import { createHmac } from 'node:crypto'
import type { Context } from '../context.ts'
import type { ProviderApplication } from '../providers/provider.ts'
import { atBaseUrl, type ConfiguredProvider } from './live-providers.ts'
import { fetchProvider, readJson, requireSuccess } from './provider-http.ts'

/** What a provider's code may use of the application: see `ProviderApplication`. */
export function applicationOf(
  { now }: Pick<Context, 'now'>,
  { name, apiUrl, application }: ConfiguredProvider,
  publicUrl: string,
): ProviderApplication {
  const { clientId, clientSecret, baseUrl } = application
  return {
    clientId,
    clientSecret,
    apiUrl,
    callbackUrl: `${publicUrl}/providers/${name}/push`,
    pushSecret: createHmac('sha256', clientSecret).update(`push of ${name}`).digest('base64url'),
    request: async (method, pathOrUrl, { query = {}, headers = {}, json, form } = {}) => {
      const url = new URL(pathOrUrl.startsWith('/') ? apiUrl + pathOrUrl : atBaseUrl(pathOrUrl, baseUrl))
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
      const body = json === undefined ? form?.toString() : JSON.stringify(json)
      const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json'
      const response = await fetchProvider(url.href, {
        method,
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': type }), ...headers },
        ...(body === undefined ? {} : { body }),
      })
      await requireSuccess(response, `${name} ${url.pathname}`, now())
      return readJson(response)
    },
  }
}
