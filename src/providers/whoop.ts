import type { Provider } from './provider.ts'

export const whoop = {
  name: 'whoop',
  label: 'WHOOP',
  live: { missing: 'Live connections to WHOOP are not built; in the sandbox it connects.' },
} as const satisfies Provider
