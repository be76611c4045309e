import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { publicUrlOf } from '../connect/public-url.ts'
import { ProviderParams } from '../connect/schemas.ts'
import type { Context } from '../context.ts'
import { HouseError } from '../http/schemas.ts'
import { errorsOf } from '../http/schemas.ts'
import { receivePush } from './receive-push.ts'

const Answer = z.unknown().describe('What the provider expects.')

/** Where providers tell what is new. Bodies are taken as they come: they are signed. */
export const pushRoutes: FastifyPluginAsyncZod<{ context: Context }> = async (app, { context }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => body)

  for (const method of ['GET', 'POST'] as const) {
    app.route({
      method,
      url: '/providers/:provider/push',
      schema: {
        operationId: method === 'GET' ? 'verifyPush' : 'receivePush',
        tags: ['Connect'],
        summary:
          method === 'GET' ? 'A provider asks whether this is the endpoint' : 'A provider tells that days changed',
        security: [],
        params: ProviderParams,
        response: {
          200: Answer,
          201: Answer,
          204: z.null(),
          ...errorsOf(HouseError, 400, 401, 404, 413, 422, 429, 502),
        },
      },
      // Their own bodies, and their own ways to prove themselves.
      serializerCompiler: () => (answer) => JSON.stringify(answer ?? null),
      handler: async (request, reply: FastifyReply) => {
        const { headers, body, url } = request
        const query = Object.fromEntries(new URLSearchParams(url.split('?')[1] ?? ''))
        const push = { method, headers, query, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) }
        const answer = await receivePush(
          context,
          (request.params as z.infer<typeof ProviderParams>).provider,
          push,
          publicUrlOf(context.config, request),
        )
        reply.code(answer.status)
        return answer.body === undefined ? reply.send() : reply.type('application/json').send(answer.body)
      },
    })
  }
}
