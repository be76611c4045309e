import { type Answer, call } from './api.ts'
import type { TestServer } from './server.ts'

type Server = Pick<TestServer, 'url' | 'keys'>

let users = 0

/** A new user, and the header of a connect token of theirs. */
export async function newConnectToken(server: Server, key = server.keys.live) {
  const created = await call(server, 'POST', `/user?appUserId=connecting-${users++}`, { key })
  const userId: string = created.body.userId
  const { body } = await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key })
  return { userId, headers: { 'api-token': body.token as string } }
}

export const begin = (server: Server, headers: Record<string, string>, query = 'provider=oura'): Promise<Answer> =>
  call(server, 'GET', `/connect/redirect?${query}`, { headers })

/** Where the provider sends the browser, once the person has agreed. */
export async function agree(authorizationUrl: string): Promise<URL> {
  const answer = await fetch(authorizationUrl, { redirect: 'manual' })
  if (answer.status !== 302) throw new Error(`no consent: ${answer.status} ${await answer.text()}`)
  return new URL(answer.headers.get('location')!)
}

/** The callback on `server`, whatever origin the provider was told. */
export const comeBack = (server: Server, callback: URL, headers: Record<string, string> = {}): Promise<Answer> =>
  call(server, 'GET', callback.pathname + callback.search, { headers })

/** A new user who is connected to Oura, through the whole of it. */
export async function connectUser(server: Server, key?: string) {
  const { userId, headers } = await newConnectToken(server, key)
  const { body } = await begin(server, headers)
  const back = await comeBack(server, await agree(body))
  if (!back.headers.get('location')?.includes('result=connected')) throw new Error(back.headers.get('location') ?? '')
  return { userId, headers }
}
