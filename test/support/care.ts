import { createOAuthClient } from '../../src/accounts/oauth-clients.ts'
import { fromWireId, toWireId } from '../../src/care/ids.ts'
import type { TestServer } from './server.ts'

export const MEDIA_TYPE = 'application/vnd.api+json'

/** A care team's program: asks with a token of its own. */
export type CareClient = {
  id: string
  secret: string
  token: string
  /** The id of its organization, as the API writes it. */
  organization: string
  /** What is answered, as JSON. `body` is sent as it is when it is a string. */
  ask: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<CareAnswer>
}
export type CareAnswer = { status: number; headers: Headers; body: any }

/** A client of the live organization, or of some of its groups, or of the sandbox's. */
export async function connectCare(
  server: TestServer,
  { groups, environment = 'live' }: { groups?: string[]; environment?: 'live' | 'sandbox' } = {},
): Promise<CareClient> {
  const { prisma } = server.context
  const tenant = await prisma.tenant.findFirstOrThrow({ where: { environment } })
  const client = await createOAuthClient(
    prisma,
    tenant.id,
    groups?.map((id) => fromWireId(id)!),
  )
  const { body } = await askCare(server, undefined, 'POST', '/oauth/token', {
    data: {
      type: 'token',
      attributes: { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret },
    },
  })
  const token: string = body.data.attributes.access_token
  return {
    ...client,
    token,
    organization: toWireId(tenant.id),
    ask: (method, path, sent, headers) => askCare(server, token, method, path, sent, headers),
  }
}

export async function askCare(
  server: Pick<TestServer, 'url'>,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<CareAnswer> {
  const response = await fetch(`${server.url}/pub${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': MEDIA_TYPE }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** Creates a group and returns its id. */
export async function createGroup({ ask }: CareClient, name: string): Promise<string> {
  const { body } = await ask('POST', '/group', { data: { type: 'group', attributes: { name } } })
  return body.data.id
}

/** The document of a new patient. */
export const patientIn = (groups: string[], attributes: object = {}) => ({
  type: 'patient',
  attributes,
  relationships: { groups: { data: groups.map((id) => ({ type: 'group', id })) } },
})

/** Creates a patient and returns its id. */
export async function createPatient({ ask }: CareClient, groups: string[], attributes: object = {}): Promise<string> {
  const { body } = await ask('POST', '/patient', { data: patientIn(groups, attributes) })
  return body.data.id
}
