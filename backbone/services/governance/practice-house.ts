import type { IsoMoment } from '../../canonical/document.ts'
import { builtInSignatures } from '../../canonical/failures/built-in-signatures.ts'
import { matchSignature } from '../../canonical/failures/signature.ts'
import { newId } from '../../canonical/ids.ts'
import { lineAmountMinor } from '../../canonical/money.ts'
import { emptyChain, type HoldState, type OrderState } from '../../canonical/order-state.ts'
import { rootKeyOf } from '../../flows/triage/root-key.ts'
import { factsOfCall } from '../../policies/triage/facts-of-call.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendOrderEvents } from '../../store/events.ts'
import {
  emptyShelves,
  type GivenUpCall,
  putGivenUpCalls,
  putPracticeConnections,
} from '../../store/governance/practice-records.ts'
import { saveOrders } from '../../store/orders/save-orders.ts'
import { startClocks } from '../../store/sla/clocks.ts'
import { addTenant } from '../../store/unscoped/tenants.ts'
import { seedCollections } from '../seed/collections.ts'
import { seedDistributor } from '../seed/seed-distributor.ts'

/** The only tenant of the practice house. */
export const practiceTenant = 'practice'

const northwind = { connectionId: 'con-practice', kind: 'x12', name: 'Northwind EDI' }
const warehouse = { connectionId: 'wms-practice', kind: 'wms', name: 'Warehouse Dallas' }

type PracticeOrder = {
  readonly orderNumber: string
  readonly customerNumber: string
  readonly po: string
  readonly hold: Pick<HoldState, 'type' | 'reason'>
  readonly sku: string
  readonly quantity: number
  /** Of one piece: what the house asks, and what the buyer wrote. */
  readonly prices: { readonly agreed: string; readonly written: string }
}

const offPrice = {
  hold: { type: 'PRICE', reason: 'Line 1 is ordered at 12.50, agreed are 11.90.' },
  ...{ sku: 'FAS-9901', quantity: 2, prices: { agreed: '11.9', written: '12.5' } },
} as const
const byHand: PracticeOrder['hold'] = {
  type: 'MANUAL',
  reason: 'The buyer asked for a call before anything leaves.',
}

// Cases name these numbers.
const heldOrders: readonly PracticeOrder[] = [
  { orderNumber: 'SO-700001', customerNumber: 'C-10001', po: '44711', ...offPrice },
  { orderNumber: 'SO-700002', customerNumber: 'C-10002', po: 'HS-9920', ...offPrice },
  { orderNumber: 'SO-700003', customerNumber: 'C-10003', po: 'MRO-311', ...offPrice, hold: byHand },
  { orderNumber: 'SO-700004', customerNumber: 'C-10001', po: '44718', ...offPrice },
  { orderNumber: 'SO-700005', customerNumber: 'C-10016', po: 'HCB-70', ...offPrice },
]

/** A line that nothing is there for; what it is asked at must be what the house asks. */
type ShortLine = Pick<PracticeOrder, 'orderNumber' | 'customerNumber' | 'sku' | 'quantity'>

const shortLines: readonly ShortLine[] = [
  { orderNumber: 'SO-710001', customerNumber: 'C-10001', sku: 'BRG-1007', quantity: 12 },
  { orderNumber: 'SO-710002', customerNumber: 'C-10028', sku: 'FAS-1054', quantity: 100 },
  { orderNumber: 'SO-710003', customerNumber: 'C-10001', sku: 'MTR-1013', quantity: 2 },
  { orderNumber: 'SO-710004', customerNumber: 'C-10031', sku: 'VLV-1039', quantity: 4 },
  { orderNumber: 'SO-710005', customerNumber: 'C-10025', sku: 'SFT-1044', quantity: 12 },
  { orderNumber: 'SO-710006', customerNumber: 'C-10005', sku: 'CBL-1015', quantity: 2 },
]

function lineOf({ sku, quantity, prices }: PracticeOrder): OrderState['lines'][number] {
  const { agreed, written } = prices
  return {
    ...{ line: '1', position: 1, sku, item: { identifiers: [{ scheme: 'sku', value: sku }] } },
    ...{ description: sku, quantity: String(quantity), uom: 'EA', uomScheme: 'rec20' },
    ...{ uomFactor: 1, sentUnitPrice: written, priceBasis: '1', unitPrice: agreed },
    ...{ priceSource: agreed === written ? 'list' : 'agreement', references: [] },
    lineAmountMinor: lineAmountMinor(agreed, String(quantity), 'USD'),
    ...{ orderedEach: quantity, cancelledEach: 0, allocatedEach: 0 },
    ...{ shippedEach: 0, invoicedEach: 0 },
  }
}

function orderOf(practice: PracticeOrder, receivedAt: IsoMoment): OrderState {
  const { orderNumber, customerNumber, po, hold, prices } = practice
  const line = lineOf(practice)
  const { agreed, written } = prices
  return {
    ...{ orderId: newId('ord'), orderNumber, stage: 'held', connectionId: northwind.connectionId },
    ...{ streamKey: orderNumber, documentId: newId('doc'), customerNumber, customerKeys: [] },
    ...{ purchaseOrderNumber: po, poNormalised: po.replaceAll('-', ''), changeCount: 0 },
    ...{ erpRevision: 0, currency: 'USD', references: [], parties: [], terms: { netDays: 30 } },
    ...{ lineHash: orderNumber, totalMinor: line.lineAmountMinor, chargesMinor: 0 },
    ...{ allowanceMinor: 0, taxMinor: 0, isShipComplete: false, isAcknowledged: true },
    ...{ receivedAt, chain: emptyChain, picks: [], shipments: [], invoices: [] },
    lines: [line],
    findings:
      hold.type === 'PRICE' && agreed !== written
        ? [
            {
              ...{ kind: 'PRICE_MISMATCH_UNEXPLAINED', line: '1' },
              message: 'Ordered at 12.50, agreed 11.90.',
            },
          ]
        : [],
    holds: [
      {
        ...{ holdId: newId('hld'), ...hold, blocks: ['confirm', 'release'], conditions: {} },
        ...{ causeKey: `practice-${hold.type}`, placedAt: receivedAt, placedBy: 'price-check' },
      },
    ],
  }
}

async function putOrders(
  tx: TenantTx,
  practice: readonly PracticeOrder[],
  now: IsoMoment,
): Promise<void> {
  const nowMs = Date.parse(now)
  const orders = practice.map((one, place) =>
    orderOf(one, new Date(nowMs - place * 60_000).toISOString()),
  )
  await saveOrders(
    tx,
    orders.map((order) => ({ order, before: undefined })),
  )
  await appendOrderEvents(
    tx,
    orders.map(({ orderId, purchaseOrderNumber }) => ({
      ...{ orderId, kind: 'order.received', actor: `connection:${northwind.connectionId}` },
      summary: `Purchase order ${purchaseOrderNumber} arrived.`,
    })),
    now,
  )
  const startedAt = new Date(nowMs - 3_600_000).toISOString()
  await startClocks(
    tx,
    orders.map(({ orderId, orderNumber }, place) => ({
      ...{ subject: `order:${orderNumber}`, target: 'release', orderId, startedAt },
      withinSeconds: 1_800 * (place + 1),
    })),
  )
}

type Failed = Pick<GivenUpCall, 'connectionId' | 'operation' | 'code' | 'message'> & {
  readonly kind: string
}

const unknownItem = (item: string): Failed => ({
  ...{ connectionId: northwind.connectionId, kind: northwind.kind, operation: 'erp.post-invoice' },
  ...{ code: 'UNKNOWN_ITEM', message: `Item ${item} is unknown.` },
})
const cutOff: Failed = {
  ...{ connectionId: warehouse.connectionId, kind: warehouse.kind, operation: 'wms.request-pick' },
  ...{ code: 'ECONNRESET', message: 'socket hang up' },
}
const times = (count: number, failed: Failed): Failed[] =>
  Array.from({ length: count }, () => failed)
const failures: readonly Failed[] = [
  ...times(6, unknownItem('FAS-1001')),
  ...times(3, unknownItem('FAS-1002')),
  ...times(2, cutOff),
]

// Recognised by the same signatures and keyed by the same rule as the outbox does it.
function givenUp({ kind, ...failed }: Failed): GivenUpCall {
  const { code, message, operation, connectionId } = failed
  const match = matchSignature(
    factsOfCall({ code, message, response: undefined }),
    builtInSignatures,
  )
  const errorClass = match?.signature.errorClass ?? 'UNKNOWN'
  const traits = { operation, errorClass, code, message, path: undefined, entity: match?.entity }
  const fingerprint = rootKeyOf({ connectionKind: kind, connectionId, ...traits })
  return {
    ...{ ...failed, transactionId: newId('txn'), documentId: newId('doc'), errorClass },
    fingerprint,
  }
}

/** What one line costs in a house, as its own rules price it. */
export type PriceOfLine = (line: {
  readonly customerNumber: string
  readonly sku: string
  readonly quantity: number
}) => Promise<string>

/**
 * Furnishes the house that profiles are tried in, on an empty database: the seeded distributor and its debts, orders
 * that are held or short, calls that failed. None of it is a record of anybody.
 */
export async function furnishPracticeHouse(
  database: Database,
  { now, priceOf }: { readonly now: IsoMoment; readonly priceOf: PriceOfLine },
): Promise<void> {
  const seed = { tenantId: practiceTenant, today: now.slice(0, 10) }
  await addTenant(database, practiceTenant)
  await seedDistributor(database, seed)
  await seedCollections(database, seed)
  const short: PracticeOrder[] = []
  for (const line of shortLines) {
    const price = await priceOf(line)
    short.push({
      ...{ ...line, po: `SHORT-${line.orderNumber}`, hold: byHand },
      prices: { agreed: price, written: price },
    })
  }
  await database.inTenant(practiceTenant, async (tx) => {
    await putPracticeConnections(tx, [northwind, warehouse])
    await putOrders(tx, [...heldOrders, ...short], now)
    await emptyShelves(
      tx,
      shortLines.map(({ sku }) => sku),
    )
    await putGivenUpCalls(tx, failures.map(givenUp))
  })
}
