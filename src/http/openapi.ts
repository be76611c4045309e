import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { tidyDocument } from './tidy-document.ts'

/** Collects the OpenAPI document from the routes' own schemas. Register before the routes. */
export async function documentRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Pulsewell',
        description: 'Self-hosted health-data aggregation.',
        version: '0.1.0',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      // What a route does not say otherwise.
      security: [{ apiKey: [] }, { bearerKey: [] }],
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'A secret key.' },
          bearerKey: { type: 'http', scheme: 'bearer', description: 'A secret key.' },
          connectToken: { type: 'apiKey', in: 'header', name: 'api-token', description: 'A connect token.' },
          careToken: { type: 'http', scheme: 'bearer', description: 'An access token of an OAuth client.' },
          userToken: { type: 'http', scheme: 'bearer', description: "A user's access token." },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => tidyDocument(jsonSchemaTransformObject(document)),
  })
}

/** The page's own assets and the API beside it, nothing else. Swagger UI sets styles on elements. */
const DOCS_CSP = `default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'`

/** `/openapi.json`, and `/docs` to try it on. Everything is served from here; nothing is fetched from elsewhere. */
export async function serveDocument(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true }, config: { rateLimit: false } }, () => app.swagger())
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CSP,
    theme: { title: 'Pulsewell API' },
    uiConfig: { layout: 'BaseLayout', tryItOutEnabled: true, persistAuthorization: false },
  })
}
