import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import type { TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import { eventFeed } from './event-feed.ts'

let opened: TestDatabase
beforeAll(async () => {
  opened = await openTestDatabase()
})
afterAll(() => opened.close())

const append = async (tx: TenantTx, summary: string) =>
  appendTenantEvents(tx, [{ kind: 'noted', actor: 'test', summary }], await databaseNow(tx))

// The embedded database has one connection: its transactions never overlap.
test.skipIf(process.env['TEST_DATABASE_URL'] === undefined)(
  'an event whose transaction is still under way is waited for, never passed over (PostgreSQL only)',
  async () => {
    const { database } = opened
    const tenantId = await opened.newTenant()
    const feed = eventFeed({ database })
    let commit: () => void = () => undefined
    const mayCommit = new Promise<void>((resolve) => {
      commit = resolve
    })
    let begun: () => void = () => undefined
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    const slow = database.inTenant(tenantId, async (tx) => {
      await append(tx, 'The lower id, committed later.')
      begun()
      await mayCommit
    })
    await hasBegun
    await database.inTenant(tenantId, (tx) => append(tx, 'The higher id, committed first.'))
    const asked = feed.after(tenantId, 0)
    commit()
    await slow
    expect((await asked).map((event) => event.summary)).toEqual([
      'The lower id, committed later.',
      'The higher id, committed first.',
    ])
  },
)

test('the feed gives what came after an event, and nothing of another tenant', async () => {
  const { database } = opened
  const [tenantId, otherId] = [await opened.newTenant(), await opened.newTenant()]
  const feed = eventFeed({ database })
  await database.inTenant(tenantId, (tx) => append(tx, 'First.'))
  const from = await feed.newest(tenantId)
  await database.inTenant(otherId, (tx) => append(tx, 'Of another tenant.'))
  expect(await feed.after(tenantId, from)).toEqual([])
  await database.inTenant(tenantId, (tx) => append(tx, 'Second.'))
  expect((await feed.after(tenantId, from)).map((event) => event.summary)).toEqual(['Second.'])
})
