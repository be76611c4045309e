import { useState } from 'preact/hooks'
import { Failure, listProviders } from './api.ts'
import type { ProviderList } from './provider-list.ts'
import { forgetToken } from './session.ts'

export type View = { is: 'loading' } | { is: 'list'; list: ProviderList } | { is: 'problem'; failure: Failure }

/** The server's list, once `load` was called; or why there is none. */
export function useProviderList(token: string | undefined) {
  const [view, setView] = useState<View>({ is: 'loading' })

  const stop = (error: unknown) => {
    const failure = error instanceof Failure ? error : new Failure('server')
    if (failure.kind === 'expired') forgetToken()
    setView({ is: 'problem', failure })
  }

  const load = async () => {
    setView({ is: 'loading' })
    try {
      if (token === undefined) throw new Failure('missing')
      setView({ is: 'list', list: await listProviders(token) })
    } catch (error) {
      stop(error)
    }
  }

  const showDisconnected = (name: string) => setView((before) => withoutConnection(before, name))
  return { view, load, stop, showDisconnected }
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
