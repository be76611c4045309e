import { labelOf } from './known-providers.ts'
import { Mark } from './mark.tsx'
import type { Arrival, Settings } from './parameters.ts'
import type { View } from './use-connections.ts'
import { words } from './words.ts'

/** What stands at the top: how the way back ended, else why there is no list, else what the page is for. */
export function headingOf(view: View, arrival: Arrival | undefined) {
  if (arrival !== undefined) {
    const { title, text } = words.results[arrival.result]
    const label = labelOf(arrival.provider) ?? words.someProvider
    return { title: title(label), lead: text, sign: <ResultSign {...arrival} />, isNews: true }
  }
  if (view.is !== 'problem') return { title: words.title, lead: words.lead }
  const { title, text } = words.problems[view.failure.kind]
  const { seconds } = view.failure
  return { title, lead: seconds === undefined ? text : words.limitedFor(seconds), isNews: true }
}

/** Which environment it is, where that is not the live one as expected. */
export function noteOf(view: View, { isSandbox }: Settings) {
  const environment = view.is === 'list' ? view.list.environment : undefined
  if (environment === 'live' && isSandbox === true) return { mark: words.liveMark, text: words.liveNote }
  if (environment === 'sandbox' || (isSandbox === true && view.is === 'loading')) {
    return { mark: words.sandboxMark, text: words.sandboxNote }
  }
  return undefined
}

function ResultSign({ result, provider }: Arrival) {
  return (
    <div class={result === 'connected' ? 'sign is-good' : 'sign is-bad'} aria-hidden="true">
      <Mark name={provider} size={64} />
      <svg class="sign-badge" width="28" height="28" viewBox="0 0 28 28">
        <circle cx="14" cy="14" r="14" />
        <path d={result === 'connected' ? 'M8 14.5l4 4 8-8.5' : 'M14 7.5v8M14 20v.01'} />
      </svg>
    </div>
  )
}
