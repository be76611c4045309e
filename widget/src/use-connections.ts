import { useEffect, useState } from 'preact/hooks'
import { askRedirect, disconnect, Failure } from './api.ts'
import type { Settings } from './parameters.ts'
import type { ProviderState } from './provider-list.ts'
import { useProviderList } from './use-provider-list.ts'
import { words } from './words.ts'

/** What the page shows, and what a person can do on it: one thing at a time. */
export function useConnections({ token, ...settings }: Settings) {
  const { view, load, stop, showDisconnected } = useProviderList(token)
  /** Why what was last tried failed, while the list stays. */
  const [failure, setFailure] = useState<Failure>()
  /** The provider that an answer is awaited for. */
  const [busy, setBusy] = useState<string>()
  const [status, setStatus] = useState('')

  const act = async ({ name }: ProviderState, action: (sure: string) => Promise<void>) => {
    if (busy !== undefined || token === undefined) return
    setBusy(name)
    setFailure(undefined)
    try {
      await action(token)
    } catch (error) {
      setBusy(undefined)
      if (error instanceof Failure && error.kind !== 'expired') setFailure(error)
      else stop(error)
    }
  }

  const connect = (provider: ProviderState) =>
    act(provider, async (sure) => {
      setStatus(words.openingProvider(provider.label))
      location.assign(await askRedirect(sure, redirectQuery(provider.name, settings)))
    })

  const remove = (provider: ProviderState) =>
    act(provider, async (sure) => {
      await disconnect(sure, provider.name)
      showDisconnected(provider.name)
      setBusy(undefined)
      setStatus(words.disconnected(provider.label))
    })

  const reload = () => {
    setBusy(undefined)
    setFailure(undefined)
    void load()
  }
  useShown(reload)

  return { view, failure, busy, status, reload, connect, remove }
}

/** Runs at first, and whenever the browser's Back shows the page as it was left: waiting for the provider's. */
function useShown(run: () => void): void {
  useEffect(() => {
    run()
    const again = (event: PageTransitionEvent) => void (event.persisted && run())
    addEventListener('pageshow', again)
    return () => removeEventListener('pageshow', again)
  }, [])
}

/** The server keeps these for the way back; it judges the addresses. */
function redirectQuery(provider: string, settings: Omit<Settings, 'token'>): Record<string, string> {
  const { redirectUrl, failRedirectUrl, colorMode, customColor, providers } = settings
  const all = { provider, redirectUrl, failRedirectUrl, colorMode, customColor, providers: providers?.join(',') }
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
