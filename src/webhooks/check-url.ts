import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { createAddressGuard, RefusedAddress } from './address-guard.ts'

export const MAX_URL_LENGTH = 2048

/** Returns the URL as it was given. Throws `validation_error`, naming `field`, for one that would not be called. */
export function checkUrl({ webhooks }: Config, field: string, text: string): string {
  const reason = faultOf(webhooks, text)
  if (reason === undefined) return text
  throw new AppError('validation_error', `${field}: ${reason}`, { details: [{ field, reason }] })
}

function faultOf({ allowHttp, allowCidrs }: Config['webhooks'], text: string): string | undefined {
  // The parser forgives spaces and line breaks, which the database or a log would not.
  const url =
    /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) && text.isWellFormed() && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && allowHttp))) {
    return allowHttp ? 'must be an http or https URL' : 'must be an https URL (the operator can set WEBHOOK_ALLOW_HTTP)'
  }
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password'
  try {
    createAddressGuard(allowCidrs).checkLiteral(url)
    return undefined
  } catch (error) {
    if (error instanceof RefusedAddress) return error.message
    throw error
  }
}
