import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Context } from '../context.ts'
import { batteryRoutes } from './battery-routes.ts'
import { participantRoutes } from './participant-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { studyRoutes } from './study-routes.ts'

/** `isHidden` from the API's document, as the same routes below another prefix are. */
export type StudiesOptions = { context: Context; isHidden?: boolean }

/** Studies API, for research portals. Register where secret keys and access tokens are required. */
export const studiesRoutes: FastifyPluginAsyncZod<StudiesOptions> = async (app, options) => {
  const { context, isHidden = false } = options
  for (const routes of [studyRoutes, batteryRoutes, participantRoutes, sessionRoutes]) {
    await app.register(routes, { context, isHidden })
  }
}
