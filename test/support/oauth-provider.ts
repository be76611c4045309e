import { oura } from '../../src/providers/oura.ts'
import { AppError } from '../../src/errors.ts'
import type { Provider, ProviderBatch } from '../../src/providers/provider.ts'

/** A provider that `oauth-server.ts` stands in for. */
const standIn = {
  name: 'oura',
  label: 'Oura',
  live: {
    oauth: {
      authorizationUrl: 'https://consent.example.com/oauth/authorize',
      tokenUrl: 'https://api.example.com/oauth/token',
      revocationUrl: 'https://api.example.com/oauth/revoke',
      scopes: ['days', 'person'],
      authorizationParameters: { prompt: 'consent' },
      clientAuthentication: 'basic',
      usesPkce: true,
    },
    apiUrl: 'https://api.example.com/v1',
    configuration: 'oura',
    rate: { requests: 5000, perSeconds: 300 },
    identify: async (api) => ((await api.getJson('/person')) as { id: string }).id,
    readDay: async function* (api, day) {
      for (let page: string | undefined = '0'; page !== undefined;) {
        const answer = (await api.getJson('/days', { day, page })) as { batches: ProviderBatch[]; next?: string }
        yield* answer.batches
        page = answer.next
      }
    },
    push: {
      receive: ({ method, headers, query, body }, { pushSecret }) => {
        if (method === 'GET') return { status: 200, body: { challenge: query['challenge'] }, changed: [] }
        if (headers['x-signature'] !== pushSecret) throw new AppError('unauthorized', 'The push is not signed.')
        return JSON.parse(body.toString())
      },
      ensureSubscriptions: async ({ request, callbackUrl, pushSecret }) => {
        await request('POST', '/subscriptions', { json: { callbackUrl, pushSecret } })
      },
    },
  },
} as const satisfies Provider

/** For `beforeAll`: in tests of what is common to all providers, it takes Oura's place until the file is done. */
export function replaceOura(): () => void {
  const before = { ...oura }
  Object.assign(oura, standIn)
  return () => void Object.assign(oura, before)
}
