import { z } from 'zod'
import { ProviderError } from '../provider-error.ts'
import type { ProviderApplication } from '../provider.ts'

/** Of the types that are read, those that https://developers.google.com/health/data-types has with webhook support. */
const dataTypes = [
  'steps',
  'distance',
  'floors',
  'altitude',
  'exercise',
  'heart-rate',
  'daily-resting-heart-rate',
  'heart-rate-variability',
  'daily-oxygen-saturation',
  'respiratory-rate-sleep-summary',
  'daily-sleep-temperature-derivations',
  'blood-glucose',
  'weight',
  'body-fat',
  'height',
  'sleep',
]

const Subscribers = z.looseObject({
  subscribers: z.array(z.looseObject({ name: z.string(), state: z.string().optional() })).default([]),
})
const Operation = z.looseObject({ error: z.looseObject({ code: z.number() }).optional() })

/**
 * Makes this server the subscriber `id` of a Google Cloud project, of everybody who consents; one that is there already is
 * brought up to date. Google asks the endpoint before it answers, so the server must be running. Returns the subscriber's
 * state, `ACTIVE` when all is well. The token must be of somebody who may edit subscribers: an application's own
 * credentials may not (https://developers.google.com/health/reference/rest/v4/projects.subscribers). Throws ProviderError.
 */
export async function ensureSubscriber(
  { callbackUrl, pushSecret, request }: ProviderApplication,
  { project, id, accessToken }: { project: string; id: string; accessToken: string },
): Promise<string> {
  const collection = `/v4/projects/${encodeURIComponent(project)}/subscribers`
  const headers = { authorization: `Bearer ${accessToken}` }
  const find = async () => {
    const answer = Subscribers.safeParse(await request('GET', collection, { headers, query: { pageSize: '1000' } }))
    if (!answer.success) throw new ProviderError('undocumented', 'Google Health: subscribers are not as documented')
    return answer.data.subscribers.find(({ name }) => name.endsWith(`/subscribers/${id}`))
  }
  const json = {
    endpointUri: callbackUrl,
    subscriberConfigs: [{ dataTypes, subscriptionCreatePolicy: 'AUTOMATIC' }],
    endpointAuthorization: { secret: `Bearer ${pushSecret}` },
  }
  const isThere = (await find()) !== undefined
  const updateMask = 'endpoint_uri,subscriber_configs,endpoint_authorization'
  const operation = isThere
    ? await request('PATCH', `${collection}/${id}`, { headers, json, query: { updateMask } })
    : await request('POST', collection, { headers, json, query: { subscriberId: id } })
  const code = Operation.safeParse(operation).data?.error?.code
  if (code !== undefined) throw new ProviderError('refused', `Google Health did not take the subscriber: code ${code}`)
  return (await find())?.state ?? 'STATE_UNSPECIFIED'
}
