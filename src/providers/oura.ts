import { isNotAllowed, parse } from './oura/read-collection.ts'
import { readDay } from './oura/read-day.ts'
import { receivePush } from './oura/push.ts'
import { PersonalInfo } from './oura/schemas.ts'
import { ensureSubscriptions } from './oura/subscriptions.ts'
import type { Provider, ProviderApi } from './provider.ts'

/**
 * The Oura API v2. Sources: its OpenAPI document (https://cloud.ouraring.com/v2/static/json/openapi-1.35.json; versions
 * 1.29 to 1.37 were compared where they could be had) and https://cloud.ouraring.com/docs/authentication. Where they
 * contradict each other, or what people report of the API itself, the comment beside the code says so.
 *
 * Left out, as we have no type for it: scores and their contributors, readiness, stress, resilience, cardiovascular age,
 * breathing disturbance, the deviation of the skin's temperature (there is no temperature to it), METs and classes of
 * activity by the minute, times of low activity, rest and non-wear, sessions, tags, rest mode. Left out besides: age,
 * height and weight, which the person typed in at no known time.
 */
export const oura = {
  name: 'oura',
  label: 'Oura',
  live: {
    oauth: {
      authorizationUrl: 'https://cloud.ouraring.com/oauth/authorize',
      tokenUrl: 'https://api.ouraring.com/oauth/token',
      // As clients of Oura call it: `POST /oauth/revoke?access_token=`.
      revocationUrl: 'https://api.ouraring.com/oauth/revoke',
      revocationParameter: 'access_token',
      // The OpenAPI document lists `spo2Daily`, and no `heart_health`: the consent page leaves out words that it does not
      // know, and the API then asks for these two by name.
      scopes: ['daily', 'heartrate', 'workout', 'spo2', 'heart_health'],
      clientAuthentication: 'post',
      // Not documented.
      usesPkce: false,
    },
    apiUrl: 'https://api.ouraring.com',
    configuration: 'oura',
    // "Oura HTTP Response Codes" up to 1.33. Later versions name no figure, and a limit of each token besides: it is told
    // by 429 and Retry-After.
    rate: { requests: 5000, perSeconds: 300 },
    identify,
    readDay,
    isNotAllowed,
    push: { receive: receivePush, ensureSubscriptions },
  },
} as const satisfies Provider

/** "You can access the id on the personal_info route with any access token": pushes name the person so. */
async function identify(api: ProviderApi): Promise<string> {
  return parse(PersonalInfo, await api.getJson('/v2/usercollection/personal_info'), 'personal_info').id
}
