import type { Transport } from '../http/transport.ts'
import { identifyBatch } from './encode-batch.ts'
import { MIN_BATCH } from './split-batches.ts'
import { fixedToken, mintedTokens, type TokenSource } from './token-source.ts'
import type { UploadOptions, Wearer } from './types.ts'

const MAX_BATCH = 1000
const MAX_CONCURRENCY = 64

/** What a caller gave, judged, with defaults. */
export type UploadPlan = Pick<UploadOptions, 'record' | 'onProgress' | 'signal'> & {
  tokens: TokenSource
  /** Of the batch with this body: what `record` knows it by. */
  identify: (body: string) => Promise<string>
  batchSize: number
  concurrency: number
  lenient: boolean
}

/** Throws a `TypeError` or a `RangeError` that names the option which is missing or out of its range. */
export function readUploadOptions(transport: Transport, options: UploadOptions): UploadPlan {
  const { userId, provider, userToken, record, onProgress, signal } = options
  return {
    tokens: tokensOf(transport, options, signal),
    identify: async (body) =>
      identifyBatch([transport.serverUrl, ...(await scopeOf(userId, provider, userToken))], body),
    batchSize: inRange('batchSize', options.batchSize ?? MAX_BATCH, MIN_BATCH, MAX_BATCH),
    concurrency: inRange('concurrency', options.concurrency ?? 4, 1, MAX_CONCURRENCY),
    lenient: options.lenient ?? false,
    ...(record === undefined ? {} : { record }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  }
}

/** Throws a `TypeError` when there is neither a token nor what to mint one for. */
export function tokensOf(
  transport: Transport,
  { userId, provider, userToken }: Wearer,
  signal: AbortSignal | undefined,
): TokenSource {
  if (userToken !== undefined) return fixedToken(userToken)
  if (userId === undefined || provider === undefined) {
    throw new TypeError('userId and provider, to mint tokens for, or a userToken are needed')
  }
  return mintedTokens(transport, { userId, provider }, signal)
}

/** Whom batches are for. Of a token that is all there is, its hash: records outlive tokens, and are no place for them. */
async function scopeOf(userId?: string, provider?: string, userToken?: string): Promise<string[]> {
  if (userId !== undefined && provider !== undefined) return [userId, provider]
  return ['token', await identifyBatch([], userToken ?? '')]
}

function inRange(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}
