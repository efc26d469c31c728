import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type KillReport, runKillRounds } from './kill-rounds.ts'
import { newPostgresDatabase } from './test-database.ts'

// More rounds, or the rounds of an earlier run again: KILL_ROUNDS=20 KILL_SEED=7 npx vitest run testing/kill-9.test.ts
const rounds = Number(process.env['KILL_ROUNDS'] ?? 10)
const seed = Number(process.env['KILL_SEED'] ?? 20_261_122)
const serverUrl = process.env['TEST_DATABASE_URL']

async function inNewFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-kill-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function expectNothingLostNothingTwice(report: KillReport): void {
  const { kills, sent, resent, count, stopCode, verify, took } = report
  const { repeatedTries, ...offenders } = count
  const shown = JSON.stringify({ seed, kills, sent, resent, repeatedTries, took })
  process.stderr.write(`kill -9: ${shown}\n`)
  expect(offenders, `KILL_SEED=${seed} ${shown}`).toEqual({
    lost: [],
    doubled: [],
    notClosed: [],
    stuckCalls: [],
    failedCalls: [],
    doneNotOnce: [],
    notOnceAtErp: [],
    strangersAtErp: [],
    doubledEffects: [],
  })
  expect(stopCode, 'SIGTERM ends it in peace').toBe(0)
  expect(verify.code, verify.out).toBe(0)
  expect(kills).toBeGreaterThanOrEqual(rounds)
  expect(sent).toBeGreaterThan(rounds)
  expect(repeatedTries['looked-up'] ?? 0).toBeGreaterThan(0)
}

// With TEST_DATABASE_URL the suite runs a second time: the built-in database had its rounds in the first.
test.skipIf(serverUrl !== undefined)(
  'killed at random moments on the built-in database, no order is lost and none reaches the ERP twice',
  async () => {
    await inNewFolder(async (folder) => {
      const report = await runKillRounds({ folder, rounds, seed, restWithinMs: 90_000 })
      expectNothingLostNothingTwice(report)
    })
  },
  400_000,
)

test.skipIf(serverUrl === undefined)(
  'killed at random moments on PostgreSQL, no order is lost and none reaches the ERP twice',
  async () => {
    const { url, drop } = await newPostgresDatabase(serverUrl ?? '')
    try {
      await inNewFolder(async (folder) => {
        const options = { folder, databaseUrl: url, rounds, seed, restWithinMs: 150_000 }
        expectNothingLostNothingTwice(await runKillRounds(options))
      })
    } finally {
      await drop()
    }
  },
  400_000,
)
