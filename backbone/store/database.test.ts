import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { verifyEvents } from '../services/verify.ts'
import { asJson, openDatabase } from './database.ts'
import { appendTenantEvents, databaseNow } from './events.ts'
import { pgliteDriver } from './pglite-driver.ts'

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

test('where nobody can act as the tenant nothing is done, also what was asked in the same breath', async () => {
  // Not migrated: the role is not there yet.
  const bare = openDatabase(await pgliteDriver({}))
  onTestFinished(() => bare.close())
  const made = bare.inTenant('anybody', (tx) => tx.run(sql`create table made (id int)`))
  await expect(made).rejects.toThrow(/quittance_tenant/)
  const { rows } = await bare.driver.run("select to_regclass('made') as made", [])
  expect(rows).toEqual([{ made: null }])
})

test('work whose first part fails goes on as its tenant, never as whoever connected', async () => {
  const tenantId = await store.newTenant()
  const who = await store.database.inTenant(tenantId, async (tx) => {
    await tx.attempt((inner) => inner.run(sql`select 1 / 0`)).catch(() => undefined)
    return tx.rows(sql`select current_user as role, current_setting('app.tenant') as tenant`)
  })
  expect(who).toEqual([{ role: 'quittance_tenant', tenant: tenantId }])
})
