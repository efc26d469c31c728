import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../testing/free-port.ts'
import { newPostgresDatabase } from '../../testing/test-database.ts'
import { openErpSink } from '../house/erp-sink.ts'
import { LoadPlan } from '../load/load-plan.ts'
import { runLoad } from '../load/run-load.ts'
import { measureInsertCeiling } from './insert-ceiling.ts'
import { isSigned } from './reference-work.ts'
import { furnishReferences, referenceNames, startReference } from './start-reference.ts'

const serverUrl = process.env['TEST_DATABASE_URL']
let database: Awaited<ReturnType<typeof newPostgresDatabase>> | undefined

beforeAll(async () => {
  if (serverUrl === undefined) return
  database = await newPostgresDatabase(serverUrl)
  await furnishReferences(database.url)
})
afterAll(() => database?.drop())

test.skipIf(serverUrl === undefined).each(referenceNames)(
  '%s brings every order to the ERP once',
  async (name) => {
    const sink = await openErpSink(await freePort())
    const place = { databaseUrl: database?.url ?? '', sinkUrl: sink.url }
    const reference = await startReference(name, place)
    try {
      const result = await runLoad(
        LoadPlan.parse({
          ...{ urls: [reference.url], sinkUrl: sink.url, run: name.replace('-', '') },
          ...{ orders: 12, pace: { loop: 'closed', clients: 4 }, pids: [reference.pid] },
        }),
      )
      expect(result).toMatchObject({ accepted: 12, refused: {}, lost: 0, doubled: 0 })
      expect(result.peakRssMb).toBeGreaterThan(10)
    } finally {
      await reference.stop()
      await sink.stop()
    }
  },
)

test.skipIf(serverUrl === undefined)(
  'the insert ceiling is measured one by one and in batches',
  async () => {
    const ceilings = await measureInsertCeiling(database?.url ?? '', 40)
    expect(ceilings.map((one) => one.ordersPerStatement)).toEqual([1, 1, 100, 500])
    expect(ceilings.every((one) => one.ordersPerSecond > 0)).toBe(true)
  },
)

test('a reference refuses what the shop did not sign', () => {
  expect(isSigned(Buffer.from('{}'), undefined)).toBe(false)
  expect(isSigned(Buffer.from('{}'), 'AAAA')).toBe(false)
})
