import { createAccount } from '../../src/accounts/create-account.ts'
import { createKey } from '../../src/accounts/keys.ts'
import { type Answer, call } from './api.ts'
import type { TestServer } from './server.ts'

type Options = { key?: string; headers?: Record<string, string> }

/** The Studies API of one server, as a portal asks it: with `Authorization: Bearer`, and the live key unless told otherwise. */
export function studiesOf(server: TestServer) {
  const ask = (method: string, path: string, json?: unknown, { key = server.keys.live, headers }: Options = {}) =>
    call(server, method, `/api${path}`, { token: key, json, ...(headers === undefined ? {} : { headers }) })
  const make =
    (path: string, defaults: object) =>
    async (more: object = {}, key?: string): Promise<any> =>
      expectStatus(201, await ask('POST', path, { ...defaults, ...more }, key === undefined ? {} : { key }))
  const patch = (path: string, json: object): Promise<Answer> => ask('PATCH', path, json)
  return {
    ask,
    patch,
    createStudy: make('/studies', { name: 'Sleep' }),
    createBattery: make('/batteries', { name: 'Attention' }),
    createParticipant: make('/participants', {}),
    createSession: make('/sessions', {}),
    /** A study that takes enrolments. */
    createActiveStudy: async (more: object = {}): Promise<any> => {
      const { id } = expectStatus(201, await ask('POST', '/studies', { name: 'Sleep', ...more }))
      return expectStatus(200, await patch(`/studies/${id}`, { status: 'active' }))
    },
  }
}

export function expectStatus(status: number, answer: Answer): any {
  if (answer.status !== status) throw new Error(`${answer.status}, not ${status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** A secret key of an account of its own. */
export async function newTenantKey({ context: { prisma } }: TestServer): Promise<string> {
  const { live } = await createAccount(prisma, 'other')
  return createKey(prisma, live, 'secret')
}
