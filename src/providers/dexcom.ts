import type { Provider } from './provider.ts'

export const dexcom = { name: 'dexcom', label: 'Dexcom' } as const satisfies Provider
