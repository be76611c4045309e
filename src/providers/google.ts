import { googleHealth } from './google-health/live.ts'
import { googleSource } from './google-health/sources.ts'
import type { Provider } from './provider.ts'

/** What a person's Google account has from other platforms than Fitbit, such as Health Connect. */
export const google = {
  name: 'google',
  label: 'Google Health',
  live: googleHealth(googleSource),
} as const satisfies Provider
