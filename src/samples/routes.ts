import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireSecretKey, requireUserToken } from '../accounts/authenticate.ts'
import type { Context } from '../context.ts'
import { parseJson, readJson, readText, takeJsonAs } from '../http/json-bodies.ts'
import { prefersLenient } from '../http/prefer.ts'
import { BatchError, errorsOf } from '../http/schemas.ts'
import { deleteSamples } from './delete-samples.ts'
import { ingestSamples, shareDays, type SharedDays } from './ingest-samples.ts'
import { type BatchBody, readBatch, readGoodBatch } from './read-batch.ts'
import { COLUMNS_MEDIA_TYPE, ColumnBatch } from './read-columns.ts'
import { readSamples } from './read-samples.ts'
import { AnySampleBatch, type BatchVersion, SampleBatch } from './batch-schemas.ts'
import {
  AnySampleRange,
  AnySamplesQuery,
  DeletedSamples,
  IngestResult,
  SamplePage,
  SampleRange,
  SamplesQuery,
} from './schemas.ts'

const MAX_BATCH_BYTES = 2 * 1024 * 1024

/** What the two versions of the API take. The wire forms are the same. */
const versions = [
  {
    version: 'v1.1',
    suffix: '',
    takes: 'steps and heart rate',
    Batch: SampleBatch,
    Query: SamplesQuery,
    Range: SampleRange,
  },
  {
    version: 'v2',
    suffix: 'V2',
    takes: 'every type',
    Batch: AnySampleBatch,
    Query: AnySamplesQuery,
    Range: AnySampleRange,
  },
] as const

/** `ingest` is what stores a batch; the benchmark puts one in its place that stores nothing. */
type Options = { context: Context; ingest?: typeof ingestSamples }

/** Samples API, for mobile apps and, to read back, for partner servers. */
export const sampleRoutes: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const days = shareDays(options.context)
  for (const version of versions) {
    await app.register(sendRoute, { ...options, ...version, days })
    await app.register(readRoutes, { ...options, ...version })
  }
}

type VersionOptions = Options & (typeof versions)[number]

const sendRoute: FastifyPluginAsyncZod<VersionOptions & { days: SharedDays }> = async (app, options) => {
  const { context, ingest = ingestSamples, version, suffix, takes, Batch, days } = options
  takeBatches(app, version)

  app.post(
    `/api/${version}/samples`,
    {
      onRequest: requireUserToken(context),
      bodyLimit: MAX_BATCH_BYTES,
      config: { rateLimit: { max: context.config.rateLimits.samples } },
      schema: {
        operationId: `sendSamples${suffix}`,
        tags: ['Samples'],
        summary: `Store a batch of samples: ${takes}`,
        description:
          'Answers once the samples are committed. One bad sample refuses the batch, unless the request says ' +
          '`Prefer: handling=lenient`: then the good ones are stored and the bad ones listed.',
        security: [{ userToken: [] }],
        consumes: ['application/json', COLUMNS_MEDIA_TYPE],
        body: z.union([Batch, ColumnBatch]),
        response: { 200: IngestResult, ...errorsOf(BatchError, 400, 401, 413, 415, 422, 429, 503) },
      },
      // Judged sample by sample in `readBatch`, so that the good ones of a lenient batch can be stored.
      validatorCompiler: () => (body) => ({ value: body }),
    },
    async (request, reply) => {
      const lenient = prefersLenient(request)
      if (lenient) reply.header('preference-applied', 'handling=lenient')
      return ingest(
        context,
        request.grant,
        readBatch(request.body as unknown as BatchBody | null | undefined, lenient, version),
        days,
      )
    },
  )
}

/** Both forms of a batch. What is as it should be is not parsed as JSON first: see read-quickly.ts. */
function takeBatches(app: FastifyInstance, version: BatchVersion): void {
  takeJsonAs(app, 'application/json', (body) => {
    const text = readText(body)
    return readGoodBatch(text, version) ?? { json: parseJson(text) }
  })
  takeJsonAs(app, COLUMNS_MEDIA_TYPE, (body) => ({ columns: readJson(body) }))
}

const readRoutes: FastifyPluginAsyncZod<VersionOptions> = async (app, options) => {
  const { context, version, suffix, takes, Query, Range } = options
  const url = `/api/${version}/samples`
  const asUser = requireUserToken(context)
  const limited = { rateLimit: { max: context.config.rateLimits.samples } }

  app.get(
    url,
    {
      onRequest: requireSecretKey(context),
      schema: {
        operationId: `readSamples${suffix}`,
        tags: ['Samples'],
        summary: `The raw samples that start in [start, end), in time order: ${takes}`,
        querystring: Query,
        response: { 200: SamplePage, ...errorsOf(BatchError, 400, 401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => readSamples(context.pool, request.tenant, request.query),
  )

  app.delete(
    url,
    {
      onRequest: asUser,
      config: limited,
      schema: {
        operationId: `deleteSamples${suffix}`,
        tags: ['Samples'],
        summary: `Remove what starts in [start, end), and recompute the days: ${takes}`,
        security: [{ userToken: [] }],
        body: Range,
        response: { 200: DeletedSamples, ...errorsOf(BatchError, 400, 401, 415, 422, 429, 503) },
      },
    },
    async (request) => deleteSamples(context, request.grant, request.body),
  )
}
