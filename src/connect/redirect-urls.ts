import { AppError } from '../errors.ts'

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]']

/** Whether an account may allow it: as browsers send it, and encrypted unless it is on the person's own machine. */
export function isRedirectOrigin(text: string): boolean {
  // Exact ones: a pattern would look like one that works.
  if (text.includes('*') || !URL.canParse(text)) return false
  const { origin, protocol, hostname } = new URL(text)
  return origin === text && (protocol === 'https:' || (protocol === 'http:' && LOCAL_HOSTS.includes(hostname)))
}

/**
 * A URL as browsers read it (WHATWG), when its origin is allowed: any notation of another one is another one here too.
 * Undefined when it is not, carries somebody's name, or is written as no honest URL is.
 */
export function readRedirectUrl(text: string, origins: string[]): URL | undefined {
  // Parsers take these out or turn them round.
  if (!/^https?:\/\//i.test(text) || /[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.username === '' && url.password === '' && origins.includes(url.origin) ? url : undefined
}

/** Throws `validation_error`, naming the field, unless the URL's origin is allowed. */
export function requireRedirectUrl(field: string, text: string | undefined, origins: string[]): void {
  if (text === undefined || readRedirectUrl(text, origins) !== undefined) return
  const reason = 'must be a URL of one of the origins that the account allows with PUT /settings/connect'
  throw new AppError('validation_error', `${field}: ${reason}`, { details: [{ field, reason }], isOfQuery: true })
}
