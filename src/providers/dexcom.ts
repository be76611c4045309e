import type { Provider } from './provider.ts'

export const dexcom = {
  name: 'dexcom',
  label: 'Dexcom',
  live: { missing: 'Live connections to Dexcom are not built; in the sandbox it connects.' },
} as const satisfies Provider
