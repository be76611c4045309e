import type { Provider } from './provider.ts'

export const withings = { name: 'withings', label: 'Withings' } as const satisfies Provider
