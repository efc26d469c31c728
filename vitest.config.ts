import { defineConfig } from 'vitest/config'

const reportFile = process.env['TEST_REPORT_FILE']

// One process, no isolation: fast, and a test that leaves something open is noticed. Two workers, also where vitest
// would take one for two cores: much of a test is waiting.
export default defineConfig({
  test: {
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'data/**'],
    testTimeout: 30_000,
    // Setting up opens a database of its own: on a busy machine that alone may take half a minute.
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    reporters: reportFile ? ['default', ['json', { outputFile: reportFile }]] : ['default'],
  },
})
