import type { Provider } from './provider.ts'

export const cronometer = { name: 'cronometer', label: 'Cronometer' } as const satisfies Provider
