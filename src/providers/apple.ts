import type { Provider } from './provider.ts'

export const apple = { name: 'apple', label: 'Apple Health' } as const satisfies Provider
