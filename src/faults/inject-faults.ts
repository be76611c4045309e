import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { armFault } from '../webhooks/arm-fault.ts'
import { findTenantOf } from './find-tenant.ts'
import { faultStatuses, type FaultStatus, HEADER, invalidFault, readFault, type SandboxFault } from './read-fault.ts'
import { openWaitingRoom } from './waiting-room.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** With what the answer is to fail once the request is done, as it asked. */
    failsWith: FaultStatus | undefined
  }
}

const RETRY_AFTER_SECONDS = 2

/**
 * Lets requests with sandbox credentials ask, in `X-Sandbox-Fault`, for what goes wrong in earnest: after authentication,
 * so that no stranger can have a socket held, and before handlers, so that nothing is stored. Routes without
 * credentials do not look at the header. Register before the routes that it is for.
 */
export function injectFaults(app: FastifyInstance, context: Context): void {
  const room = openWaitingRoom(app)
  app.decorateRequest('failsWith', undefined)

  app.addHook('preHandler', async (request, reply) => {
    const header = request.headers[HEADER]
    if (header === undefined) return
    const tenant = await findTenantOf(context, request)
    if (tenant === undefined) return
    if (tenant.environment === 'live') throw invalidFault('is for the sandbox; these credentials are live')
    const fault = readFault(String(header))
    if (Math.random() >= fault.rate) return
    if (fault.latencyMs !== undefined) await room.wait(tenant.id, fault.latencyMs, reply)
    reply.header(HEADER, describe(fault))
    if (fault.status !== undefined && !fault.isAfter) throw failure(fault.status, reply)
    if (fault.webhook !== undefined) await armFault(context, tenant, fault.webhook)
    if (fault.isAfter) request.failsWith = fault.status
  })

  app.addHook('onSend', (request, reply, payload, done) => {
    const status = request.failsWith
    // An error answers through here as well.
    request.failsWith = undefined
    if (status === undefined || reply.statusCode >= 400) done(null, payload)
    else done(failure(status, reply))
  })
}

function describe({ latencyMs, status, isAfter, webhook }: SandboxFault): string {
  const parts = { latency: latencyMs, status, when: isAfter ? 'after' : undefined, webhook: webhook?.name }
  return Object.entries(parts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}

function failure(status: FaultStatus, reply: FastifyReply): AppError {
  const isToRetry = status === 429 || status === 503
  if (status === 429) reply.headers({ 'x-ratelimit-remaining': 0, 'x-ratelimit-reset': RETRY_AFTER_SECONDS })
  return new AppError(faultStatuses[status], 'This failure was asked for with X-Sandbox-Fault.', {
    isAskedFor: true,
    ...(isToRetry ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {}),
  })
}
