import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { requireKey } from '../accounts/authenticate.ts'
import type { Context } from '../context.ts'
import { DevicesError, errorsOf } from '../http/schemas.ts'
import { readPush } from './read-push.ts'
import { ApplePush, ApplePushResult } from './schemas.ts'
import { storePush } from './store-push.ts'

const MAX_PUSH_BYTES = 8 * 1024 * 1024

/** Devices API: what phones push with the published SDKs. */
export const appleRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.post(
    '/webhook/apple',
    {
      onRequest: requireKey(context),
      bodyLimit: MAX_PUSH_BYTES,
      config: { rateLimit: { max: context.config.rateLimits.samples } },
      schema: {
        operationId: 'pushAppleHealth',
        tags: ['Samples'],
        summary: 'What the published iOS, Flutter and React Native SDKs send',
        description:
          'Takes client keys. HealthKit has merged these totals over its devices already: they are kept apart from raw ' +
          'samples and never added to them. Answers once all is committed.',
        body: ApplePush,
        response: { 200: ApplePushResult, ...errorsOf(DevicesError, 400, 401, 403, 404, 413, 415, 429, 503) },
      },
    },
    async (request) => {
      const pushed = readPush(request.body)
      if (pushed.error !== undefined) request.log.warn('a phone reports that it could not read HealthKit')
      return storePush(context, request.tenant, request.body.metriportUserId, pushed)
    },
  )
}
