import { call } from './api.ts'
import type { TestServer } from './server.ts'

let users = 0

/** A new user, and the link that a partner opens for it. */
export async function createConnectLink(
  server: TestServer,
  { key = server.keys.sandbox, ...parameters }: { key?: string } & Record<string, string> = {},
): Promise<{ userId: string; link: string; connected: () => Promise<string[]> }> {
  const { userId } = (await call(server, 'POST', `/user?appUserId=linked-${process.pid}-${users++}`, { key })).body
  const { token } = (await call(server, 'GET', `/user/connect/token?userId=${userId}`, { key })).body
  return {
    userId,
    link: `${server.url}/widget/?${new URLSearchParams({ token, ...parameters }).toString()}`,
    connected: async () =>
      (await call(server, 'GET', `/user/${userId}/connected-providers`, { key })).body.connectedProviders,
  }
}
