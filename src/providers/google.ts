import type { Provider } from './provider.ts'

export const google = { name: 'google', label: 'Google Health Connect' } as const satisfies Provider
