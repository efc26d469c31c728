import { type SQL, sql } from 'drizzle-orm'
import type {
  HoldState,
  InvoiceState,
  OrderLineState,
  OrderState,
  PickState,
  ShipmentState,
} from '../../canonical/order-state.ts'
import { asTextList, type TenantTx } from '../database.ts'

type Part<T> = { orderId: string; part: T }

// json_strip_nulls leaves absent what the state leaves absent, so that a row becomes a state as it stands.
const orderColumns = sql`
  order_id as "orderId", order_number as "orderNumber", stage, connection_id as "connectionId",
  partner_id as "partnerId", stream_key as "streamKey", source_key as "sourceKey", document_id as "documentId",
  customer_number as "customerNumber", customer_keys as "customerKeys", purchase_order_number as "purchaseOrderNumber",
  po_normalised as "poNormalised", release_number as "releaseNumber", source_version as "sourceVersion",
  change_count as "changeCount", erp_revision as "erpRevision", erp_id as "erpId", currency,
  ordered_on as "orderedOn", requested_on as "requestedOn", parties, "references", terms, line_hash as "lineHash",
  stated_total_minor as "statedTotalMinor", total_minor as "totalMinor", charges_minor as "chargesMinor", allowance_minor as "allowanceMinor",
  tax_minor as "taxMinor", is_ship_complete as "isShipComplete", is_acknowledged as "isAcknowledged",
  cancel_reason as "cancelReason", findings, trace_parent as "traceParent",
  received_at as "receivedAt", released_at as "releasedAt",
  json_build_object('count', event_count, 'hash', event_hash) as chain`

const parts = {
  lines: sql`
    select order_id as "orderId", json_strip_nulls(json_build_object(
      'line', line, 'position', position, 'sku', sku, 'item', item, 'description', description,
      'quantity', trim_scale(quantity)::text, 'uom', uom, 'uomScheme', uom_scheme, 'uomFactor', uom_factor,
      'sentUnitPrice', trim_scale(sent_unit_price)::text, 'priceBasis', trim_scale(price_basis)::text, 'unitPrice', trim_scale(unit_price)::text,
      'priceSource', price_source, 'isPricedAtShip', case when is_priced_at_ship then true end,
      'acknowledgedPrice', trim_scale(acknowledged_price)::text, 'lineAmountMinor', line_amount_minor,
      'discount', case when discount_minor <> 0 then
        json_build_object('amountMinor', discount_minor, 'ofEach', discount_of_each) end, 'orderedEach', ordered_each,
      'cancelledEach', cancelled_each, 'allocatedEach', allocated_each, 'shippedEach', shipped_each,
      'invoicedEach', invoiced_each, 'warehouse', warehouse, 'requestedOn', requested_on,
      'promisedOn', promised_on, 'references', "references", 'settled', settled)) as part
    from order_line`,
  holds: sql`
    select order_id as "orderId", json_strip_nulls(json_build_object(
      'holdId', hold_id, 'type', type, 'line', line, 'blocks', blocks, 'reason', reason,
      'causeKey', evidence->>'causeKey', 'placedAt', ${isoMoment(sql`placed_at`)}, 'placedBy', placed_by,
      'expiresAt', ${isoMoment(sql`expires_at`)}, 'timedOutAt', ${isoMoment(sql`timed_out_at`)},
      'releasedAt', ${isoMoment(sql`released_at`)}, 'releasedBy', released_by,
      'releaseReason', release_reason, 'release', evidence->'release'))::jsonb || jsonb_build_object('conditions', conditions) as part
    from hold`,
  picks: sql`
    select order_id as "orderId", json_strip_nulls(json_build_object(
      'pickId', pick_id, 'pickNumber', pick_number, 'warehouse', warehouse, 'status', status,
      'lines', lines, 'requestedAt', ${isoMoment(sql`requested_at`)})) as part
    from pick`,
  shipments: sql`
    select order_id as "orderId", json_strip_nulls(json_build_object(
      'shipmentId', shipment_id, 'shipmentNumber', shipment_number, 'documentId', document_id,
      'shippedAt', ${isoMoment(sql`shipped_at`)}, 'carrier', carrier, 'trackingNumber', tracking_number,
      'deliveredAt', ${isoMoment(sql`delivered_at`)}, 'isInvoiced', is_invoiced, 'lines', lines)) as part
    from shipment`,
  invoices: sql`
    select order_id as "orderId", json_strip_nulls(json_build_object(
      'invoiceId', invoice_id, 'invoiceNumber', invoice_number, 'shipmentId', shipment_id,
      'customerNumber', customer_number, 'totalMinor', total_minor, 'openMinor', open_minor,
      'invoicedOn', invoiced_on, 'dueOn', due_on, 'discountUntil', discount_until,
      'discountMinor', discount_minor, 'documentId', document_id)) as part
    from invoice`,
} as const

function isoMoment(column: SQL): SQL {
  return sql`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

async function partsOf<T>(
  tx: TenantTx,
  query: SQL,
  orderIds: readonly string[],
  order: SQL,
): Promise<Map<string, T[]>> {
  if (orderIds.length === 0) return new Map()
  const rows = await tx.rows<Part<T>>(
    sql`${query} where order_id = any(${asTextList(orderIds)}) order by order_id, ${order}`,
  )
  const byOrder = new Map<string, T[]>()
  for (const { orderId, part } of rows) {
    const list = byOrder.get(orderId)
    if (list === undefined) byOrder.set(orderId, [part])
    else list.push(part)
  }
  return byOrder
}

function withoutNulls<T extends object>(row: T): T {
  for (const [name, value] of Object.entries(row))
    if (value === null) Reflect.deleteProperty(row, name)
  return row
}

type OrderHeader = Omit<OrderState, 'lines' | 'holds' | 'picks' | 'shipments' | 'invoices'>

type FirstParts = readonly [Map<string, OrderLineState[]>, Map<string, HoldState[]>]

const firstParts = (tx: TenantTx, ids: readonly string[]): Promise<FirstParts> =>
  Promise.all([
    partsOf<OrderLineState>(tx, parts.lines, ids, sql`position`),
    partsOf<HoldState>(tx, parts.holds, ids, sql`placed_at, hold_id`),
  ])

async function withParts(
  tx: TenantTx,
  headers: readonly OrderHeader[],
  read?: FirstParts,
): Promise<OrderState[]> {
  if (headers.length === 0) return []
  const ids = headers.map((header) => header.orderId)
  // Before the release there are no picks, shipments or invoices: three statements saved on the busy part of the way.
  const later = headers.filter((header) => header.erpRevision > 0).map((header) => header.orderId)
  // Asked for together: they travel in one go.
  const [[lines, holds], picks, shipments, invoices] = await Promise.all([
    read ?? firstParts(tx, ids),
    partsOf<PickState>(tx, parts.picks, later, sql`requested_at, pick_id`),
    partsOf<ShipmentState>(tx, parts.shipments, later, sql`shipped_at, shipment_id`),
    partsOf<InvoiceState>(tx, parts.invoices, later, sql`invoice_id`),
  ])
  return headers.map((header) => ({
    ...withoutNulls(header),
    lines: lines.get(header.orderId) ?? [],
    holds: holds.get(header.orderId) ?? [],
    picks: picks.get(header.orderId) ?? [],
    shipments: shipments.get(header.orderId) ?? [],
    invoices: invoices.get(header.orderId) ?? [],
  }))
}

/**
 * Locks orders and loads them whole. Rows are locked in id order, so that two batches that share orders
 * wait for each other instead of deadlocking.
 */
export async function lockOrders(tx: TenantTx, orderIds: readonly string[]): Promise<OrderState[]> {
  if (orderIds.length === 0) return []
  const headers = await tx.rows<OrderHeader>(
    sql`select ${orderColumns} from orders where order_id = any(${asTextList(orderIds)}) order by order_id for update`,
  )
  return withParts(tx, headers)
}

/** Orders as they stand, held by nobody. */
export async function readOrders(tx: TenantTx, orderIds: readonly string[]): Promise<OrderState[]> {
  if (orderIds.length === 0) return []
  const [headers, read] = await Promise.all([
    tx.rows<OrderHeader>(
      sql`select ${orderColumns} from orders where order_id = any(${asTextList(orderIds)}) order by order_id`,
    ),
    firstParts(tx, orderIds),
  ])
  return withParts(tx, headers, read)
}

/** An order as it stands, held by nobody; undefined when there is none. */
export async function readOrder(tx: TenantTx, orderId: string): Promise<OrderState | undefined> {
  return (await readOrders(tx, [orderId])).at(0)
}

/** What finds an order a document speaks of. */
export type OrderLookUp = {
  readonly streamKeys?: readonly string[]
  readonly orderNumbers?: readonly string[]
  readonly invoiceNumbers?: readonly string[]
  readonly poNormalised?: readonly string[]
}

/** Ids of the orders that documents name by stream, by our order number, by invoice or by purchase order. */
export async function findOrders(tx: TenantTx, by: OrderLookUp): Promise<string[]> {
  const rows = await tx.rows<{ order_id: string }>(sql`
    select order_id from orders where stream_key = any(${asTextList(by.streamKeys ?? [])})
    union select order_id from orders where order_number = any(${asTextList(by.orderNumbers ?? [])})
    union select order_id from orders where po_normalised = any(${asTextList(by.poNormalised ?? [])})
    union select order_id from invoice where invoice_number = any(${asTextList(by.invoiceNumbers ?? [])})`)
  return rows.map((row) => row.order_id)
}
