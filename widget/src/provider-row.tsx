import type { ProviderState } from './provider-list.ts'
import { Mark } from './mark.tsx'
import { words } from './words.ts'

export type RowProps = {
  provider: ProviderState
  /** Whether its button was pressed, and the server has not answered yet. */
  isBusy: boolean
  onConnect: (provider: ProviderState) => void
  onDisconnect: (provider: ProviderState) => void
}

/** Where the focus goes when the provider has moved to another group. */
export const buttonId = (name: string): string => `button-${name}`

export function ProviderRow({ provider, isBusy, onConnect, onDisconnect }: RowProps) {
  const { name, label, connected, available, how } = provider
  const canConnect = !connected && available && how === 'redirect'
  return (
    <li class={connected || canConnect || how === 'app' ? 'row' : 'row is-off'}>
      <Mark name={name} />
      <div class="row-text">
        <span class="row-name">{label}</span>
        <span class={connected ? 'row-state is-connected' : 'row-state'}>{stateOf(provider)}</span>
      </div>
      {connected || canConnect ? (
        <button
          type="button"
          id={buttonId(name)}
          class={connected ? 'button is-quiet' : 'button is-main'}
          aria-disabled={isBusy}
          onClick={() => (connected ? onDisconnect(provider) : onConnect(provider))}
        >
          {labelOf(connected, isBusy)}
          <span class="unseen"> {label}</span>
        </button>
      ) : null}
    </li>
  )
}

function labelOf(connected: boolean, isBusy: boolean): string {
  if (connected) return isBusy ? words.disconnecting : words.disconnect
  return isBusy ? words.opening : words.connect
}

function stateOf({ connected, connected_at, available, how, reason }: ProviderState): string {
  if (connected) return connected_at === undefined ? words.connected : words.connectedSince(dayOf(connected_at))
  if (available && how === 'redirect') return words.notConnected
  return reason ?? (how === 'app' ? words.inApp : words.notAvailable)
}

/** As 3 Nov; with the year where it is not this one. */
function dayOf(instant: string): string {
  const date = new Date(instant)
  const isThisYear = date.getFullYear() === new Date().getFullYear()
  const format = { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' as const }) } as const
  return new Intl.DateTimeFormat(words.dateLocale, format).format(date)
}
