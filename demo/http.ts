import type { z } from 'zod'
import { DemoFailure } from './failure.ts'

const TIMEOUT_MS = 20_000
const SHOWN_CHARACTERS = 500

export type Request = {
  method: 'GET' | 'POST' | 'DELETE'
  url: URL
  headers: Record<string, string>
  body?: Uint8Array<ArrayBuffer> | string
}

/** The service refused. */
export class Refusal extends DemoFailure {
  readonly status: number

  constructor(request: string, status: number, body: string) {
    super(`${request} answered ${status}: ${body.slice(0, SHOWN_CHARACTERS)}`)
    this.name = 'Refusal'
    this.status = status
  }
}

/**
 * Sends a request and reads its answer as `schema` says. Throws Refusal unless the status is 2xx. Ctrl-C does not cut it
 * off: whether it had its effect, and what there is to undo, would not be known.
 */
export async function call<Answer>(request: Request, schema: z.ZodType<Answer>): Promise<Answer> {
  const { method, url, headers, body } = request
  const name = `${method} ${url.pathname}`
  const response = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new DemoFailure(`${name} got no answer: ${reasonOf(error)}`)
  })
  const text = await response.text()
  if (!response.ok) throw new Refusal(name, response.status, text)
  const answer = schema.safeParse(JSON.parse(text))
  if (answer.success) return answer.data
  throw new DemoFailure(`${name} answered what it should not: ${text.slice(0, SHOWN_CHARACTERS)}`)
}

/** fetch says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
