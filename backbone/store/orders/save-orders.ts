import { sql } from 'drizzle-orm'
import type { OrderState } from '../../canonical/order-state.ts'
import { asJson, type TenantTx } from '../database.ts'

/** Writes orders whole, new or changed: one statement a table for the batch. The caller holds their locks. */
export async function saveOrders(tx: TenantTx, orders: readonly OrderState[]): Promise<void> {
  if (orders.length === 0) return
  await saveHeaders(tx, orders)
  await saveLines(tx, orders)
  await saveHolds(tx, orders)
  await savePicks(tx, orders)
  await saveShipments(tx, orders)
  await saveInvoices(tx, orders)
}

async function saveHeaders(tx: TenantTx, orders: readonly OrderState[]): Promise<void> {
  const rows = orders.map(({ lines, holds, picks, shipments, invoices, ...header }) => header)
  await tx.run(sql`
    insert into orders (
      tenant_id, order_id, order_number, stage, connection_id, partner_id, stream_key, source_key, document_id,
      customer_number, customer_keys, purchase_order_number, po_normalised, release_number, source_version, change_count,
      erp_revision, erp_id, currency, ordered_on, requested_on, parties, "references", terms, line_hash,
      stated_total_minor, total_minor, charges_minor, allowance_minor, tax_minor, is_ship_complete, is_acknowledged,
      cancel_reason, findings, trace_parent, received_at, released_at, updated_at)
    select ${tx.tenantId}, "orderId", "orderNumber", stage, "connectionId", "partnerId", "streamKey", "sourceKey", "documentId",
      "customerNumber", "customerKeys", "purchaseOrderNumber", "poNormalised", "releaseNumber", "sourceVersion", "changeCount",
      "erpRevision", "erpId", currency, "orderedOn", "requestedOn", parties, "references", terms, "lineHash",
      "statedTotalMinor", "totalMinor", "chargesMinor", "allowanceMinor", "taxMinor", "isShipComplete", "isAcknowledged",
      "cancelReason", findings, "traceParent", "receivedAt", "releasedAt", now()
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "orderId" text, "orderNumber" text, stage text, "connectionId" text, "partnerId" text, "streamKey" text, "sourceKey" text,
      "documentId" text, "customerNumber" text, "customerKeys" jsonb, "purchaseOrderNumber" text, "poNormalised" text,
      "releaseNumber" text, "sourceVersion" text, "changeCount" int, "erpRevision" int, "erpId" text,
      currency text, "orderedOn" date, "requestedOn" date, parties jsonb, "references" jsonb, terms jsonb, "lineHash" text,
      "statedTotalMinor" bigint, "totalMinor" bigint, "chargesMinor" bigint, "allowanceMinor" bigint, "taxMinor" bigint,
      "isShipComplete" boolean, "isAcknowledged" boolean, "cancelReason" text, findings jsonb,
      "traceParent" text, "receivedAt" timestamptz, "releasedAt" timestamptz)
    on conflict (order_id) do update set
      stage = excluded.stage, customer_number = excluded.customer_number, customer_keys = excluded.customer_keys,
      currency = excluded.currency, document_id = excluded.document_id,
      source_version = excluded.source_version, change_count = excluded.change_count,
      erp_revision = excluded.erp_revision, erp_id = excluded.erp_id, ordered_on = excluded.ordered_on,
      requested_on = excluded.requested_on, parties = excluded.parties, "references" = excluded."references", terms = excluded.terms,
      line_hash = excluded.line_hash, stated_total_minor = excluded.stated_total_minor,
      total_minor = excluded.total_minor, charges_minor = excluded.charges_minor, allowance_minor = excluded.allowance_minor,
      tax_minor = excluded.tax_minor, is_ship_complete = excluded.is_ship_complete,
      is_acknowledged = excluded.is_acknowledged, cancel_reason = excluded.cancel_reason,
      findings = excluded.findings, released_at = excluded.released_at,
      version = orders.version + 1, updated_at = now()`)
}

async function saveLines(tx: TenantTx, orders: readonly OrderState[]): Promise<void> {
  const rows = orders.flatMap((order) =>
    order.lines.map((line) => ({ orderId: order.orderId, ...line })),
  )
  await tx.run(sql`
    insert into order_line (
      tenant_id, order_id, line, position, sku, item, description, quantity, uom, uom_scheme, uom_factor,
      sent_unit_price, price_basis, unit_price, price_source, line_amount_minor, ordered_each,
      cancelled_each, allocated_each, shipped_each, invoiced_each, warehouse, requested_on, promised_on, "references")
    select ${tx.tenantId}, "orderId", line, position, sku, item, description, quantity, uom, "uomScheme", "uomFactor",
      "sentUnitPrice", "priceBasis", "unitPrice", "priceSource", "lineAmountMinor", "orderedEach",
      "cancelledEach", "allocatedEach", "shippedEach", "invoicedEach", warehouse, "requestedOn", "promisedOn", "references"
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "orderId" text, line text, position int, sku text, item jsonb, description text, quantity numeric,
      uom text, "uomScheme" text, "uomFactor" int, "sentUnitPrice" numeric, "priceBasis" numeric,
      "unitPrice" numeric, "priceSource" text, "lineAmountMinor" bigint, "orderedEach" int,
      "cancelledEach" int, "allocatedEach" int, "shippedEach" int, "invoicedEach" int, warehouse text,
      "requestedOn" date, "promisedOn" date, "references" jsonb)
    on conflict (tenant_id, order_id, line) do update set
      position = excluded.position, sku = excluded.sku, item = excluded.item, description = excluded.description,
      quantity = excluded.quantity, uom = excluded.uom, uom_scheme = excluded.uom_scheme,
      uom_factor = excluded.uom_factor, sent_unit_price = excluded.sent_unit_price,
      price_basis = excluded.price_basis, unit_price = excluded.unit_price, price_source = excluded.price_source,
      line_amount_minor = excluded.line_amount_minor, ordered_each = excluded.ordered_each,
      cancelled_each = excluded.cancelled_each, allocated_each = excluded.allocated_each,
      shipped_each = excluded.shipped_each, invoiced_each = excluded.invoiced_each,
      warehouse = excluded.warehouse, requested_on = excluded.requested_on,
      promised_on = excluded.promised_on, "references" = excluded."references"`)
}

async function saveHolds(tx: TenantTx, orders: readonly OrderState[]): Promise<void> {
  const rows = orders.flatMap((order) =>
    order.holds.map((hold) => ({
      orderId: order.orderId,
      ...hold,
      evidence: { causeKey: hold.causeKey },
    })),
  )
  if (rows.length === 0) return
  await tx.run(sql`
    insert into hold (
      tenant_id, hold_id, order_id, line, type, blocks, reason, evidence, conditions, placed_at, placed_by,
      expires_at, timed_out_at, released_at, released_by, release_reason)
    select ${tx.tenantId}, "holdId", "orderId", line, type, blocks, reason, evidence, conditions, "placedAt",
      "placedBy", "expiresAt", "timedOutAt", "releasedAt", "releasedBy", "releaseReason"
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "holdId" text, "orderId" text, line text, type text, blocks jsonb, reason text, evidence jsonb,
      conditions jsonb, "placedAt" timestamptz, "placedBy" text, "expiresAt" timestamptz,
      "timedOutAt" timestamptz, "releasedAt" timestamptz, "releasedBy" text, "releaseReason" text)
    on conflict (hold_id) do update set
      conditions = excluded.conditions, timed_out_at = excluded.timed_out_at,
      released_at = excluded.released_at, released_by = excluded.released_by,
      release_reason = excluded.release_reason`)
}

async function savePicks(tx: TenantTx, orders: readonly OrderState[]): Promise<void> {
  const rows = orders.flatMap((order) =>
    order.picks.map((pick) => ({ orderId: order.orderId, ...pick })),
  )
  if (rows.length === 0) return
  await tx.run(sql`
    insert into pick (tenant_id, pick_id, pick_number, order_id, warehouse, status, lines, requested_at)
    select ${tx.tenantId}, "pickId", "pickNumber", "orderId", warehouse, status, lines, "requestedAt"
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "pickId" text, "pickNumber" text, "orderId" text, warehouse text, status text, lines jsonb,
      "requestedAt" timestamptz)
    on conflict (pick_id) do update set status = excluded.status, lines = excluded.lines`)
}

async function saveShipments(tx: TenantTx, orders: readonly OrderState[]): Promise<void> {
  const rows = orders.flatMap((order) =>
    order.shipments.map((shipment) => ({ orderId: order.orderId, ...shipment })),
  )
  if (rows.length === 0) return
  await tx.run(sql`
    insert into shipment (
      tenant_id, shipment_id, shipment_number, order_id, document_id, shipped_at, carrier, tracking_number,
      delivered_at, is_invoiced, lines)
    select ${tx.tenantId}, "shipmentId", "shipmentNumber", "orderId", "documentId", "shippedAt", carrier,
      "trackingNumber", "deliveredAt", "isInvoiced", lines
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "shipmentId" text, "shipmentNumber" text, "orderId" text, "documentId" text, "shippedAt" timestamptz,
      carrier text, "trackingNumber" text, "deliveredAt" timestamptz, "isInvoiced" boolean, lines jsonb)
    on conflict (shipment_id) do update set
      delivered_at = excluded.delivered_at, is_invoiced = excluded.is_invoiced`)
}

async function saveInvoices(tx: TenantTx, orders: readonly OrderState[]): Promise<void> {
  const rows = orders.flatMap((order) =>
    order.invoices.map((invoice) => ({
      orderId: order.orderId,
      currency: order.currency,
      ...invoice,
      status:
        invoice.openMinor === 0
          ? 'paid'
          : invoice.openMinor < invoice.totalMinor
            ? 'partly-paid'
            : 'open',
    })),
  )
  if (rows.length === 0) return
  await tx.run(sql`
    insert into invoice (
      tenant_id, invoice_id, invoice_number, order_id, shipment_id, customer_number, currency, total_minor,
      open_minor, invoiced_on, due_on, discount_until, discount_minor, status, document_id)
    select ${tx.tenantId}, "invoiceId", "invoiceNumber", "orderId", "shipmentId", "customerNumber", currency,
      "totalMinor", "openMinor", "invoicedOn", "dueOn", "discountUntil", "discountMinor", status, "documentId"
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "invoiceId" text, "invoiceNumber" text, "orderId" text, "shipmentId" text, "customerNumber" text,
      currency text, "totalMinor" bigint, "openMinor" bigint, "invoicedOn" date, "dueOn" date,
      "discountUntil" date, "discountMinor" bigint, status text, "documentId" text)
    on conflict (invoice_id) do update set open_minor = excluded.open_minor, status = excluded.status`)
}

/** A change of stock: what an order takes, gives back or ships, in base units. */
export type StockMove = {
  readonly sku: string
  readonly warehouse: string
  readonly allocatedEach: number
  readonly onHandEach: number
}

/** Applies stock moves, summed by product and warehouse. The caller holds the stock rows' locks or adds only. */
export async function moveStock(tx: TenantTx, moves: readonly StockMove[]): Promise<void> {
  if (moves.length === 0) return
  await tx.run(sql`
    with move as (
      select sku, warehouse, sum("allocatedEach")::int as allocated, sum("onHandEach")::int as on_hand
      from jsonb_to_recordset(${asJson(moves)}) as row(
        sku text, warehouse text, "allocatedEach" int, "onHandEach" int)
      group by sku, warehouse
    ), locked as (
      select stock.sku, stock.warehouse, move.allocated, move.on_hand
      from stock join move on stock.sku = move.sku and stock.warehouse = move.warehouse
      order by stock.sku, stock.warehouse for update of stock
    )
    update stock set
      allocated_each = greatest(0, stock.allocated_each + locked.allocated),
      on_hand_each = stock.on_hand_each + locked.on_hand
    from locked where stock.sku = locked.sku and stock.warehouse = locked.warehouse`)
}

/** Takes the next numbers of a series, for example order numbers; gaps are possible, repeats are not. */
export async function takeNumbers(tx: TenantTx, series: string, count: number): Promise<number[]> {
  const [row] = await tx.rows<{ last_number: number }>(sql`
    insert into number_series (tenant_id, series, last_number) values (${tx.tenantId}, ${series}, ${count})
    on conflict (tenant_id, series) do update set last_number = number_series.last_number + excluded.last_number
    returning last_number`)
  const last = row?.last_number ?? count
  return Array.from({ length: count }, (_, index) => last - count + 1 + index)
}
