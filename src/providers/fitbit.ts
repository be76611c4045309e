import { googleHealth } from './google-health/live.ts'
import { fitbitSource } from './google-health/sources.ts'
import type { Provider } from './provider.ts'

/** Fitbit's trackers and Pixel watches. The Fitbit Web API is no more: their data comes through Google's. */
export const fitbit = {
  name: 'fitbit',
  label: 'Fitbit',
  live: googleHealth(fitbitSource),
} as const satisfies Provider
