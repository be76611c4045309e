import type { Provider } from './provider.ts'

export const apple = {
  name: 'apple',
  label: 'Apple Health',
  live: {
    missing: 'Apple Health has no server to ask: it is connected from the app on the phone, with a connect token.',
    hint: 'Open the app on your iPhone to connect Apple Health.',
    isInApp: true,
  },
} as const satisfies Provider
