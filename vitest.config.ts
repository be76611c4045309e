import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // A file has a database of its own; two at a time keep two cores busy.
    pool: 'forks',
    maxWorkers: 2,
    // Modules hold no state, which style asks for: loaded once a worker, not once a file, which took a third of the time.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
})
