import { defineConfig } from 'vitest/config'

const reportFile = process.env['TEST_REPORT_FILE']

// One process, no isolation: fast, and a test that leaves something open is noticed.
export default defineConfig({
  test: {
    pool: 'threads',
    isolate: false,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'data/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    reporters: reportFile ? ['default', ['json', { outputFile: reportFile }]] : ['default'],
  },
})
