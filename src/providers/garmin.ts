import type { Provider } from './provider.ts'

export const garmin = { name: 'garmin', label: 'Garmin' } as const satisfies Provider
