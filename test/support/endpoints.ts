import { type Answer, call } from './api.ts'
import type { TestServer } from './server.ts'

type Options = { json?: unknown; key?: string }

/** The webhook endpoints of one server, as a partner manages them; with the live key unless told otherwise. */
export function endpointsOf(server: Pick<TestServer, 'url' | 'keys'>) {
  const ask = (method: string, path: string, { json, key = server.keys.live }: Options = {}): Promise<Answer> =>
    call(server, method, `/api/webhooks${path}`, { key, json })
  return {
    ask,
    /** A new endpoint for every event, unless told otherwise. */
    create: async (url: string, more: object = {}, key?: string) => {
      const json = { url, events: ['*'], ...more }
      const answer = await ask('POST', '', { json, ...(key === undefined ? {} : { key }) })
      if (answer.status !== 201) throw new Error(`no endpoint: ${JSON.stringify(answer.body)}`)
      return answer.body as { id: string; secret: string }
    },
  }
}
