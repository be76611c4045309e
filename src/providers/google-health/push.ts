import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../errors.ts'
import type { ProviderApplication, ProviderPush, PushRequest } from '../provider.ts'
import { keepKeyset } from './keyset.ts'
import { daysOf, Notifications } from './notifications.ts'
import { isSigned, readSignature } from './signature.ts'

/** The reference of `projects.subscribers` has the first name, and so has what comes; the guide to webhooks the second. */
const SIGNATURE_HEADERS = ['x-healthapi-signature', 'google-health-api-signature']

/**
 * Notifications of the Google Health API (https://developers.google.com/health/webhooks). Creating a subscriber needs
 * credentials of the Google Cloud project, which this server does not have: README says how it is done.
 */
export function googleHealthPush(): ProviderPush {
  const findKey = keepKeyset()

  /** Whatever comes must be signed by Google; people have seen notifications without `Authorization`. */
  async function authenticate({ headers, body }: PushRequest, application: ProviderApplication, now: Date) {
    if (headers.authorization !== undefined) expectSecret(headers, application)
    const header = SIGNATURE_HEADERS.map((name) => headers[name]).find((value) => typeof value === 'string')
    const signature = header === undefined ? undefined : readSignature(header)
    const key = signature === undefined ? undefined : await findKey(signature.keyId, application, now)
    if (signature === undefined || key === undefined || !isSigned(body, signature.der, key)) {
      throw new AppError('unauthorized', 'The signature is missing or is not of this body.')
    }
  }

  return {
    receive: async (request, application, now) => {
      const json = readJson(request.body)
      if (isVerification(json)) {
        expectSecret(request.headers, application)
        return { status: 201, changed: [] }
      }
      await authenticate(request, application, now)
      const read = Notifications.safeParse(json)
      if (!read.success) {
        const details = read.error.issues
          .slice(0, 5)
          .map((issue) => ({ field: issue.path.join('.'), reason: issue.code }))
        throw new AppError('validation_error', 'This is no notification.', { details })
      }
      return { status: 204, changed: read.data.flatMap((notification) => daysOf(notification, now)) }
    },
  }
}

/**
 * A subscriber is verified with two requests of this body: 201 is expected for the one with the secret, and 401 for the
 * one without (https://developers.google.com/health/reference/rest/v4/projects.subscribers/create).
 */
const isVerification = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'type' in json && json.type === 'verification'

function expectSecret({ authorization = '' }: IncomingHttpHeaders, { pushSecret }: ProviderApplication): void {
  if (!timingSafeEqual(digest(authorization), digest(`Bearer ${pushSecret}`))) {
    throw new AppError('unauthorized', 'The Authorization header is missing or wrong.')
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw new AppError('malformed_body', 'The body is no JSON.', { cause })
  }
}
