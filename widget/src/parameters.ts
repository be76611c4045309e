/** What the partner set in the address. Addresses and names are the server's to judge. */
export type Settings = {
  token?: string
  isSandbox: boolean
  colorMode?: 'light' | 'dark'
  customColor?: string
  redirectUrl?: string
  failRedirectUrl?: string
  /** Names of providers, in the order to show them. */
  providers?: string[]
}

export const RESULTS = ['connected', 'denied', 'failed', 'expired'] as const

/** How the way to a provider and back ended. */
export type Arrival = { result: (typeof RESULTS)[number]; provider: string }

const MAX_PROVIDERS = 50

/** What is missing or not understood is left out. */
export function readSettings(query: URLSearchParams): Settings {
  const mode = query.get('colorMode')
  const providers = query
    .get('providers')
    ?.split(',', MAX_PROVIDERS)
    .map((name) => name.trim())
  return {
    ...given('token', query.get('token')),
    isSandbox: query.get('sandbox') === 'true',
    ...(mode === 'light' || mode === 'dark' ? { colorMode: mode } : {}),
    ...given('customColor', query.get('customColor')),
    ...given('redirectUrl', query.get('redirectUrl')),
    ...given('failRedirectUrl', query.get('failRedirectUrl')),
    ...(providers?.some((name) => name !== '') ? { providers: providers.filter((name) => name !== '') } : {}),
  }
}

export function readArrival(query: URLSearchParams): Arrival | undefined {
  const result = RESULTS.find((known) => known === query.get('result'))
  return result === undefined ? undefined : { result, provider: query.get('provider') ?? '' }
}

function given<Name extends string>(name: Name, value: string | null) {
  return (value === null || value === '' ? {} : { [name]: value }) as { [name in Name]?: string }
}
