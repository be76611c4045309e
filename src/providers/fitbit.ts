import type { Provider } from './provider.ts'

export const fitbit = {
  name: 'fitbit',
  label: 'Fitbit',
  live: { missing: 'Live connections to Fitbit are not built yet.' },
} as const satisfies Provider
