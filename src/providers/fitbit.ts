import type { Provider } from './provider.ts'

export const fitbit = { name: 'fitbit', label: 'Fitbit' } as const satisfies Provider
