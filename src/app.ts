import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { requireOrganization, requireSecretKey } from './accounts/authenticate.ts'
import { oauthRoutes } from './accounts/routes.ts'
import { appleRoutes } from './apple/routes.ts'
import { PREFIX } from './care/json-api/api.ts'
import { answerDocuments, careRoutes } from './care/routes.ts'
import { careDialect } from './care/json-api/dialect.ts'
import { pushRoutes } from './backfills/push-routes.ts'
import { backfillRoutes } from './backfills/routes.ts'
import { makeSandboxDays } from './backfills/sandbox-days.ts'
import { browserRoutes } from './connect/browser-routes.ts'
import { connectRoutes, connectTokenRoutes, userTokenRoutes } from './connect/routes.ts'
import { connectSettingsRoutes } from './connect/settings-routes.ts'
import type { Context } from './context.ts'
import { injectFaults } from './faults/inject-faults.ts'
import { batchDialect, devicesDialect, houseDialect, oauthDialect, setDialect } from './http/dialects.ts'
import { answerChosenFields } from './http/choose-fields.ts'
import { closeConnectionsOnStop } from './http/close-connections.ts'
import { allowOrigins } from './http/cors.ts'
import { takeEmptyBodies } from './http/empty-bodies.ts'
import { inflateBodies } from './http/inflate.ts'
import { takeJson } from './http/json-bodies.ts'
import { documentRoutes, serveDocument } from './http/openapi.ts'
import { operationsRoutes } from './http/operations.ts'
import { limitRates, shareLimit } from './http/rate-limit.ts'
import { answerWithRequestId, requestIdOf } from './http/request-id.ts'
import { logRequests } from './http/request-log.ts'
import { answerUnknown, refuseUnknown } from './http/unknown-paths.ts'
import { answerUnreadable, answerUnroutable, ignoreExpectations } from './http/unreadable-requests.ts'
import type { ingestSamples } from './samples/ingest-samples.ts'
import { sampleRoutes } from './samples/routes.ts'
import { studiesRoutes } from './studies/routes.ts'
import { summaryRoutes, userSettingsRoutes } from './summaries/routes.ts'
import { userRoutes } from './users/routes.ts'
import { deliveryRoutes } from './webhooks/delivery-routes.ts'
import { endpointActionRoutes, endpointRoutes } from './webhooks/endpoint-routes.ts'
import { changeRoutes, settingsRoutes } from './webhooks/routes.ts'
import { widgetRoutes } from './widget/routes.ts'

const MAX_BODY_BYTES = 256 * 1024
const REQUEST_TIMEOUT_MS = 60_000

/** The whole API: every plugin and route, ready to listen. `ingest` stands in for storing samples in benchmarks. */
export async function buildApp(context: Context, ingest?: typeof ingestSamples): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = context.log
  const { corsOrigins } = context.config
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    // The house API is served below both; what has a version of its own, such as /api/v2/samples, not below another.
    rewriteUrl: ({ url = '/' }) => url.replace(/^\/api\/v1\/(?!v|%76)/, '/api/'),
    frameworkErrors: (error, request, reply) => {
      const dialect = request.url.startsWith(`${PREFIX}/`) ? careDialect : houseDialect
      void answerUnroutable(error, request, reply, { dialect, corsOrigins, countFailure })
    },
    clientErrorHandler: answerUnreadable,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: context.config.trustProxy.length > 0 ? context.config.trustProxy : false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
    // On a stop, idle keep-alive connections are closed and requests under way finish.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  })
  ignoreExpectations(app)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.removeContentTypeParser('text/plain')
  takeJson(app)

  answerWithRequestId(app)
  allowOrigins(app, corsOrigins)
  closeConnectionsOnStop(app)
  logRequests(app, context.metrics)
  await documentRoutes(app)
  await inflateBodies(app)
  const countFailure = await limitRates(app, context.config)
  setDialect(app, houseDialect, countFailure)
  refuseUnknown(app)
  const limitAttempts = shareLimit(app, 'authentication', context.config.rateLimits.authentication)

  await app.register(operationsRoutes, { context })
  await app.register(widgetRoutes)
  injectFaults(app, context)
  await app.register(changeRoutes, { context })
  await app.register(pushRoutes, { context })
  await app.register(async (samples) => {
    setDialect(samples, batchDialect, countFailure)
    await samples.register(sampleRoutes, { context, ...(ingest === undefined ? {} : { ingest }) })
  })
  await app.register(async (tokens) => {
    takeEmptyBodies(tokens)
    await tokens.register(userTokenRoutes, { context, limitAttempts })
  })

  await app.register(async (house) => {
    takeEmptyBodies(house)
    answerChosenFields(house)
    house.addHook('onRequest', requireOrganization(context))
    await house.register(endpointRoutes, { context })
    await house.register(endpointActionRoutes, { context })
    await house.register(deliveryRoutes, { context })
    await house.register(async (studies) => {
      studies.addHook('onRequest', shareLimit(app, 'studies', context.config.rateLimits.studies))
      await studies.register(studiesRoutes, { context, prefix: '/api' })
    })
  })

  await app.register(async (oauth) => {
    setDialect(oauth, oauthDialect, countFailure)
    await oauth.register(oauthRoutes, { context, limitAttempts })
  })

  await app.register(async (devices) => {
    setDialect(devices, devicesDialect, countFailure)
    takeEmptyBodies(devices)
    await devices.register(appleRoutes, { context })
    await devices.register(connectTokenRoutes, { context })
    await devices.register(browserRoutes, { context })
    await devices.register(async (keyed) => {
      keyed.addHook('onRequest', requireSecretKey(context))
      await keyed.register(userRoutes, { context })
      await keyed.register(connectRoutes, { context })
      await keyed.register(connectSettingsRoutes, { context })
      await keyed.register(backfillRoutes, { context })
      const prepareDay = makeSandboxDays.bind(undefined, context)
      await keyed.register(summaryRoutes, { context, prepareDay })
      await keyed.register(userSettingsRoutes, { context })
      await keyed.register(settingsRoutes, { context })
    })
  })

  await app.register(
    async (care) => {
      setDialect(care, careDialect, countFailure)
      answerDocuments(care)
      answerUnknown(care)
      await care.register(careRoutes, { context, limitAttempts })
    },
    { prefix: PREFIX },
  )

  await serveDocument(app)
  return app
}
