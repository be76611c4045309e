import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { DeliveryFault } from '../webhooks/arm-fault.ts'

export const HEADER = 'x-sandbox-fault'

/** Those that a client meets in earnest, from this server or from a proxy before it. */
export const faultStatuses = {
  429: 'rate_limited',
  500: 'internal_error',
  502: 'bad_gateway',
  503: 'database_unavailable',
  504: 'gateway_timeout',
} as const
export type FaultStatus = keyof typeof faultStatuses

/** What a request asks to go wrong with it, and how likely. */
export type SandboxFault = {
  latencyMs?: number | undefined
  status?: FaultStatus | undefined
  /** Whether it fails once what it asks for is done. */
  isAfter: boolean
  rate: number
  webhook?: (DeliveryFault & { name: string }) | undefined
}

const MAX_LATENCY_MS = 30_000
const MAX_LATE_SECONDS = 600
const LATE_SECONDS = 30
/** Long enough for a message that is caused next to overtake it. */
const OUT_OF_ORDER_SECONDS = 10

const TAKES =
  `latency=<1 to ${MAX_LATENCY_MS} ms>, status=${Object.keys(faultStatuses).join('|')}, when=before|after, ` +
  `rate=<more than 0, at most 1>, webhook=duplicate|out-of-order|late|late=<1 to ${MAX_LATE_SECONDS} s>`

const wholeTo = (max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(max))

const lateSeconds = wholeTo(MAX_LATE_SECONDS)

const WebhookFault = z.string().transform((name, issues): DeliveryFault & { name: string } => {
  if (name === 'duplicate') return { name, copies: 1, delaySeconds: 0 }
  if (name === 'out-of-order') return { name, copies: 0, delaySeconds: OUT_OF_ORDER_SECONDS }
  const late = lateSeconds.safeParse(name === 'late' ? `${LATE_SECONDS}` : /^late=(.+)$/.exec(name)?.[1])
  if (late.success) return { name: `late=${late.data}`, copies: 0, delaySeconds: late.data }
  issues.addIssue('is none')
  return z.NEVER
})

const Parts = z.strictObject({
  latency: wholeTo(MAX_LATENCY_MS).optional(),
  status: z
    .string()
    .regex(/^\d{3}$/)
    .transform(Number)
    .pipe(z.literal(Object.keys(faultStatuses).map(Number) as FaultStatus[]))
    .optional(),
  when: z.enum(['before', 'after']).optional(),
  rate: z
    .string()
    .regex(/^[\d.]{1,10}$/)
    .transform(Number)
    .pipe(z.number().positive().max(1))
    .optional(),
  webhook: WebhookFault.optional(),
})

/** Throws `invalid_header`, which says what it takes. */
export function readFault(header: string): SandboxFault {
  const parts = header.split(',').map((part) => part.trim())
  const entries = parts.map((part): [string, string] => {
    const at = part.indexOf('=')
    return at === -1 ? [part, ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()]
  })
  const names = entries.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw invalidFault(`has ${twice} twice`)
  const parsed = Parts.safeParse(Object.fromEntries(entries))
  if (!parsed.success) throw invalidFault(`takes ${TAKES}, separated by commas`)
  const { latency, status, when, rate = 1, webhook } = parsed.data
  if (latency === undefined && status === undefined && webhook === undefined) {
    throw invalidFault('names no fault: it needs latency, status or webhook')
  }
  if (when !== undefined && status === undefined) throw invalidFault('has when without status')
  if (webhook !== undefined && status !== undefined && when !== 'after') {
    throw invalidFault('has webhook with a status that comes before anything is done; add when=after')
  }
  return { latencyMs: latency, status, isAfter: when === 'after', rate, webhook }
}

export const invalidFault = (reason: string) =>
  new AppError('invalid_header', `X-Sandbox-Fault ${reason}.`, { details: [{ field: 'X-Sandbox-Fault', reason }] })
