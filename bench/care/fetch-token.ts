import { randomBytes } from 'node:crypto'
import { request } from 'undici'
import { fromWireId } from '../../src/care/ids.ts'
import type { ServerProcess } from '../server-process.ts'

export type CareToken = {
  /** As the database has it, and as the API does. */
  tenantId: string
  organization: string
  /** How many resources the answer has. */
  get: (path: string) => Promise<number>
  /** The whole answer. */
  read: (path: string) => Promise<{ data: { id: string }[]; links: Record<string, string> }>
}

type TokenDocument = {
  data: { attributes: { access_token: string }; relationships: { organization: { data: { id: string } } } }
}

/** The client that `startServerProcess` lets every server have. */
export const CLIENT = { id: 'bench', secret: randomBytes(32).toString('base64url') }

/** A token of the whole organization. */
export async function fetchToken({ url }: ServerProcess): Promise<CareToken> {
  const body = JSON.stringify({ grant_type: 'client_credentials', client_id: CLIENT.id, client_secret: CLIENT.secret })
  const answer = await request(new URL('/pub/oauth/token', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  if (answer.statusCode !== 201) throw new Error(`no token: ${answer.statusCode} ${await answer.body.text()}`)
  const { data } = (await answer.body.json()) as TokenDocument
  const headers = { authorization: `Bearer ${data.attributes.access_token}` }
  const organization = data.relationships.organization.data.id
  const read = async (path: string) => {
    const page = await request(new URL(path, url), { headers })
    const text = await page.body.text()
    if (page.statusCode !== 200) throw new Error(`${path}: ${page.statusCode} ${text}`)
    return JSON.parse(text) as Awaited<ReturnType<CareToken['read']>>
  }
  return {
    tenantId: fromWireId(organization)!,
    organization,
    read,
    get: async (path) => (await read(path)).data.length,
  }
}
