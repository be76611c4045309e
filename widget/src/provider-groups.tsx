import { groupProviders, type ProviderState } from './provider-list.ts'
import { ProviderRow, type RowProps } from './provider-row.tsx'
import { words } from './words.ts'

type Props = Omit<RowProps, 'provider' | 'isBusy'> & {
  providers: ProviderState[]
  wanted: string[] | undefined
  busy: string | undefined
}

export function ProviderGroups({ providers, wanted, busy, ...actions }: Props) {
  const { connected, available, inApp, unavailable } = groupProviders(providers, wanted)
  const groups = [
    { id: 'group-connected', title: words.connectedGroup, rows: connected },
    { id: 'group-available', title: words.availableGroup, rows: available },
    { id: 'group-in-app', title: words.inAppGroup, rows: inApp },
    { id: 'group-unavailable', title: words.unavailableGroup, rows: unavailable },
  ].filter(({ rows }) => rows.length > 0)
  if (groups.length === 0) return <p class="empty">{words.nothing}</p>
  return (
    <>
      {groups.map(({ id, title, rows }) => (
        <section class="group" key={id} aria-labelledby={id}>
          <h2 id={id}>{title}</h2>
          {/* Safari takes a list without markers for none. */}
          <ul role="list">
            {rows.map((provider) => (
              <ProviderRow key={provider.name} provider={provider} isBusy={busy === provider.name} {...actions} />
            ))}
          </ul>
        </section>
      ))}
      <p class="promise">{words.promise}</p>
    </>
  )
}

/** As high as the list that follows, so that nothing jumps. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div class="group skeleton" aria-hidden="true">
      <div class="bone is-heading" />
      <ul role="list">
        {Array.from({ length: rows }, (_, index) => (
          <li class="row" key={index}>
            <div class="bone is-mark" />
            <div class="row-text">
              <div class="bone is-name" />
              <div class="bone is-state" />
            </div>
            <div class="bone is-button" />
          </li>
        ))}
      </ul>
    </div>
  )
}
