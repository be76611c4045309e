import type { Provider } from './provider.ts'

export const tenovi = {
  name: 'tenovi',
  label: 'Tenovi',
  live: {
    missing: 'Tenovi devices are connected by their ids, with POST /connect/rpm/tenovi.',
    hint: 'Your care team connects Tenovi devices for you.',
  },
} as const satisfies Provider
