import { serverUrl } from './api.ts'
import { labelOf } from './known-providers.ts'
import { Mark } from './mark.tsx'
import { Page } from './page.tsx'
import { ProblemSign } from './sign.tsx'
import { words } from './words.ts'

/** The sandbox's stand-in for a provider's own page: it leads back with a code, or with a refusal. */
export function Consent({ query }: { query: URLSearchParams }) {
  const [provider, state] = [query.get('provider') ?? '', query.get('state') ?? '']
  const label = labelOf(provider)
  if (label === undefined || state === '') {
    const { title, text } = words.problems.missing
    return <Page title={title} lead={text} sign={<ProblemSign kind="missing" />} isNews />
  }
  const back = (answer: Record<string, string>) =>
    serverUrl(`connect/${provider}?${new URLSearchParams({ state, ...answer })}`).href
  return (
    <Page
      title={words.consentTitle(label)}
      lead={words.consentText(label)}
      sign={<Mark name={provider} size={64} />}
      note={{ mark: words.sandboxMark, text: words.consentNote(label) }}
      isNews
    >
      <div class="choices">
        <a class="button is-main is-wide" href={back({ code: 'sandbox' })}>
          {words.allow}
        </a>
        <a class="button is-quiet is-wide" href={back({ error: 'access_denied' })}>
          {words.deny}
        </a>
      </div>
    </Page>
  )
}
