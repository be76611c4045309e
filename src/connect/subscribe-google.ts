import type { Config } from '../config.ts'
import { OperatorError } from '../errors.ts'
import { ensureSubscriber } from '../providers/google-health/subscriber.ts'
import { ProviderError } from '../providers/provider-error.ts'
import { findConfigured } from './live-providers.ts'
import { applicationOf } from './provider-application.ts'

const SUBSCRIBER_ID = 'pulsewell'

/**
 * Has Google tell this server what changes, once for both of its providers: whoever is told of, all of that person's
 * connections are read. Returns the subscriber's state at Google. Throws `OperatorError`.
 */
export async function subscribeGoogle(config: Config, project: string, accessToken: string): Promise<string> {
  const configured = findConfigured(config, 'google')
  if (configured === undefined || config.publicUrl === undefined) {
    throw new OperatorError('Set GOOGLE_HEALTH_CLIENT_ID, GOOGLE_HEALTH_CLIENT_SECRET and PUBLIC_URL.')
  }
  const application = applicationOf({ now: () => new Date() }, configured, config.publicUrl)
  try {
    return await ensureSubscriber(application, { project, id: SUBSCRIBER_ID, accessToken })
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    throw new OperatorError(`Google refused: ${error.message}. Is ${application.callbackUrl} reachable from outside?`)
  }
}
