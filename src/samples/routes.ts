import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { requireSecretKey, requireUserToken } from '../accounts/authenticate.ts'
import type { Context } from '../context.ts'
import { prefersLenient } from '../http/prefer.ts'
import { errorsOf, HouseError } from '../http/schemas.ts'
import { deleteSamples } from './delete-samples.ts'
import { ingestSamples } from './ingest-samples.ts'
import { readBatch } from './read-batch.ts'
import { readSamples } from './read-samples.ts'
import { DeletedSamples, IngestResult, SampleBatch, SamplePage, SampleRange, SamplesQuery } from './schemas.ts'

const MAX_BATCH_BYTES = 2 * 1024 * 1024

/** `ingest` is what stores a batch; the benchmark puts one in its place that stores nothing. */
type Options = { context: Context; ingest?: typeof ingestSamples }

/** Samples API, for mobile apps and, to read back, for partner servers. */
export const sampleRoutes: FastifyPluginAsyncZod<Options> = async (app, { context, ingest = ingestSamples }) => {
  const asUser = requireUserToken(context)
  const limited = { rateLimit: { max: context.config.rateLimits.samples } }

  app.post(
    '/api/v1.1/samples',
    {
      onRequest: asUser,
      bodyLimit: MAX_BATCH_BYTES,
      config: limited,
      schema: {
        operationId: 'sendSamples',
        tags: ['Samples'],
        summary: 'Store a batch of samples',
        description:
          'Answers once the samples are committed. One bad sample refuses the batch, unless the request says ' +
          '`Prefer: handling=lenient`: then the good ones are stored and the bad ones listed.',
        security: [{ userToken: [] }],
        body: SampleBatch,
        response: { 200: IngestResult, ...errorsOf(HouseError, 400, 401, 413, 415, 422, 429, 503) },
      },
      // Judged sample by sample in `readBatch`, so that the good ones of a lenient batch can be stored.
      validatorCompiler: () => (body) => ({ value: body }),
    },
    async (request, reply) => {
      const lenient = prefersLenient(request)
      if (lenient) reply.header('preference-applied', 'handling=lenient')
      return ingest(context, request.grant, readBatch(request.body, lenient))
    },
  )

  app.get(
    '/api/v1.1/samples',
    {
      onRequest: requireSecretKey(context),
      schema: {
        operationId: 'readSamples',
        tags: ['Samples'],
        summary: 'The raw samples that start in [start, end), in time order',
        querystring: SamplesQuery,
        response: { 200: SamplePage, ...errorsOf(HouseError, 400, 401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => readSamples(context.pool, request.tenant, request.query),
  )

  app.delete(
    '/api/v1.1/samples',
    {
      onRequest: asUser,
      config: limited,
      schema: {
        operationId: 'deleteSamples',
        tags: ['Samples'],
        summary: 'Remove what starts in [start, end), and recompute the days',
        security: [{ userToken: [] }],
        body: SampleRange,
        response: { 200: DeletedSamples, ...errorsOf(HouseError, 400, 401, 415, 422, 429, 503) },
      },
    },
    async (request) => deleteSamples(context, request.grant, request.body),
  )
}
