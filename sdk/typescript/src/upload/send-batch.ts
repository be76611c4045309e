import { PulsewellError } from '../errors.ts'
import type { IngestResult } from '../generated/schemas.ts'
import type { Transport } from '../http/transport.ts'
import { compress } from './encode-batch.ts'
import type { TokenSource } from './token-source.ts'

export type SendOptions = { lenient: boolean; signal: AbortSignal | undefined }

/** Stores one batch; with a new token, once, when the first was refused. Sending it twice does what once does. */
export async function sendBatch(
  transport: Transport,
  tokens: TokenSource,
  body: string,
  options: SendOptions,
): Promise<IngestResult> {
  const compressed = await compress(body)
  const token = await tokens.current()
  try {
    return await send(transport, token, compressed, options)
  } catch (error) {
    const renewed = error instanceof PulsewellError && error.status === 401 ? tokens.renew(token) : undefined
    if (renewed === undefined) throw error
    return send(transport, await renewed, compressed, options)
  }
}

const send = (
  transport: Transport,
  token: string,
  compressed: Awaited<ReturnType<typeof compress>>,
  { lenient, signal }: SendOptions,
): Promise<IngestResult> =>
  transport.send<IngestResult>({
    method: 'POST',
    path: '/api/v2/samples',
    credential: { authorization: `Bearer ${token}` },
    body: { ...compressed, type: 'application/json' },
    isRepeatable: true,
    ...(lenient ? { headers: { prefer: 'handling=lenient' } } : {}),
    ...(signal === undefined ? {} : { signal }),
  })
