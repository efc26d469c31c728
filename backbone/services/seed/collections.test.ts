import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../testing/test-database.ts'
import { customerCandidates } from '../candidates/customer-candidates.ts'
import { collectionsService } from '../collections.ts'
import { invoicesToCopy } from '../outreach/invoice-copies.ts'
import { MessagePayload } from '../outreach/message-payload.ts'
import { seedCollections } from './collections.ts'
import { seedDistributor } from './seed-distributor.ts'

let opened: TestDatabase

beforeAll(async () => {
  opened = await openTestDatabase()
})
afterAll(() => opened.close())

const today = '2026-11-23'

test('the seed has every kind of case on its worklist, its books still agree, and a second run changes nothing', async () => {
  const { database } = opened
  const tenantId = await opened.newTenant()
  await seedDistributor(database, { tenantId, today })
  const first = await seedCollections(database, { tenantId, today })
  expect(first.openInvoices).toBe(13)
  expect(await seedCollections(database, { tenantId, today })).toEqual({ openInvoices: 0 })
  const { items } = await collectionsService({ database }).worklist({
    tenantId,
    asOf: today,
    page: { limit: 50, after: undefined },
  })
  const kinds = Object.fromEntries(items.map((line) => [line.customerNumber, line.case.kind]))
  expect(kinds).toMatchObject({
    'C-10004': 'message',
    'C-10006': 'call',
    'C-10007': 'final-notice',
    'C-10008': 'message',
    'C-10012': 'automation-off',
    'C-10013': 'clear-cash-first',
    'C-10014': 'person-first',
  })
  expect(
    items.find((line) => line.customerNumber === 'C-10008')?.case.net.disputedMinor,
  ).toBeGreaterThan(0)
  expect(
    items.find((line) => line.customerNumber === 'C-10009')?.case.net.promisedMinor,
  ).toBeGreaterThan(0)
  const wrong = await database.inTenant(tenantId, (tx) =>
    tx.rows(sql`
      select payment_id from payment where amount_minor - unapplied_minor <> coalesce((select sum(applied_minor)
        from payment_application where payment_application.payment_id = payment.payment_id), 0) or amount_minor <= 0
      union all
      select invoice_id from invoice where total_minor - open_minor <> coalesce((select sum(applied_minor + discount_minor)
        from payment_application where payment_application.invoice_id = invoice.invoice_id), 0)`),
  )
  expect(wrong).toEqual([])
})

test('a late customer of the seed can be written to, on any day, with a copy of its invoice', async () => {
  const { database } = opened
  const tenantId = await opened.newTenant()
  const now = new Date().toISOString().slice(0, 10)
  await seedDistributor(database, { tenantId, today: now })
  await seedCollections(database, { tenantId, today: now })
  const [candidate] = await database.inTenant(tenantId, (tx) =>
    customerCandidates(tx, { kind: 'customer', id: 'C-10004' }),
  )
  const { invoiceNumbers } = MessagePayload.parse(candidate?.payload)
  const copies = await database.inTenant(tenantId, (tx) => invoicesToCopy(tx, invoiceNumbers))
  expect(copies.map(({ invoiceNumber }) => invoiceNumber)).toEqual(invoiceNumbers)
})
