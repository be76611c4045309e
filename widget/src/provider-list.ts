/** One of `GET /connect/providers`. `reason` is for the person, where it is not `available`. */
export type ProviderState = {
  name: string
  label: string
  connected: boolean
  connected_at?: string
  available: boolean
  how: 'redirect' | 'app'
  reason?: string
}

export type ProviderList = { environment: 'live' | 'sandbox'; providers: ProviderState[] }

export type Groups = Record<'connected' | 'available' | 'inApp' | 'unavailable', ProviderState[]>

/** What to show of the server's list: only those that are `wanted`, in that order, where the partner said so. */
export function groupProviders(providers: ProviderState[], wanted: string[] | undefined): Groups {
  const shown =
    wanted === undefined
      ? providers
      : wanted.flatMap((name) => providers.find((provider) => provider.name === name) ?? [])
  const others = shown.filter(({ connected }) => !connected)
  return {
    connected: shown.filter(({ connected }) => connected),
    available: others.filter(({ available, how }) => available && how === 'redirect'),
    inApp: others.filter(({ how }) => how === 'app'),
    unavailable: others.filter(({ available, how }) => !available && how === 'redirect'),
  }
}
