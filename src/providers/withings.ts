import type { Provider } from './provider.ts'

export const withings = {
  name: 'withings',
  label: 'Withings',
  live: { missing: 'Live connections to Withings are not built; in the sandbox it connects.' },
} as const satisfies Provider
