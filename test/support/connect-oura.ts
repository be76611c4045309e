import { call } from './api.ts'
import { begin } from './connecting.ts'
import type { OuraServer } from './oura-server.ts'
import type { TestServer } from './server.ts'

/** What a server needs to know of the stand-in. */
export const ouraEnvironment = (oura: OuraServer) => ({
  OURA_CLIENT_ID: oura.client.id,
  OURA_CLIENT_SECRET: oura.client.secret,
  OURA_BASE_URL: oura.url,
})

type Consent = { decision?: 'allow' | 'deny'; scopes?: string[] }

/**
 * Connects Oura as a person with a browser does: a connect token, the page of consent, its button, and back. Returns
 * where the browser ends up. `scopes` are those that stay ticked; all of them where absent.
 */
export async function connectOura(
  server: TestServer,
  oura: OuraServer,
  userId: string,
  { decision = 'allow', scopes }: Consent = {},
): Promise<string> {
  const { body } = await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key: server.keys.live })
  const begun = await begin(server, { 'api-token': body.token })
  if (begun.status !== 200) throw new Error(`not begun: ${begun.status} ${JSON.stringify(begun.body)}`)
  const page = await fetch(begun.body)
  if (page.status !== 200) throw new Error(`no page: ${await page.text()}`)
  const form = new URLSearchParams({ decision })
  for (const [, name, value] of (await page.text()).matchAll(
    /<input type="(?:hidden|checkbox)" name="(\w+)" value="([^"]*)"/g,
  )) {
    if (name !== 'allow' || scopes === undefined || scopes.includes(value!))
      form.append(name!, value!.replaceAll('&amp;', '&'))
  }
  const decided = await fetch(`${oura.url}/oauth/decision`, { method: 'POST', body: form, redirect: 'manual' })
  const back = await fetch(decided.headers.get('location')!, { redirect: 'manual' })
  return back.headers.get('location') ?? `${back.status}`
}
