import type { ProviderState } from './api.ts'

export type Groups = { connected: ProviderState[]; available: ProviderState[]; unavailable: ProviderState[] }

/** What to show of the server's list: only those that are `wanted`, in that order, where the partner said so. */
export function groupProviders(providers: ProviderState[], wanted: string[] | undefined): Groups {
  const shown =
    wanted === undefined
      ? providers
      : [...new Set(wanted)].flatMap((name) => providers.find((provider) => provider.name === name) ?? [])
  return {
    connected: shown.filter(({ connected }) => connected),
    available: shown.filter(({ connected, available }) => !connected && available),
    unavailable: shown.filter(({ connected, available }) => !connected && !available),
  }
}
