import type { Provider } from './provider.ts'

export const google = {
  name: 'google',
  label: 'Google Health Connect',
  live: { missing: 'Live connections to Google are not built yet.' },
} as const satisfies Provider
