import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Context } from '../context.ts'
import { batteryRoutes } from './battery-routes.ts'
import { participantRoutes } from './participant-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { studyRoutes } from './study-routes.ts'

/** Studies API, for research portals. Register below /api, where secret keys and access tokens are required. */
export const studiesRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  for (const routes of [studyRoutes, batteryRoutes, participantRoutes, sessionRoutes]) {
    await app.register(routes, { context })
  }
}
