import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { requireSecretKey } from '../accounts/authenticate.ts'
import { readJson, takeJsonAs } from '../http/json-bodies.ts'
import { requireCareToken, speakForOrganization } from './authenticate-care.ts'
import { MEDIA_TYPE } from './json-api/api.ts'
import { registerResource } from './json-api/routes.ts'
import { careApi } from './resources.ts'
import { type CareOptions, tokenRelationRoutes, tokenRoutes } from './token-routes.ts'

/** Everything that `app` answers is a document, errors included. */
export function answerDocuments(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-type', MEDIA_TYPE)
  })
  // The schemas of answers describe them. What is stored was checked when it came, perhaps by other rules.
  app.setSerializerCompiler(() => JSON.stringify)
}

/** The Care API (JSON:API 1.0), below /pub. */
export const careRoutes: FastifyPluginAsync<CareOptions> = async (app, { context, limitAttempts }) => {
  takeJsonAs(app, MEDIA_TYPE, readJson)
  await app.register(tokenRoutes, { context, limitAttempts })
  await app.register(async (authenticated) => {
    authenticated.addHook('onRequest', requireCareToken(context))
    await authenticated.register(tokenRelationRoutes, { context })
    for (const resource of careApi.resources) registerResource(authenticated, context, careApi, resource, 'published')
  })
  await app.register(async (administered) => {
    administered.addHook('onRequest', requireSecretKey(context))
    administered.addHook('onRequest', speakForOrganization)
    for (const resource of careApi.resources) registerResource(administered, context, careApi, resource, 'extension')
  })
}
