import type { Provider } from './provider.ts'

export const oura = { name: 'oura', label: 'Oura' } as const satisfies Provider
