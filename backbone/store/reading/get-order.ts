import { sql } from 'drizzle-orm'
import type {
  HoldView,
  OrderDocument,
  OrderHeaderView,
  OrderLineView,
  OrderTransaction,
  OrderView,
  PickView,
  ShipmentView,
  TimelineEvent,
} from '../../canonical/views/order-view.ts'
import type { TenantTx } from '../database.ts'
import { invoicesOfOrder } from './list-invoices.ts'
import { summaryColumns, summaryJoins } from './list-orders.ts'
import { paymentsOfOrder } from './list-payments.ts'
import { timelineEvents } from './timeline-event.ts'

/** The id of the order with this id or order number. */
export async function findOrderId(tx: TenantTx, reference: string): Promise<string | undefined> {
  const [row] = await tx.rows<{ order_id: string }>(sql`
    select order_id from orders where order_id = ${reference} or order_number = ${reference} limit 1`)
  return row?.order_id
}

function headerOf(tx: TenantTx, orderId: string): Promise<OrderHeaderView[]> {
  return tx.rows<OrderHeaderView>(sql`
    select ${summaryColumns}, orders.release_number as "releaseNumber", orders.erp_id as "erpId",
      orders.ordered_on as "orderedOn", orders."references", orders.parties, orders.terms, orders.stated_total_minor as "statedTotalMinor",
      -- As they are billed: an allowance that names the discount the lines bear is not taken off once more.
      orders.charges_minor + least(orders.allowance_minor, (select coalesce(sum(discount_minor), 0)::bigint
        from order_line where order_line.order_id = orders.order_id)) as "chargesMinor", orders.tax_minor as "taxMinor",
      orders.is_ship_complete as "isShipComplete", orders.change_count as "changeCount",
      orders.cancel_reason as "cancelReason", orders.findings, orders.released_at as "releasedAt",
      orders.event_count as "eventCount", orders.trace_parent as "traceParent", orders.version
    from orders ${summaryJoins} where orders.order_id = ${orderId}`)
}

function linesOf(tx: TenantTx, orderId: string): Promise<OrderLineView[]> {
  return tx.rows<OrderLineView>(sql`
    select line, sku, item, description, trim_scale(quantity)::text as quantity, uom, uom_scheme as "uomScheme",
      uom_factor as "uomFactor", trim_scale(sent_unit_price)::text as "sentUnitPrice",
      trim_scale(unit_price)::text as "unitPrice", price_source as "priceSource",
      is_priced_at_ship as "isPricedAtShip", trim_scale(acknowledged_price)::text as "acknowledgedPrice",
      line_amount_minor as "lineAmountMinor",
      coalesce(round(discount_minor::numeric * (ordered_each - cancelled_each) / nullif(discount_of_each, 0)), 0)::bigint as "discountMinor",
      ordered_each as "orderedEach", cancelled_each as "cancelledEach",
      allocated_each as "allocatedEach", shipped_each as "shippedEach", invoiced_each as "invoicedEach", warehouse,
      requested_on as "requestedOn", promised_on as "promisedOn", jsonb_strip_nulls(settled) as settled
    from order_line where order_id = ${orderId} order by position, line`)
}

function holdsOf(tx: TenantTx, orderId: string): Promise<HoldView[]> {
  return tx.rows<HoldView>(sql`
    select hold_id as "holdId", line, type, blocks, reason, conditions, placed_at as "placedAt",
      placed_by as "placedBy", expires_at as "expiresAt", timed_out_at as "timedOutAt",
      released_at as "releasedAt", released_by as "releasedBy", release_reason as "releaseReason",
      evidence->'release' as release
    from hold where order_id = ${orderId} order by placed_at, hold_id`)
}

async function timelineOf(tx: TenantTx, orderId: string): Promise<TimelineEvent[]> {
  const newestFirst = await timelineEvents(
    tx,
    sql`where event.order_id = ${orderId} order by event.order_event_no desc limit 1000`,
  )
  return newestFirst.reverse()
}

function documentsOf(tx: TenantTx, orderId: string): Promise<OrderDocument[]> {
  return tx.rows<OrderDocument>(sql`
    select document_id as "documentId", direction, doc_type as "docType", number, status, reason,
      receipt_id as "receiptId", connection_id as "connectionId", created_at as "createdAt", applied_at as "appliedAt"
    from document where order_id = ${orderId} order by created_at, document_id limit 1000`)
}

function transactionsOf(tx: TenantTx, orderId: string): Promise<OrderTransaction[]> {
  return tx.rows<OrderTransaction>(sql`
    select transaction_id as "transactionId", operation, connection_id as "connectionId",
      natural_key as "naturalKey", status, attempts, error_class as "errorClass", error_message as "errorMessage",
      external_id as "externalId", case when status = 'failed' then fingerprint end as "clusterId", created_at as "createdAt", finished_at as "finishedAt"
    from transaction where order_id = ${orderId} order by key_seq limit 1000`)
}

function picksOf(tx: TenantTx, orderId: string): Promise<PickView[]> {
  return tx.rows<PickView>(sql`
    select pick_id as "pickId", pick_number as "pickNumber", warehouse, status, lines, requested_at as "requestedAt"
    from pick where order_id = ${orderId} order by requested_at, pick_id`)
}

function shipmentsOf(tx: TenantTx, orderId: string): Promise<ShipmentView[]> {
  return tx.rows<ShipmentView>(sql`
    select shipment_id as "shipmentId", shipment_number as "shipmentNumber", shipped_at as "shippedAt", carrier,
      tracking_number as "trackingNumber", delivered_at as "deliveredAt", is_invoiced as "isInvoiced", lines
    from shipment where order_id = ${orderId} order by shipped_at, shipment_id`)
}

/** An order with everything that belongs to it, by its id or order number. */
export async function getOrder(tx: TenantTx, reference: string): Promise<OrderView | undefined> {
  const orderId = await findOrderId(tx, reference)
  if (orderId === undefined) return undefined
  // Asked for together: they travel in one go.
  const [
    headers,
    lines,
    holds,
    timeline,
    documents,
    transactions,
    picks,
    shipments,
    invoices,
    payments,
  ] = await Promise.all([
    headerOf(tx, orderId),
    linesOf(tx, orderId),
    holdsOf(tx, orderId),
    timelineOf(tx, orderId),
    documentsOf(tx, orderId),
    transactionsOf(tx, orderId),
    picksOf(tx, orderId),
    shipmentsOf(tx, orderId),
    invoicesOfOrder(tx, orderId),
    paymentsOfOrder(tx, orderId),
  ])
  const [header] = headers
  if (header === undefined) return undefined
  const parts = { lines, holds, timeline, documents, transactions, picks, shipments }
  return { ...header, ...parts, invoices, payments }
}
