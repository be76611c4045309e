import { render } from 'preact'
import { App } from './app.tsx'
import { applyAppearance } from './appearance.ts'
import { Consent } from './consent.tsx'
import { readArrival } from './parameters.ts'
import { isConsent, openSession } from './session.ts'
import { words } from './words.ts'

const address = new URL(location.href)
const settings = openSession(address)
document.documentElement.lang = words.language
applyAppearance(settings)
render(
  isConsent(address) ? (
    <Consent query={address.searchParams} />
  ) : (
    <App settings={settings} arrival={readArrival(address.searchParams)} />
  ),
  document.getElementById('root')!,
)
