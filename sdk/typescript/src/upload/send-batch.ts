import { PulsewellError } from '../errors.ts'
import type { IngestResult } from '../generated/schemas.ts'
import type { Transport } from '../http/transport.ts'
import { compress } from './encode-batch.ts'
import type { TokenSource } from './token-source.ts'

export type SendOptions = { lenient: boolean; signal: AbortSignal | undefined }

/** Stores one batch. Sending it twice does what once does. */
export async function sendBatch(
  transport: Transport,
  tokens: TokenSource,
  body: string,
  { lenient, signal }: SendOptions,
): Promise<IngestResult> {
  const compressed = await compress(body)
  return withToken(tokens, (credential) =>
    transport.send<IngestResult>({
      method: 'POST',
      path: '/api/v2/samples',
      credential,
      body: { ...compressed, type: 'application/json' },
      isRepeatable: true,
      ...(lenient ? { headers: { prefer: 'handling=lenient' } } : {}),
      ...(signal === undefined ? {} : { signal }),
    }),
  )
}

/** What `send` answers; with a new token, once, when the first was refused. */
export async function withToken<Answer>(
  tokens: TokenSource,
  send: (credential: { authorization: string }) => Promise<Answer>,
): Promise<Answer> {
  const token = await tokens.current()
  try {
    return await send({ authorization: `Bearer ${token}` })
  } catch (error) {
    const renewed = error instanceof PulsewellError && error.status === 401 ? tokens.renew(token) : undefined
    if (renewed === undefined) throw error
    return send({ authorization: `Bearer ${await renewed}` })
  }
}
