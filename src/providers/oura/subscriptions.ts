import type { ProviderApplication } from '../provider.ts'
import { parse } from './read-collection.ts'
import { Subscriptions } from './schemas.ts'

const PATH = '/v2/webhook/subscription'
/** What we read and Oura tells of: heart rates have no events, and come with the next activity. */
export const dataTypes = ['sleep', 'daily_activity', 'daily_spo2', 'workout', 'vo2_max']
const eventTypes = ['create', 'update', 'delete']
/** Oura does not say how long a subscription lasts, and what has expired tells nothing. */
const RENEW_BEFORE_MS = 14 * 86_400_000

/**
 * One subscription for each type and event, renewed in time; those of other callback URLs are somebody else's. While one
 * is made, Oura asks our callback URL for its challenge. Throws ProviderError.
 */
export async function ensureSubscriptions(application: ProviderApplication): Promise<void> {
  const { callbackUrl, clientId, clientSecret, pushSecret } = application
  const headers = { 'x-client-id': clientId, 'x-client-secret': clientSecret }
  const all = parse(Subscriptions, await application.request('GET', PATH, { headers }), 'list of subscriptions')
  const own = all.filter((each) => each.callback_url === callbackUrl)
  for (const data_type of dataTypes) {
    for (const event_type of eventTypes) {
      const found = own.find((each) => each.data_type === data_type && each.event_type === event_type)
      if (found === undefined) {
        const json = { callback_url: callbackUrl, verification_token: pushSecret, event_type, data_type }
        await application.request('POST', PATH, { headers, json })
      } else if (!(Date.parse(found.expiration_time) > Date.now() + RENEW_BEFORE_MS)) {
        await application.request('PUT', `${PATH}/renew/${found.id}`, { headers })
      }
    }
  }
}
