import { readSettings, type Settings } from './parameters.ts'

const KEY = 'pulsewell-widget'

/**
 * The settings of this visit. A token begins a new one; without one, it is the way back from a provider, and what the
 * address does not say is as it was. The token leaves the address bar and the history, and what was told once with it.
 */
export function openSession(address: URL): Settings {
  const now = readSettings(address.searchParams)
  const settings = now.token === undefined ? { ...recall(), ...now } : now
  remember(settings)
  const rest = new URL(address)
  for (const name of ['token', 'result', ...(isConsent(address) ? [] : ['provider'])]) rest.searchParams.delete(name)
  if (rest.href !== address.href) history.replaceState(null, '', rest)
  return settings
}

/** A token that the server no longer takes is of no use on the next visit either. */
export function forgetToken(): void {
  const { token: _, ...rest } = recall() ?? {}
  remember(rest)
}

export const isConsent = ({ pathname }: URL): boolean => pathname.endsWith('/consent')

function remember(settings: Settings): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(settings))
  } catch {
    // A browser may have no storage for us: this page works, the way back from a provider shows the result alone.
  }
}

function recall(): Settings | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}
