import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Redis } from 'ioredis'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { readCredential } from './credentials.ts'

/** Bounds each key's, and each user token's, requests a minute; shared over processes where Redis is configured. */
export async function limitRates(app: FastifyInstance, config: Config): Promise<void> {
  const redis = config.redisUrl === undefined ? undefined : openRedis(config.redisUrl)
  if (redis !== undefined) app.addHook('onClose', async () => redis.disconnect())
  await app.register(rateLimit, {
    max: config.rateLimits.perKey,
    timeWindow: 60_000,
    cache: 50_000,
    nameSpace: `${config.redisPrefix}-rate-`,
    // A limiter that cannot count lets requests through: it protects the service, it is not the service.
    ...(redis === undefined ? {} : { redis, skipOnError: true }),
    keyGenerator: credentialOrAddress,
    errorResponseBuilder: (_request, { ttl }) => {
      const retryAfterSeconds = Math.ceil(ttl / 1000)
      return new AppError('rate_limited', `Too many requests; try again in ${retryAfterSeconds} s.`, {
        retryAfterSeconds,
      })
    },
  })
}

function credentialOrAddress(request: FastifyRequest): string {
  const credential = readCredential(request)
  // Hashed: the counters live in Redis, and a credential belongs nowhere in clear.
  return credential === undefined ? request.ip : createHash('sha256').update(credential).digest('base64')
}

function openRedis(url: string): Redis {
  const redis = new Redis(url, { connectTimeout: 500, maxRetriesPerRequest: 1, enableOfflineQueue: false })
  return redis.on('error', () => undefined)
}
