import { readCssColor } from './css-color.ts'
import { knownProviders } from './known-providers.ts'

/** What the partner set in the address. `redirectUrl` and `failRedirectUrl` are the server's to judge. */
export type Settings = {
  token?: string
  /** Whether the partner takes this for the sandbox. */
  isSandbox?: boolean
  colorMode?: 'light' | 'dark'
  customColor?: string
  redirectUrl?: string
  failRedirectUrl?: string
  /** Names of providers, in the order to show them. */
  providers?: string[]
}

const RESULTS = ['connected', 'denied', 'failed', 'expired'] as const

/** How the way to a provider and back ended. */
export type Arrival = { result: (typeof RESULTS)[number]; provider: string }

/** What the page says of it: `already` where it is connected all the same. */
export type News = { result: Arrival['result'] | 'already'; provider: string }

/** What is missing or not understood is left out: the server would refuse all of it. */
export function readSettings(query: URLSearchParams): Settings {
  const mode = query.get('colorMode')
  const color = query.get('customColor') ?? ''
  return {
    ...textOf(query, 'token'),
    ...(query.has('sandbox') ? { isSandbox: query.get('sandbox') === 'true' } : {}),
    ...(mode === 'light' || mode === 'dark' ? { colorMode: mode } : {}),
    ...(readCssColor(color) === undefined ? {} : { customColor: color }),
    ...textOf(query, 'redirectUrl'),
    ...textOf(query, 'failRedirectUrl'),
    ...namesOf(query.get('providers') ?? ''),
  }
}

export function readArrival(query: URLSearchParams): Arrival | undefined {
  const result = RESULTS.find((known) => known === query.get('result'))
  return result === undefined ? undefined : { result, provider: query.get('provider') ?? '' }
}

function textOf<Name extends string>(query: URLSearchParams, name: Name) {
  const value = query.get(name) ?? ''
  return (value === '' ? {} : { [name]: value }) as { [name in Name]?: string }
}

/** None when all are unknown: to show all that there are is not what was asked for. */
function namesOf(list: string): Pick<Settings, 'providers'> {
  const names = new Set(list.split(',').map((name) => name.trim().toLowerCase()))
  return list === '' ? {} : { providers: [...names].filter((name) => Object.hasOwn(knownProviders, name)) }
}
