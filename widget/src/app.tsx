import { useEffect, useRef, useState } from 'preact/hooks'
import type { ProviderState } from './provider-list.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { headingOf, noteOf } from './heading.tsx'
import { Page } from './page.tsx'
import type { Arrival, Settings } from './parameters.ts'
import { ProviderGroups, Skeleton } from './provider-groups.tsx'
import { buttonId } from './provider-row.tsx'
import { Trouble, WayOut } from './trouble.tsx'
import { useConnections } from './use-connections.ts'
import { words } from './words.ts'

const SKELETON_ROWS = 6

type Props = { settings: Settings; arrival: Arrival | undefined }
type Connections = ReturnType<typeof useConnections>

/** The list of providers, or why there is none; after the way to a provider and back, how that ended. */
export function App({ settings, arrival }: Props) {
  const connections = useConnections(settings)
  const { view, busy, status } = connections
  const [asked, setAsked] = useState<ProviderState>()
  const focusAfter = useFocusAfter(busy)
  const confirm = (provider: ProviderState) => {
    setAsked(undefined)
    focusAfter(provider.name)
    void connections.remove(provider)
  }
  return (
    <Page
      {...headingOf(view, arrival)}
      note={noteOf(view, settings)}
      status={view.is === 'loading' ? words.loading : status}
    >
      <Body settings={settings} arrival={arrival} connections={connections} onDisconnect={setAsked} />
      {asked === undefined ? null : (
        <ConfirmDialog provider={asked} onConfirm={() => confirm(asked)} onCancel={() => setAsked(undefined)} />
      )}
    </Page>
  )
}

type BodyProps = Props & { connections: Connections; onDisconnect: (provider: ProviderState) => void }

function Body({ settings, arrival, connections, onDisconnect }: BodyProps) {
  const { view, failure, busy, reload, connect } = connections
  if (view.is === 'loading') return <Skeleton rows={settings.providers?.length ?? SKELETON_ROWS} />
  if (view.is === 'problem') return <WayOut failure={view.failure} arrival={arrival} onRetry={reload} />
  return (
    <>
      {failure === undefined ? null : <Trouble failure={failure} />}
      <ProviderGroups
        providers={view.list.providers}
        wanted={settings.providers}
        busy={busy}
        onConnect={(provider) => void connect(provider)}
        onDisconnect={onDisconnect}
      />
    </>
  )
}

/** Gives the focus to a provider's button once nothing is awaited: its row may have moved to another group. */
function useFocusAfter(busy: string | undefined): (name: string) => void {
  const name = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (busy !== undefined || name.current === undefined) return
    const target = document.getElementById(buttonId(name.current)) ?? document.querySelector('h1')
    target?.focus()
    name.current = undefined
  }, [busy])
  return (next) => {
    name.current = next
  }
}
