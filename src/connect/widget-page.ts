import { z } from 'zod'
import { ProviderName } from '../providers/providers.ts'
import { readRedirectUrl } from './redirect-urls.ts'

const MAX_URL_LENGTH = 2000
const isColor = (color: string) => /^(#[0-9a-f]{3,4}|#[0-9a-f]{6}|#[0-9a-f]{8}|[a-z]{1,30})$/i.test(color)
const areProviders = (names: string) => names.split(',').every((name) => ProviderName.safeParse(name).success)

/** What the widget was opened with, and is to be again. */
export const WidgetPage = z.strictObject({
  redirectUrl: z.string().max(MAX_URL_LENGTH).optional().describe('Where to go once it is connected.'),
  failRedirectUrl: z.string().max(MAX_URL_LENGTH).optional().describe('Where to go when it could not be connected.'),
  colorMode: z.enum(['light', 'dark']).optional(),
  customColor: z.string().refine(isColor, 'must be the name of a color of CSS, or a hex one').optional(),
  providers: z.string().max(500).refine(areProviders, 'must be providers, separated by commas').optional(),
})
export type WidgetPage = z.infer<typeof WidgetPage>

/** How it ended: `expired` is whatever came back with a state that was not good. */
export type ConnectResult = 'connected' | 'denied' | 'failed' | 'expired'

/** Where the browser goes: what the page asked for, where that is still allowed; else the widget itself. */
export function whereTo(
  result: ConnectResult,
  provider: string,
  page: WidgetPage = {},
  redirectOrigins: string[] = [],
): string {
  const wanted = result === 'connected' ? page.redirectUrl : page.failRedirectUrl
  const url = wanted === undefined ? undefined : readRedirectUrl(wanted, redirectOrigins)
  if (url === undefined) return widgetUrl(result, provider, page)
  url.searchParams.set('provider', provider)
  url.searchParams.set('status', result === 'connected' ? 'connected' : 'failed')
  if (result !== 'connected') url.searchParams.set('error', result)
  return url.href
}

function widgetUrl(result: ConnectResult, provider: string, { colorMode, customColor, providers }: WidgetPage): string {
  const shown = { colorMode, customColor, providers }
  const parameters = Object.entries(shown).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const query = new URLSearchParams([['result', result], ['provider', provider], ...parameters])
  return `/widget/?${query.toString()}`
}
