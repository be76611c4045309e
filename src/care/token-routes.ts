import type { FastifyPluginAsync, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { errorsOf, text } from '../http/schemas.ts'
import { grantToken } from './grant-token.ts'
import { MEDIA_TYPE } from './json-api/api.ts'
import { listQueryFrom, withMeta } from './json-api/routes.ts'
import { answerSchemaOf, CareError, collectionOf, documentOf, includeOf, listQueryOf } from './json-api/schemas.ts'
import { fetchTokenGroups, fetchTokenOrganization } from './read-token.ts'
import { careApi } from './resources.ts'

const TokenBody = z
  .looseObject({
    data: z.looseObject({
      // The published document's enum has the one, its example the other.
      type: z.enum(['token', 'oauth/token']).optional(),
      attributes: z.looseObject({
        grant_type: text(100),
        client_id: text(200),
        client_secret: text(200).optional(),
        refresh_token: text(200).optional(),
      }),
    }),
  })
  .meta({ id: 'CareTokenRequest' })

const related = (data: z.ZodType) => z.object({ data, links: z.object({ related: z.string() }) })
const Identifier = z.object({ type: z.string(), id: z.string() })

const Token = z
  .object({
    type: z.literal('token'),
    id: z.string(),
    attributes: z.object({
      access_token: z.string(),
      refresh_token: z.string(),
      token_type: z.literal('bearer'),
      expires_in: z.number().int().describe('In seconds.'),
    }),
    relationships: z.object({ groups: related(z.array(Identifier)).optional(), organization: related(Identifier) }),
  })
  .meta({ id: 'CareToken' })

const TokenDocument = z.object({
  meta: z.object({ req_id: z.string() }),
  data: Token,
  included: z
    .array(z.union([answerSchemaOf(careApi.get('group')), answerSchemaOf(careApi.get('organization'))]))
    .optional(),
})

const includes = ['groups', 'organization'] as const
const TokenQuery = z.strictObject({ include: includeOf(includes) })

/** `limitAttempts` bounds what an address may try at all the places that give tokens, together. */
export type CareOptions = { context: Context; limitAttempts: onRequestAsyncHookHandler }

/** Where clients of the Care API get their tokens. */
export const tokenRoutes: FastifyPluginAsync<CareOptions> = async (app, { context, limitAttempts }) => {
  // As published; elsewhere it is 415.
  app.addContentTypeParser('*', (_request, _payload, done) =>
    done(new AppError('forbidden', 'Send application/vnd.api+json or application/json.')),
  )
  app.post(
    '/oauth/token',
    {
      onRequest: limitAttempts,
      // Flat bodies are what OAuth clients send.
      preValidation: async (request) => {
        if (isFlat(request.body)) request.body = { data: { attributes: request.body } }
      },
      schema: {
        operationId: 'createToken',
        security: [],
        tags: ['Care: token'],
        summary: 'Create a token, or renew one',
        description:
          'A refresh token works once; one that is used twice ends all tokens that descend from the same grant. With `application/json` the attributes are the body itself.',
        consumes: [MEDIA_TYPE],
        produces: [MEDIA_TYPE],
        querystring: TokenQuery,
        body: TokenBody,
        response: { 201: TokenDocument, ...errorsOf(CareError, 401, 403, 409, 429, 503) },
      },
    },
    async (request, reply) => {
      const { data } = request.body as z.infer<typeof TokenBody>
      const { include } = request.query as z.output<typeof TokenQuery>
      // RFC 6749 §5.1
      reply.code(201).header('cache-control', 'no-store')
      return withMeta(request, await grantToken(context, data.attributes, include))
    },
  )
}

const isFlat = (body: unknown): body is object => typeof body === 'object' && body !== null && !('data' in body)

const describe = {
  tags: ['Care: token'],
  security: [{ careToken: [] }],
  params: z.object({ id: z.string() }),
  produces: [MEDIA_TYPE],
}

/** What a token may see. Register where tokens are required. */
export const tokenRelationRoutes: FastifyPluginAsync<{ context: Context }> = async (app, { context }) => {
  const idIn = (request: FastifyRequest) => (request.params as { id: string }).id
  const Group = answerSchemaOf(careApi.get('group'))
  const Organization = answerSchemaOf(careApi.get('organization'))

  app.get(
    '/oauth/token/:id/groups',
    {
      schema: {
        ...describe,
        operationId: 'fetchTokenGroups',
        summary: 'List the groups that a token sees',
        querystring: listQueryOf({}),
        response: { 200: collectionOf(Group), ...errorsOf(CareError, 401, 403, 404, 409, 429, 503) },
      },
    },
    async (request) =>
      withMeta(request, await fetchTokenGroups(context, request.care, idIn(request), listQueryFrom(request))),
  )

  app.get(
    '/oauth/token/:id/organization',
    {
      schema: {
        ...describe,
        operationId: 'fetchTokenOrganization',
        summary: 'Get the organization of a token',
        querystring: z.strictObject({}),
        response: { 200: documentOf(Organization), ...errorsOf(CareError, 401, 403, 404, 409, 429, 503) },
      },
    },
    async (request) => withMeta(request, await fetchTokenOrganization(context, request.care, idIn(request))),
  )
}
