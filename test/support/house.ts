import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A route of the house API, as the API's document has it. */
export type HouseRoute = {
  id: string
  method: string
  /** With the names of its parameters in braces. */
  template: string
  isList: boolean
  takesBody: boolean
  parameters: { name: string; in: string }[]
}

/** What each route that takes a body can be sent; those of actions may be left out. */
export const bodies: Record<string, object> = {
  createStudy: { name: 'Sleep' },
  changeStudy: { name: 'Other' },
  createBattery: { name: 'Memory' },
  changeBattery: { name: 'Other' },
  createParticipant: { study_id: 1 },
  changeParticipant: { email: 'a@example.org' },
  createSession: { participant_id: 'P001', battery_id: 'battery_1' },
  changeSession: { scheduled_at: '2026-01-01T00:00:00Z' },
  createWebhook: { url: 'https://example.com/hook', events: ['a.b'] },
  changeWebhook: { description: 'Other' },
  rotateWebhookSecret: {},
  testWebhook: {},
  recoverWebhook: { since: '2026-01-01T00:00:00Z' },
  resendWebhookMessage: {},
}

/** Every route of ours that is not bound to another published format, out of the committed document. */
export async function readHouseRoutes(): Promise<HouseRoute[]> {
  const { paths } = JSON.parse(await readFile(join(import.meta.dirname, '../../openapi/openapi.json'), 'utf8'))
  return Object.entries<Record<string, any>>(paths)
    .filter(([path]) => path === '/changes' || (path.startsWith('/api/') && !path.includes('/samples')))
    .flatMap(([template, operations]) =>
      Object.entries(operations).map(([method, { operationId, parameters = [], requestBody, responses }]) => ({
        id: operationId,
        method: method.toUpperCase(),
        template,
        isList: JSON.stringify(responses['200'] ?? {}).includes('Page"') && template !== '/changes',
        takesBody: requestBody !== undefined,
        parameters,
      })),
    )
}
