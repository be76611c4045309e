import { useEffect, useState } from 'preact/hooks'
import { askRedirect, disconnect, Failure, listProviders } from './api.ts'
import type { Settings } from './parameters.ts'
import type { ProviderList, ProviderState } from './provider-list.ts'
import { forgetToken } from './session.ts'
import { words } from './words.ts'

export type View = { is: 'loading' } | { is: 'list'; list: ProviderList } | { is: 'problem'; failure: Failure }

/** What the page shows, and what a person can do on it. */
export function useConnections({ token, ...settings }: Settings) {
  const [view, setView] = useState<View>({ is: 'loading' })
  /** Why what was last tried failed, while the list stays. */
  const [failure, setFailure] = useState<Failure>()
  /** The provider that an answer is awaited for. */
  const [busy, setBusy] = useState<string>()
  const [status, setStatus] = useState('')

  const stop = (error: unknown) => {
    const reason = error instanceof Failure ? error : new Failure('server')
    if (reason.kind === 'expired') forgetToken()
    setView({ is: 'problem', failure: reason })
  }

  const load = async () => {
    setView({ is: 'loading' })
    setBusy(undefined)
    try {
      if (token === undefined) throw new Failure('missing')
      setView({ is: 'list', list: await listProviders(token) })
    } catch (error) {
      stop(error)
    }
  }

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
      setView((before) => withoutConnection(before, provider.name))
      setBusy(undefined)
      setStatus(words.disconnected(provider.label))
    })

  useEffect(() => {
    void load()
    // The browser's Back shows the page as it was left: waiting for the provider's.
    const reload = (event: PageTransitionEvent) => void (event.persisted && load())
    addEventListener('pageshow', reload)
    return () => removeEventListener('pageshow', reload)
  }, [])

  return { view, failure, busy, status, load, connect, remove }
}

/** The server keeps these for the way back; it judges the addresses. */
function redirectQuery(provider: string, settings: Omit<Settings, 'token'>): Record<string, string> {
  const { redirectUrl, failRedirectUrl, colorMode, customColor, providers } = settings
  const all = { provider, redirectUrl, failRedirectUrl, colorMode, customColor, providers: providers?.join(',') }
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function withoutConnection(view: View, name: string): View {
  if (view.is !== 'list') return view
  const providers = view.list.providers.map((provider) => {
    if (provider.name !== name) return provider
    const { connected_at: _, ...rest } = provider
    return { ...rest, connected: false }
  })
  return { is: 'list', list: { ...view.list, providers } }
}
