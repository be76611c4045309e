import type { Call, CreateOptions } from './transport.ts'

/** A call that the server does once, however often it is sent. */
export function once(call: Call, { idempotencyKey = makeKey(), ...options }: CreateOptions = {}): Call {
  return {
    ...call,
    ...options,
    headers: { ...call.headers, 'idempotency-key': idempotencyKey },
    isRepeatable: true,
  }
}

/** React Native, and pages that came without TLS, have no `randomUUID`. The key is no secret: it must only be new. */
function makeKey(): string {
  if (typeof crypto !== 'undefined' && 'randomUUID' in crypto) return crypto.randomUUID()
  const part = () => Math.random().toString(36).slice(2)
  return `${Date.now().toString(36)}-${part()}${part()}`
}
