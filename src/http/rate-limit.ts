import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { Redis } from 'ioredis'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the request's credential proved it to come from: a key, or a grant. Set by authentication. */
    principal: string | undefined
  }
}

/**
 * Counts a request whose credential was refused against its address, and says in the answer's headers how many are left;
 * returns the refusal of one too many.
 */
export type CountFailure = (request: FastifyRequest, reply: FastifyReply) => Promise<AppError | undefined>

/**
 * Bounds what each key and each user token, proved by then, may ask for in a minute, and what an address may without;
 * shared over processes where Redis is configured. Register before the routes.
 */
export async function limitRates(app: FastifyInstance, config: Config): Promise<CountFailure> {
  const redis = config.redisUrl === undefined ? undefined : openRedis(config.redisUrl)
  app.decorateRequest('principal', undefined)
  if (redis !== undefined) app.addHook('onClose', async () => redis.disconnect())
  await app.register(rateLimit, {
    max: config.rateLimits.perKey,
    timeWindow: 60_000,
    cache: 50_000,
    nameSpace: `${config.redisPrefix}-rate-`,
    // A limiter that cannot count lets requests through: it protects the service, it is not the service.
    ...(redis === undefined ? {} : { redis, skipOnError: true }),
    keyGenerator: (request) => request.principal ?? request.ip,
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  })
  const countFailure = app.createRateLimit({ keyGenerator: (request) => `refused ${request.ip}` })
  return async (request, reply) => {
    const counted = await countFailure(request)
    if (counted.isAllowed) return undefined
    // Where a route has counted already, its own limit is the nearer one, unless this is what is exceeded.
    if (counted.isExceeded || !reply.hasHeader(LIMIT)) {
      reply.headers({ [LIMIT]: counted.max, [REMAINING]: counted.remaining, [RESET]: counted.ttlInSeconds })
    }
    return counted.isExceeded ? tooMany(counted.ttl) : undefined
  }
}

const LIMIT = 'x-ratelimit-limit'
const REMAINING = 'x-ratelimit-remaining'
const RESET = 'x-ratelimit-reset'

/**
 * A limit that routes share, instead of the one for everything: hook what it returns where authentication has been, or
 * where there is none and the address counts.
 */
export const shareLimit = (app: FastifyInstance, name: string, max: number): onRequestAsyncHookHandler =>
  app.rateLimit({ max, keyGenerator: (request) => `${name} ${request.principal ?? request.ip}` })

function tooMany(ttlMs: number): AppError {
  const retryAfterSeconds = Math.ceil(ttlMs / 1000)
  return new AppError('rate_limited', `Too many requests; try again in ${retryAfterSeconds} s.`, { retryAfterSeconds })
}

function openRedis(url: string): Redis {
  const limits = { connectTimeout: 500, commandTimeout: 500, maxRetriesPerRequest: 1, enableOfflineQueue: false }
  return new Redis(url, limits).on('error', () => undefined)
}
