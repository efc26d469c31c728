import { defineConfig } from 'vitest/config'

// One process, one thread pool, no isolation: fast, and a test that leaves something open is noticed.
export default defineConfig({
  test: {
    pool: 'threads',
    isolate: false,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'data/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    reporters: ['default'],
  },
})
