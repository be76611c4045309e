import type { Provider } from './provider.ts'

export const whoop = { name: 'whoop', label: 'WHOOP' } as const satisfies Provider
