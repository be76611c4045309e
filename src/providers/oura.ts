import type { Provider } from './provider.ts'

export const oura = {
  name: 'oura',
  label: 'Oura',
  live: { missing: 'Live connections to Oura are not built yet.' },
} as const satisfies Provider
