type Subscriber = { name: string; endpointUri: string; state: string; authorization: string; dataTypes: string[] }
type Answer = { status: number; body: unknown }

/** What gcloud would print. */
export const projectToken = 'ya29.of-the-project'

/**
 * `projects.subscribers` of the Google Health API. `verify` posts to an endpoint with the secret and without, and gives
 * the statuses; http endpoints are taken, for tests have no certificates.
 */
export function keepSubscribers(verify: (to: string, authorization: string) => Promise<number[]>) {
  const subscribers = new Map<string, Subscriber>()

  async function keep(id: string, json: any): Promise<Answer> {
    const { endpointUri, subscriberConfigs, endpointAuthorization } = json
    const [config] = subscriberConfigs ?? []
    const isWhole =
      /^[a-z][a-z0-9-]{2,34}[a-z0-9]$/.test(id) && /^(Bearer|Basic) \S/.test(endpointAuthorization?.secret)
    if (!isWhole || config?.subscriptionCreatePolicy !== 'AUTOMATIC' || config.dataTypes.length === 0)
      return failed(400)
    const [withSecret, without] = await verify(endpointUri, endpointAuthorization.secret)
    if (withSecret !== 201 || (without !== 401 && without !== 403)) return failed(400, 'FAILED_PRECONDITION')
    const name = `projects/health/subscribers/${id}`
    const { secret: authorization } = endpointAuthorization
    subscribers.set(id, { name, endpointUri, state: 'ACTIVE', authorization, dataTypes: config.dataTypes })
    return { status: 200, body: { name: 'operations/1', done: true, response: { name } } }
  }

  return {
    subscribers,
    answer: async (method: string, url: URL, authorization: string | undefined, body: string): Promise<Answer> => {
      if (authorization !== `Bearer ${projectToken}`) return failed(403, 'PERMISSION_DENIED')
      const [, id] = /^\/v4\/projects\/health\/subscribers(?:\/([^/]+))?$/.exec(url.pathname) ?? []
      if (method === 'POST' && id === undefined) {
        const chosen = url.searchParams.get('subscriberId') ?? ''
        return subscribers.has(chosen) ? failed(409, 'ALREADY_EXISTS') : keep(chosen, JSON.parse(body))
      }
      if (method === 'PATCH' && id !== undefined) {
        return subscribers.has(id) ? keep(id, JSON.parse(body)) : failed(404, 'NOT_FOUND')
      }
      const listed = [...subscribers.values()].map(({ name, endpointUri, state }) => ({ name, endpointUri, state }))
      return { status: 200, body: { subscribers: listed } }
    },
  }
}

const failed = (code: number, status = 'INVALID_ARGUMENT'): Answer => ({
  status: code,
  body: { error: { code, status } },
})
