/** A server that answers GET /constant with CONSTANT, in a process of its own. Says its URL when it listens. */
import Fastify from 'fastify'

const constant = process.env['CONSTANT'] ?? '[]'
const app = Fastify()
app.get('/constant', (_request, reply) => reply.type('application/json; charset=utf-8').send(constant))
const url = await app.listen({ host: '127.0.0.1', port: 0 })

process.on('SIGINT', () => undefined)
process.once('disconnect', () => void app.close())
process.send?.({ url })
