import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { verifyEvents } from '../services/verify.ts'
import { asJson } from './database.ts'
import { appendTenantEvents, databaseNow } from './events.ts'

let store: TestDatabase
beforeAll(async () => {
  store = await openTestDatabase()
})
afterAll(() => store.close())

const kept = (value: string) =>
  store.database.beforeTenant((tx) =>
    tx.rows<{ kept: string }>(sql`select ${asJson({ value })} ->> 'value' as kept`),
  )

test('a text no database keeps is kept with marks in its place, any other text as it is', async () => {
  expect(await kept('a\u0000b')).toEqual([{ kept: 'a\ufffdb' }])
  expect(await kept('half \ud800 pair')).toEqual([{ kept: 'half \ufffd pair' }])
  expect(await kept('spelled \\u0000, not meant')).toEqual([{ kept: 'spelled \\u0000, not meant' }])
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      const expected = text.replaceAll('\u0000', '\ufffd')
      expect(await kept(text)).toEqual([{ kept: expected }])
    }),
    { numRuns: 40 },
  )
})

test('an event whose words hold such characters still verifies', async () => {
  const tenantId = await store.newTenant()
  await store.database.inTenant(tenantId, async (tx) =>
    appendTenantEvents(
      tx,
      [{ kind: 'test', actor: 'test', summary: 'NUL \u0000 here', body: { half: '\udc00' } }],
      await databaseNow(tx),
    ),
  )
  expect(await verifyEvents(store.database, { tenantIds: [tenantId] })).toMatchObject({
    events: 1,
    brokenCount: 0,
  })
})
