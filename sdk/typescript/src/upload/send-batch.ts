import { isRecord, PulsewellError } from '../errors.ts'
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
  const answer = await withToken(tokens, (credential) =>
    transport.send<unknown>({
      method: 'POST',
      path: '/api/v2/samples',
      credential,
      body: { ...compressed, type: 'application/json' },
      isRepeatable: true,
      ...(lenient ? { headers: { prefer: 'handling=lenient' } } : {}),
      ...(signal === undefined ? {} : { signal }),
    }),
  )
  if (!isIngestResult(answer)) {
    throw new PulsewellError('The answer does not say what became of the samples.', { code: 'BAD_ANSWER' })
  }
  return answer
}

/** What stands before a server may say 200 in its place: samples are stored when the answer tells of them. */
const isIngestResult = (answer: unknown): answer is IngestResult =>
  isRecord(answer) &&
  ['inserted', 'updated', 'unchanged'].every((name) => Number.isInteger(answer[name])) &&
  Array.isArray(answer['rejected'])

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
