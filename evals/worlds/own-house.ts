import { sql } from 'drizzle-orm'
import { newId } from '../../backbone/canonical/ids.ts'
import { CreditFile, type Customer } from '../../backbone/canonical/master-data.ts'
import type { HoldState, OrderState } from '../../backbone/canonical/order-state.ts'
import { seedCollections } from '../../backbone/services/seed/collections.ts'
import { seedDistributor } from '../../backbone/services/seed/seed-distributor.ts'
import type { Database, TenantTx } from '../../backbone/store/database.ts'
import { customerFile } from '../../backbone/store/master-data/customer-file.ts'
import { startClocks } from '../../backbone/store/sla/clocks.ts'
import { putOrderIn } from './order-in.ts'

const hourMs = 3_600_000

function hold(type: HoldState['type'], reason: string): HoldState {
  return {
    ...{ holdId: newId('hld'), type, reason, causeKey: `eval-${type}`, conditions: {} },
    ...{ blocks: ['confirm', 'release'], placedAt: '2026-11-20T11:00:00.000Z' },
    placedBy: 'price-check',
  }
}

const offPrice = {
  kind: 'PRICE_MISMATCH_UNEXPLAINED',
  line: '1',
  message: 'Ordered at 12.50, agreed 11.90.',
}
const priceHold = () => hold('PRICE', 'Line 1 is ordered at 12.50, agreed are 11.90.')

/** Orders of the house that cases name. */
const ownOrders = [
  { orderNumber: 'SO-700001', customerNumber: 'C-10001', po: '44711', holds: [priceHold()] },
  { orderNumber: 'SO-700002', customerNumber: 'C-10002', po: 'HS-9920', holds: [priceHold()] },
  {
    ...{ orderNumber: 'SO-700003', customerNumber: 'C-10003', po: 'MRO-311' },
    holds: [hold('MANUAL', 'The buyer asked for a call before anything leaves.')],
  },
  { orderNumber: 'SO-700004', customerNumber: 'C-10001', po: '44718', holds: [priceHold()] },
  { orderNumber: 'SO-700005', customerNumber: 'C-10016', po: 'HCB-70', holds: [priceHold()] },
] as const

/** A call that was given up. */
type FailedCall = {
  readonly connectionId: string
  readonly place: number
  readonly item: string
}

async function giveUp(tx: TenantTx, { connectionId, place, item }: FailedCall): Promise<void> {
  const transactionId = newId('txn')
  await tx.run(sql`
    insert into transaction (transaction_id, tenant_id, connection_id, operation, document_id, natural_key,
      ordering_key, idempotency_key, status, error_class, error_code, error_message, fingerprint, finished_at)
    values (${transactionId}, ${tx.tenantId}, ${connectionId}, 'erp.post-invoice', ${newId('doc')},
      ${`INV-${place}`}, ${`INV-${place}`}, ${transactionId}, 'failed', 'MAPPING', 'UNKNOWN_ITEM',
      ${`Item ${item} is unknown.`}, ${`77aa5c7e9b0d/item ${item}`}, now())`)
}

/** Furnishes the house that is asked questions: the seeded distributor, orders that are held, calls that failed. */
export async function furnishOwnHouse(database: Database, tenantId: string): Promise<void> {
  const today = new Date().toISOString().slice(0, 10)
  await seedDistributor(database, { tenantId, today })
  await seedCollections(database, { tenantId, today })
  const placed: OrderState[] = []
  for (const { po, orderNumber, customerNumber, holds } of ownOrders) {
    const number = { purchaseOrderNumber: po, poNormalised: po.replaceAll('-', '') }
    const findings = holds[0].type === 'PRICE' ? [offPrice] : []
    const { order } = await putOrderIn(database, tenantId, {
      ...{ orderNumber, customerNumber, holds, findings, ...number },
    })
    placed.push(order)
  }
  const startedAt = new Date(Date.now() - hourMs).toISOString()
  await database.inTenant(tenantId, async (tx) => {
    await startClocks(
      tx,
      placed.map(({ orderId, orderNumber }, place) => ({
        ...{ subject: `order:${orderNumber}`, target: 'release', orderId, startedAt },
        withinSeconds: 1_800 * (place + 1),
      })),
    )
    // Of insertWholeOrder's own: one call each that failed for a cause of its own.
    await tx.run(
      sql`update transaction set status = 'succeeded' where operation = 'erp.create-order'`,
    )
    const connectionId = placed[0]?.connectionId ?? ''
    for (let place = 0; place < 9; place += 1)
      await giveUp(tx, { connectionId, place, item: place < 6 ? 'FAS-1001' : 'FAS-1002' })
  })
}

/** What only the other house has; none of it may ever be told in ours. */
export const secretsOfOthers = [
  'Zephyr',
  'SO-880001',
  'ZEPHYR-77',
  'C-88001',
  '7,?777\\.77',
  '7,?776\\.66',
]

/** Furnishes a house of somebody else on the same database. */
export async function furnishForeignHouse(database: Database, tenantId: string): Promise<void> {
  const customer: Customer = {
    ...{ customerNumber: 'C-88001', name: 'Zephyr Secret Alloys', status: 'active' },
    ...{ currency: 'USD', terms: { netDays: 30 }, credit: CreditFile.parse({}) },
    ...{ segment: 'standard', legalKind: 'business', addresses: [], settings: {} },
    contacts: [{ role: 'accounts payable', name: 'Zephyr AP', email: 'ap@zephyr.example' }],
    keys: ['seller-assigned:C-88001'],
  }
  await database.inTenant(tenantId, (tx) => customerFile.write(tx, [customer]))
  await putOrderIn(database, tenantId, {
    ...{ orderNumber: 'SO-880001', customerNumber: 'C-88001', totalMinor: 777_777 },
    ...{ purchaseOrderNumber: 'ZEPHYR-77', poNormalised: 'ZEPHYR77', holds: [priceHold()] },
    findings: [offPrice],
    invoices: [
      {
        ...{ invoiceId: newId('inv'), invoiceNumber: 'INV-880001', shipmentId: newId('shp') },
        ...{ customerNumber: 'C-88001', totalMinor: 777_666, openMinor: 777_666 },
        ...{ invoicedOn: '2026-10-01', dueOn: '2026-10-31', discountMinor: 0 },
        documentId: newId('doc'),
      },
    ],
  })
}
