import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'
import { OperatorError } from '../errors.ts'
import { COMMON_HEADERS, PAGE_HEADERS } from './headers.ts'

/** Where `npm ci` builds the page. */
const BUILT = join(import.meta.dirname, '../../widget/dist')

/** The page where a person connects providers. It is the same for everybody; what it shows, it asks the API for. */
export const widgetRoutes: FastifyPluginAsync = async (app) => {
  const page = await readPage()
  const route = { config: { rateLimit: false }, schema: { hide: true } }
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(COMMON_HEADERS)
  })

  app.get('/widget/', route, (request, reply) => {
    const [path, query] = request.url.split('?', 2)
    // The page names its scripts relative to the slash.
    if (path === '/widget') return reply.redirect(`./widget/${query === undefined ? '' : `?${query}`}`, 308)
    return reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(page)
  })

  app.get('/widget/consent', route, (_request, reply) =>
    reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(page),
  )

  await app.register(fastifyStatic, {
    root: join(BUILT, 'assets'),
    prefix: '/widget/assets/',
    decorateReply: false,
    index: false,
    // A change of their content is a change of their names.
    immutable: true,
    maxAge: '365d',
    preCompressed: true,
    schemaHide: true,
  })
}

async function readPage(): Promise<string> {
  try {
    return await readFile(join(BUILT, 'index.html'), 'utf8')
  } catch (cause) {
    throw new OperatorError('The widget is not built. Run npm run build --workspace widget', { cause })
  }
}
