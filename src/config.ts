import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { OperatorError } from './errors.ts'

const seconds = (value: number) => z.coerce.number().int().positive().default(value)
const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((item) => item.trim()))
  .transform((items) => items.filter((item) => item !== ''))

/** Comma-separated. Each item must pass `check`; the message says what an item is, and never shows one. */
const listOf = (check: (item: string) => boolean, message: string) =>
  list.refine((items) => items.every(check), message)

const isCidr = (text: string) => ipaddr.isValidCIDR(text)
const isProxy = (text: string) =>
  isCidr(text) || ipaddr.isValid(text) || ['loopback', 'linklocal', 'uniquelocal'].includes(text)
/** As browsers send it: no path, no slash at the end, no default port. */
const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
const origin = z.string().refine(isOrigin, 'must be an origin such as https://health.example.org, without a path')
const isEncryptionKey = (text: string) => Buffer.from(text, 'base64').length === 32

/** `sk_` and `pk_` keys end in 32 random bytes in base64url: 43 characters. */
const keyOf = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}[A-Za-z0-9_-]{43}$`), `must be ${prefix} followed by 32 bytes in base64url`)

const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  })

const together = (one: string, other: string) => (env: Record<string, unknown>, ctx: z.RefinementCtx) => {
  for (const [name, partner] of [
    [one, other],
    [other, one],
  ] as const) {
    if (env[name] !== undefined || env[partner] === undefined) continue
    ctx.addIssue({ code: 'custom', path: [name], message: `must be set together with ${partner}` })
  }
}

/** The environment's variables. `.env.example` has each with a sentence; a test holds the two together. */
export const EnvironmentVariables = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  DATA_DIR: z.string().default('.data'),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(500).default(10),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .default('pulsewell'),
  BOOTSTRAP_SECRET_KEY: keyOf('sk_live_').optional(),
  BOOTSTRAP_SANDBOX_KEY: keyOf('sk_test_').optional(),
  BOOTSTRAP_OAUTH_CLIENT: z
    .string()
    .regex(
      /^[\w.-]{1,100}:[\w.~-]{8,200}$/,
      'must be <client_id>:<client_secret>, of letters, digits and -_.~, the secret of 8 characters at least',
    )
    .optional(),
  ENCRYPTION_KEYS: listOf(isEncryptionKey, 'must be keys of 32 bytes in base64, the current one first'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TRUST_PROXY: listOf(isProxy, 'must be addresses or CIDRs of proxies, or loopback, linklocal, uniquelocal'),
  RATE_LIMIT_KEY: seconds(600),
  RATE_LIMIT_SAMPLES: seconds(6000),
  RATE_LIMIT_AUTHENTICATION: seconds(10),
  RATE_LIMIT_STUDIES: seconds(60),
  CORS_ORIGINS: listOf(isOrigin, 'must be origins such as https://portal.example.org'),
  ACCESS_TOKEN_SECONDS: seconds(3600),
  REFRESH_TOKEN_SECONDS: seconds(90 * 24 * 3600),
  WEBHOOK_WINDOW_MS: z.coerce.number().int().min(0).max(60_000).default(2000),
  WEBHOOK_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  WEBHOOK_ALLOW_HTTP: flag.optional(),
  WEBHOOK_ALLOW_CIDRS: listOf(isCidr, 'must be CIDRs such as 10.1.0.0/16'),
  PUBLIC_URL: origin.optional(),
  OURA_CLIENT_ID: z.string().max(500).optional(),
  OURA_CLIENT_SECRET: z.string().max(500).optional(),
  OURA_BASE_URL: origin.optional(),
  GOOGLE_HEALTH_CLIENT_ID: z.string().max(500).optional(),
  GOOGLE_HEALTH_CLIENT_SECRET: z.string().max(500).optional(),
  GOOGLE_HEALTH_BASE_URL: origin.optional(),
})

/** Environment → what the server runs on. Read once at start, frozen. Throws OperatorError with every bad variable. */
export function readConfig(environment: NodeJS.ProcessEnv) {
  // An empty variable is an unset one: compose files and .env templates leave them so.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const result = EnvironmentVariables.superRefine(together('OURA_CLIENT_ID', 'OURA_CLIENT_SECRET'))
    .superRefine(together('GOOGLE_HEALTH_CLIENT_ID', 'GOOGLE_HEALTH_CLIENT_SECRET'))
    .safeParse(given)
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new OperatorError(`The configuration cannot be used:\n${lines.join('\n')}`)
  }
  const env = result.data
  const embedded = env.DATABASE_URL === undefined
  return Object.freeze({
    port: env.PORT,
    host: env.HOST,
    metricsPort: env.METRICS_PORT,
    dataDir: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    databasePoolSize: env.DATABASE_POOL_SIZE,
    redisUrl: env.REDIS_URL,
    redisPrefix: env.REDIS_PREFIX,
    bootstrapKeys: { live: env.BOOTSTRAP_SECRET_KEY, sandbox: env.BOOTSTRAP_SANDBOX_KEY },
    bootstrapClient: readClient(env.BOOTSTRAP_OAUTH_CLIENT),
    encryptionKeys: env.ENCRYPTION_KEYS,
    logLevel: env.LOG_LEVEL,
    trustProxy: env.TRUST_PROXY,
    rateLimits: {
      perKey: env.RATE_LIMIT_KEY,
      samples: env.RATE_LIMIT_SAMPLES,
      authentication: env.RATE_LIMIT_AUTHENTICATION,
      studies: env.RATE_LIMIT_STUDIES,
    },
    corsOrigins: env.CORS_ORIGINS,
    publicUrl: env.PUBLIC_URL,
    applications: {
      oura: readApplication(env.OURA_CLIENT_ID, env.OURA_CLIENT_SECRET, env.OURA_BASE_URL),
      googleHealth: readApplication(
        env.GOOGLE_HEALTH_CLIENT_ID,
        env.GOOGLE_HEALTH_CLIENT_SECRET,
        env.GOOGLE_HEALTH_BASE_URL,
      ),
    },
    tokens: { accessSeconds: env.ACCESS_TOKEN_SECONDS, refreshSeconds: env.REFRESH_TOKEN_SECONDS },
    webhooks: {
      windowMs: env.WEBHOOK_WINDOW_MS,
      retentionDays: env.WEBHOOK_RETENTION_DAYS,
      // Someone who tries the server on one machine needs a receiver there; production names its own.
      allowHttp: env.WEBHOOK_ALLOW_HTTP ?? embedded,
      allowCidrs:
        env.WEBHOOK_ALLOW_CIDRS.length > 0 || !embedded ? env.WEBHOOK_ALLOW_CIDRS : ['127.0.0.0/8', '::1/128'],
    },
  })
}

export type Config = ReturnType<typeof readConfig>

function readClient(pair: string | undefined): { id: string; secret: string } | undefined {
  const [id, secret] = pair?.split(':') ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

/** An application that the operator registered at a provider. `baseUrl` stands in for the origins of all its URLs. */
export type Application = { clientId: string; clientSecret: string; baseUrl: string | undefined }

function readApplication(
  clientId: string | undefined,
  clientSecret: string | undefined,
  baseUrl: string | undefined,
): Application | undefined {
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret, baseUrl }
}
