import { labelOf } from './known-providers.ts'
import type { Arrival, News, Settings } from './parameters.ts'
import { ProblemSign, ResultSign } from './sign.tsx'
import type { View } from './use-provider-list.ts'
import { words } from './words.ts'

/** What stands at the top: how the way back ended, else why there is no list, else what the page is for. */
export function headingOf(view: View, arrival: Arrival | undefined) {
  const news = newsOf(view, arrival)
  if (news !== undefined) {
    const { title, text } = words.results[news.result]
    const label = labelOf(news.provider) ?? words.someProvider
    return { title: title(label), lead: text, sign: <ResultSign {...news} />, isNews: true }
  }
  if (view.is !== 'problem') return { title: words.title, lead: words.lead }
  const { title, text } = words.problems[view.failure.kind]
  const { seconds } = view.failure
  const lead = seconds === undefined ? text : words.limitedFor(seconds)
  return { title, lead, sign: <ProblemSign kind={view.failure.kind} />, isNews: true }
}

/**
 * What the way back said, as far as the list bears it out: a link can say anything, a second press of Allow comes back as
 * expired though the first one connected, and what was connected may have been disconnected here since.
 */
function newsOf(view: View, arrival: Arrival | undefined): News | undefined {
  if (arrival === undefined || view.is !== 'list') return arrival
  const isConnected = view.list.providers.some(({ name, connected }) => connected && name === arrival.provider)
  if (isConnected) return arrival.result === 'connected' ? arrival : { ...arrival, result: 'already' }
  return arrival.result === 'connected' ? undefined : arrival
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
