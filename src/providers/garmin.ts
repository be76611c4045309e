import type { Provider } from './provider.ts'

export const garmin = {
  name: 'garmin',
  label: 'Garmin',
  live: { missing: 'Live connections to Garmin are not built; in the sandbox it connects.' },
} as const satisfies Provider
