import type { AddressInfo } from 'node:net'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { widgetRoutes } from '../../src/widget/routes.ts'
import type { ProviderList, ProviderState } from '../../widget/src/provider-list.ts'

type Handle = (request: FastifyRequest, reply: FastifyReply) => unknown

/** The widget's page, and the routes that it calls, answered as the test says: also what a server seldom answers. */
export type ConnectApi = {
  url: string
  list: Handle
  redirect: Handle
  disconnect: Handle
  stop: () => Promise<void>
}

export async function startConnectApi(): Promise<ConnectApi> {
  const app = fastify()
  await app.register(widgetRoutes)
  const api: ConnectApi = {
    url: '',
    list: () => aList(),
    redirect: (request, reply) =>
      reply.type('text/plain').send(`${api.url}/elsewhere${new URL(request.url, api.url).search}`),
    disconnect: () => ({ message: 'The user is disconnected.' }),
    stop: () => app.close(),
  }
  app.get('/connect/providers', (request, reply) => api.list(request, reply))
  app.get('/connect/redirect', (request, reply) => api.redirect(request, reply))
  app.delete('/connect/user/providers/:provider', (request, reply) => api.disconnect(request, reply))
  app.get('/elsewhere', (_request, reply) => reply.type('text/html').send('<!doctype html><title>Elsewhere</title>'))
  await app.listen({ host: '127.0.0.1', port: 0 })
  api.url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return api
}

/** As the Devices API words a refusal. */
export const refuse =
  (status: number, detail: string, headers: Record<string, string> = {}): Handle =>
  (_request, reply) =>
    reply.code(status).headers(headers).send({ status, name: 'NAME', title: 'NameError', detail })

const provider = (name: string, label: string, more: Partial<ProviderState> = {}): ProviderState => ({
  name,
  label,
  connected: false,
  available: true,
  how: 'redirect',
  ...more,
})

/** One of each kind: connected, to be connected, in the app, unavailable. */
export const aList = (more: Partial<ProviderList> = {}): ProviderList => ({
  environment: 'live',
  providers: [
    provider('apple', 'Apple Health', { how: 'app' }),
    provider('dexcom', 'Dexcom', { available: false, reason: 'Dexcom cannot be connected here yet.' }),
    provider('fitbit', 'Fitbit'),
    provider('google', 'Google Health'),
    provider('oura', 'Oura', { connected: true, connected_at: '2025-11-03T08:00:00Z' }),
    provider('whoop', 'WHOOP', { available: false }),
  ],
  ...more,
})
