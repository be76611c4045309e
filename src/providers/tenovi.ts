import type { Provider } from './provider.ts'

export const tenovi = { name: 'tenovi', label: 'Tenovi' } as const satisfies Provider
