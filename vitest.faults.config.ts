import { defineConfig } from 'vitest/config'

/** `npm run test:faults`: minutes of work for the whole machine, so apart from `npm test`, and one file at a time. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.faults.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 700_000,
    hookTimeout: 60_000,
  },
})
