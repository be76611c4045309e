import type { KeyObject } from 'node:crypto'
import { ProviderError } from '../provider-error.ts'
import type { ProviderApplication } from '../provider.ts'
import { Keyset, type PublicKeys, readKeys } from './signature.ts'

/** https://developers.google.com/health/webhooks, on verifying signatures; keys change about every 30 days. */
const KEYSET_URL = 'https://www.gstatic.com/googlehealthapi/webhooks/webhooks_public_keyset.json'
const MAX_AGE_MS = 3_600_000
/** A key that is not known may be a new one, or a forger's: forgers shall not make us ask for the keys again and again. */
const MIN_AGE_MS = 60_000
/** Neither shall they while there is no answer. */
const RETRY_MS = 5000

type Kept = { keys: Promise<PublicKeys>; readAt: number; isFailed: boolean }

/** Google's public keys, kept for an hour for each origin that they are read from. Throws `ProviderError`. */
export function keepKeyset() {
  const kept = new Map<string, Kept>()

  function ask(application: ProviderApplication, now: number): Kept {
    const fresh: Kept = { keys: application.request('GET', KEYSET_URL).then(toKeys), readAt: now, isFailed: false }
    // At once: those that come meanwhile wait for the same answer, and those after a failure are not asked for anew.
    kept.set(application.apiUrl, fresh)
    fresh.keys.catch(() => {
      fresh.isFailed = true
    })
    return fresh
  }

  return async (keyId: number, application: ProviderApplication, now: Date): Promise<KeyObject | undefined> => {
    const found = kept.get(application.apiUrl)
    const age = found === undefined ? Infinity : now.getTime() - found.readAt
    const isYoung = found?.isFailed === true ? age < RETRY_MS : age < MIN_AGE_MS
    const isFresh = isYoung || (age < MAX_AGE_MS && !found!.isFailed && (await found!.keys).has(keyId))
    const { keys } = isFresh ? found! : ask(application, now.getTime())
    return (await keys).get(keyId)
  }
}

function toKeys(answer: unknown): PublicKeys {
  try {
    return readKeys(Keyset.parse(answer))
  } catch (cause) {
    throw new ProviderError('undocumented', 'Google Health: the keyset is not as documented', { cause })
  }
}
