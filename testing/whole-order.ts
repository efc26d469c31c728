import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { newId } from '../backbone/canonical/ids.ts'
import { emptyChain, type OrderState } from '../backbone/canonical/order-state.ts'
import type { Database, TenantTx } from '../backbone/store/database.ts'
import { appendOrderEvents } from '../backbone/store/events.ts'
import { saveOrders } from '../backbone/store/orders/save-orders.ts'

function boltLine(mark: string): Pick<OrderState, 'lines'> {
  return {
    lines: [
      {
        line: '1',
        position: 1,
        sku: `FAS-${mark}`,
        item: { identifiers: [{ scheme: 'sku', value: `FAS-${mark}` }] },
        description: 'Hex bolt M8 x 40',
        quantity: '2',
        uom: 'EA',
        uomScheme: 'rec20',
        uomFactor: 1,
        sentUnitPrice: '12.5',
        priceBasis: '1',
        unitPrice: '11.9',
        priceSource: 'agreement',
        lineAmountMinor: 2380,
        orderedEach: 2,
        cancelledEach: 0,
        allocatedEach: 1,
        shippedEach: 1,
        invoicedEach: 1,
        references: [],
      },
    ],
  }
}

function goodsAndBills(mark: string): Pick<OrderState, 'picks' | 'shipments' | 'invoices'> {
  const shipmentId = newId('shp')
  return {
    picks: [
      {
        pickId: newId('pck'),
        pickNumber: `PK-${mark}`,
        warehouse: 'DAL',
        status: 'picking',
        lines: [{ line: '1', sku: `FAS-${mark}`, quantityEach: 2 }],
        requestedAt: '2026-11-02T10:05:00.000Z',
      },
    ],
    shipments: [
      {
        shipmentId,
        shipmentNumber: `SH-${mark}`,
        documentId: newId('doc'),
        shippedAt: '2026-11-02T15:00:00.000Z',
        carrier: 'UPSN',
        trackingNumber: `1Z${mark}`,
        isInvoiced: true,
        lines: [{ line: '1', quantityEach: 1 }],
      },
    ],
    invoices: [
      {
        invoiceId: newId('inv'),
        invoiceNumber: `IN-${mark}`,
        shipmentId,
        customerNumber: `C-${mark}`,
        totalMinor: 1190,
        openMinor: 190,
        invoicedOn: '2026-11-02',
        dueOn: '2026-12-02',
        discountMinor: 0,
        documentId: newId('doc'),
      },
    ],
  }
}

/** An order half on its way: one carton of two has left and is billed and paid in part. */
export function orderOnItsWay(change: Partial<OrderState> = {}): OrderState {
  const mark = randomBytes(4).toString('hex').toUpperCase()
  return {
    orderId: newId('ord'),
    orderNumber: `SO-${mark}`,
    stage: 'picking',
    connectionId: `con-${mark.toLowerCase()}`,
    streamKey: `stream-${mark}`,
    documentId: newId('doc'),
    customerNumber: `C-${mark}`,
    customerKeys: [],
    purchaseOrderNumber: `PO-${mark}-7`,
    poNormalised: `PO${mark}7`,
    changeCount: 0,
    erpRevision: 1,
    currency: 'USD',
    references: [],
    parties: [],
    terms: { netDays: 30 },
    lineHash: mark,
    totalMinor: 2380,
    chargesMinor: 0,
    allowanceMinor: 0,
    taxMinor: 0,
    isShipComplete: false,
    isAcknowledged: true,
    findings: [{ kind: 'price-mismatch', line: '1', message: 'Ordered at 12.50, agreed 11.90.' }],
    receivedAt: '2026-11-02T09:00:00.000Z',
    releasedAt: '2026-11-02T10:00:00.000Z',
    chain: emptyChain,
    ...boltLine(mark),
    ...goodsAndBills(mark),
    holds: [
      {
        holdId: newId('hld'),
        type: 'MANUAL',
        blocks: ['ship'],
        reason: 'The customer asked for a call before the rest leaves.',
        causeKey: 'manual',
        conditions: {},
        placedAt: '2026-11-02T11:00:00.000Z',
        placedBy: 'person:Dana',
      },
    ],
    ...change,
  }
}

async function insertPaper(tx: TenantTx, order: OrderState, receiptId: string): Promise<void> {
  const { tenantId } = tx
  const { connectionId, orderId, documentId, purchaseOrderNumber } = order
  await tx.run(sql`
    insert into connection (connection_id, tenant_id, kind, name)
    values (${connectionId}, ${tenantId}, 'x12', 'Northwind EDI')`)
  await tx.run(sql`
    insert into receipt (receipt_id, tenant_id, connection_id, channel, transport_id, sha256, status, byte_size, content_type)
    values (${receiptId}, ${tenantId}, ${connectionId}, 'x12', ${receiptId}, 'abc', 'read', 23, 'application/edi-x12')`)
  await tx.run(sql`
    insert into raw_document (receipt_id, tenant_id, content)
    values (${receiptId}, ${tenantId}, decode(${Buffer.from(`ISA*00*${purchaseOrderNumber}~`).toString('hex')}::text, 'hex'))`)
  await tx.run(sql`
    insert into document (document_id, tenant_id, direction, doc_type, number, receipt_id, connection_id, order_id, canonical, status)
    values (${documentId}, ${tenantId}, 'in', 'order', ${purchaseOrderNumber}, ${receiptId}, ${connectionId}, ${orderId}, '{}'::jsonb, 'applied')`)
}

/** Puts an order with its whole paper trail into a tenant; gives every id by which it could be asked for. */
export async function insertWholeOrder(
  database: Database,
  tenantId: string,
  order: OrderState = orderOnItsWay(),
) {
  const receiptId = newId('rcp')
  const quarantineId = newId('qrn')
  const paymentId = newId('pay')
  const transactionId = newId('txn')
  const clusterId = `1f3a5c7e9b0d/item ${transactionId}`
  const { connectionId, orderId } = order
  await database.inTenant(tenantId, async (tx) => {
    await insertPaper(tx, order, receiptId)
    await saveOrders(tx, [{ order, before: undefined }])
    await tx.run(sql`
      insert into quarantine (quarantine_id, tenant_id, receipt_id, connection_id, kind, reason)
      values (${quarantineId}, ${tenantId}, ${receiptId}, ${connectionId}, 'unreadable', 'The ISA segment is cut off.')`)
    await tx.run(sql`
      insert into transaction (transaction_id, tenant_id, connection_id, operation, order_id, document_id, natural_key,
        ordering_key, idempotency_key, status, error_class, error_code, error_message, fingerprint, finished_at)
      values (${transactionId}, ${tenantId}, ${connectionId}, 'erp.create-order', ${orderId}, ${order.documentId},
        ${order.orderNumber}, ${order.orderNumber}, ${transactionId}, 'failed', 'MAPPING', 'UNKNOWN_ITEM',
        'Item is unknown.', ${clusterId}, now())`)
    const [invoice] = order.invoices
    if (invoice !== undefined) {
      await tx.run(sql`
        insert into payment (payment_id, tenant_id, payment_number, connection_id, document_id, currency, amount_minor,
          unapplied_minor, booked_on, customer_number)
        values (${paymentId}, ${tenantId}, ${paymentId}, ${connectionId}, ${newId('doc')}, 'USD', 1500, 500,
          '2026-11-10'::text::date, ${invoice.customerNumber})`)
      await tx.run(sql`
        insert into payment_application (tenant_id, payment_id, invoice_id, applied_minor, reason)
        values (${tenantId}, ${paymentId}, ${invoice.invoiceId}, 1000, 'named on the remittance')`)
    }
    await appendOrderEvents(
      tx,
      [
        {
          orderId,
          kind: 'order.received',
          actor: `connection:${connectionId}`,
          summary: `Purchase order ${order.purchaseOrderNumber} arrived.`,
        },
      ],
      order.receivedAt,
    )
  })
  return {
    ...{ order, orderId, connectionId, receiptId, quarantineId },
    ...{ paymentId, transactionId, clusterId },
  }
}
