import { z } from 'zod'
import { call } from './http.ts'

const Settings = z.object({ webhookUrl: z.string().nullable(), webhookKey: z.string().nullable() })
export type Settings = z.infer<typeof Settings>

/** The part of an activity that the demo looks at, in answers and in webhooks. */
export const Activity = z.object({
  metadata: z.object({ date: z.string(), source: z.string() }),
  summary: z.object({ movement: z.object({ steps_count: z.number() }).optional() }).optional(),
})

/** A partner's server: what it does with its secret key. */
export type Partner = {
  readSettings: () => Promise<Settings>
  /** '' sends no webhooks. */
  sendWebhooksTo: (webhookUrl: string) => Promise<Settings>
  createUser: (appUserId: string) => Promise<string>
  listProviders: (userId: string) => Promise<string[]>
  deleteUser: (userId: string) => Promise<void>
  mintToken: (userId: string, provider: string) => Promise<string>
  /** The day's steps as the provider counted them; undefined where the service has none. */
  readSteps: (userId: string, provider: string, date: string) => Promise<number | undefined>
}

export function openPartner(serviceUrl: string, key: string): Partner {
  const ask = <Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, schema: z.ZodType<Answer>, json?: object) =>
    call(
      {
        method,
        url: new URL(path, serviceUrl),
        headers: { 'x-api-key': key, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      },
      schema,
    )
  return {
    readSettings: () => ask('GET', '/settings', Settings),
    sendWebhooksTo: (webhookUrl) => ask('POST', '/settings', Settings, { webhookUrl }),
    createUser: async (appUserId) => {
      const path = `/user?appUserId=${encodeURIComponent(appUserId)}`
      return (await ask('POST', path, z.object({ userId: z.string() }))).userId
    },
    listProviders: async (userId) => {
      const answer = z.object({ connectedProviders: z.array(z.string()) })
      return (await ask('GET', `/user/${userId}/connected-providers`, answer)).connectedProviders
    },
    deleteUser: async (userId) => {
      await ask('DELETE', `/user/${userId}`, z.unknown())
    },
    mintToken: async (userId, provider) => {
      const path = `/user/${userId}/token?provider=${provider}`
      return (await ask('POST', path, z.object({ access_token: z.string() }))).access_token
    },
    readSteps: async (userId, provider, date) => {
      const days = await ask('GET', `/activity?userId=${userId}&date=${date}`, z.array(Activity))
      return days.find(({ metadata }) => metadata.source === provider)?.summary?.movement?.steps_count
    },
  }
}
