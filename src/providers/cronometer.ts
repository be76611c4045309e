import type { Provider } from './provider.ts'

export const cronometer = {
  name: 'cronometer',
  label: 'Cronometer',
  live: { missing: 'Live connections to Cronometer are not built; in the sandbox it connects.' },
} as const satisfies Provider
