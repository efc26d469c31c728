import { sql } from 'drizzle-orm'
import { orderExposure } from '../../canonical/order-exposure.ts'
import type { OrderState } from '../../canonical/order-state.ts'
import { askCreditReviews, type CreditRelief } from '../checks/credit-reviews.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { moveChains } from '../events.ts'

/** An order to write: as it stands now and, unless it is new, as it was when it was locked. */
export type OrderChange = { readonly order: OrderState; readonly before: OrderState | undefined }

const partNames = ['lines', 'holds', 'picks', 'shipments', 'invoices'] as const
type PartName = (typeof partNames)[number]
type Header = Omit<OrderState, PartName>

function headerOf({ lines, holds, picks, shipments, invoices, ...header }: OrderState): Header {
  return header
}

const apart = new Set([...partNames, 'chain'])
// What moves when an order merely goes on its way.
const onItsWay = new Set([
  ...apart,
  'stage',
  'erpRevision',
  'erpId',
  'isAcknowledged',
  'cancelReason',
  'releasedAt',
])

/** Whether only the named values differ. States are never changed in place, so it is enough to compare values by identity. */
function isSameBut(names: ReadonlySet<string>, { order, before }: OrderChange): boolean {
  if (before === undefined) return false
  const now = new Map<string, unknown>(Object.entries(order))
  const was = new Map<string, unknown>(Object.entries(before))
  return [...new Set([...now.keys(), ...was.keys()])].every(
    (name) => names.has(name) || now.get(name) === was.get(name),
  )
}

/** Whether nothing of the order has changed, its parts included; only more was told of it. */
function isOnlyTold(change: OrderChange): boolean {
  const { order, before } = change
  if (before === undefined || !isSameBut(apart, change)) return false
  return partNames.every((name) => {
    const known = new Set<unknown>(before[name])
    return order[name].every((part) => known.has(part))
  })
}

/** The parts of changed orders that are new or not the same as before, each with its order. */
function changedParts<Part extends object>(
  changes: readonly OrderChange[],
  partsOf: (order: OrderState) => readonly Part[],
): (Part & { orderId: string; currency: string })[] {
  return changes.flatMap(({ order, before }) => {
    const known = new Set(before === undefined ? [] : partsOf(before))
    const { orderId, currency } = order
    return partsOf(order).flatMap((part) => (known.has(part) ? [] : { orderId, currency, ...part }))
  })
}

/** Writes what is new or has changed of orders: one statement a table for the batch. The caller holds their locks. */
export async function saveOrders(tx: TenantTx, changes: readonly OrderChange[]): Promise<void> {
  const known = changes.filter(({ before }) => before !== undefined)
  const rewritten = known.filter((change) => !isSameBut(onItsWay, change))
  const moved = known.filter((change) => isSameBut(onItsWay, change) && !isOnlyTold(change))
  const told = known.filter(
    (change) => isOnlyTold(change) && change.order.chain !== change.before?.chain,
  )
  await askCreditReviews(tx, reliefsOf(known))
  await insertHeaders(
    tx,
    changes.filter(({ before }) => before === undefined),
  )
  await updateHeaders(tx, rewritten)
  await moveOrders(tx, moved)
  await moveChains(tx, new Map(told.map(({ order }) => [order.orderId, order.chain])))
  await saveLines(tx, changes)
  await saveHolds(tx, changes)
  await savePicks(tx, changes)
  await saveShipments(tx, changes)
  await saveInvoices(tx, changes)
}

/** Customers to whom changed orders give room: money came, something was cancelled or became less. */
function reliefsOf(changes: readonly OrderChange[]): CreditRelief[] {
  return changes.flatMap(({ order, before }) => {
    const { customerNumber } = order
    if (before === undefined || customerNumber === undefined) return []
    const isUntouched =
      before.lines === order.lines &&
      before.invoices === order.invoices &&
      before.holds === order.holds &&
      before.totalMinor === order.totalMinor
    if (isUntouched || owedMinor(order) >= owedMinor(before)) return []
    return { customerNumber, cause: order.stage === 'cancelled' ? 'cancelled order' : 'less owed' }
  })
}

function owedMinor(order: OrderState): number {
  const exposure = orderExposure(order)
  return (
    exposure.openReceivablesMinor + exposure.deliveredNotInvoicedMinor + exposure.openOrderMinor
  )
}

/** What of the order its customer's exposure is made of; bills are rows of their own. */
function openAmounts(order: OrderState): { openOrderMinor: number; toBillMinor: number } {
  const { openOrderMinor, deliveredNotInvoicedMinor } = orderExposure(order)
  return { openOrderMinor, toBillMinor: deliveredNotInvoicedMinor }
}

const headerRow = sql`row(
  "orderId" text, "orderNumber" text, stage text, "connectionId" text, "partnerId" text, "streamKey" text, "sourceKey" text,
  "documentId" text, "customerNumber" text, "customerKeys" jsonb, "purchaseOrderNumber" text, "poNormalised" text,
  "releaseNumber" text, "sourceVersion" text, "changeCount" int, "erpRevision" int, "erpId" text,
  currency text, "orderedOn" date, "requestedOn" date, parties jsonb, "references" jsonb, terms jsonb, "lineHash" text,
  "statedTotalMinor" bigint, "totalMinor" bigint, "chargesMinor" bigint, "allowanceMinor" bigint, "taxMinor" bigint,
  "openOrderMinor" bigint, "toBillMinor" bigint, "isShipComplete" boolean, "isAcknowledged" boolean,
  "cancelReason" text, findings jsonb, "traceParent" text, "receivedAt" timestamptz, "releasedAt" timestamptz, count int, hash text)`

const headerRows = (changes: readonly OrderChange[]) =>
  asJson(
    changes.map(({ order }) => {
      const { chain, ...header } = headerOf(order)
      return { ...header, ...chain, ...openAmounts(order) }
    }),
  )

async function insertHeaders(tx: TenantTx, changes: readonly OrderChange[]): Promise<void> {
  if (changes.length === 0) return
  await tx.run(sql`
    insert into orders (
      tenant_id, order_id, order_number, stage, connection_id, partner_id, stream_key, source_key, document_id,
      customer_number, customer_keys, purchase_order_number, po_normalised, release_number, source_version, change_count,
      erp_revision, erp_id, currency, ordered_on, requested_on, parties, "references", terms, line_hash,
      stated_total_minor, total_minor, charges_minor, allowance_minor, tax_minor, open_order_minor, to_bill_minor,
      is_ship_complete, is_acknowledged, cancel_reason, findings, trace_parent, received_at, released_at, updated_at, event_count, event_hash)
    select ${tx.tenantId}, "orderId", "orderNumber", stage, "connectionId", "partnerId", "streamKey", "sourceKey", "documentId",
      "customerNumber", "customerKeys", "purchaseOrderNumber", "poNormalised", "releaseNumber", "sourceVersion", "changeCount",
      "erpRevision", "erpId", currency, "orderedOn", "requestedOn", parties, "references", terms, "lineHash",
      "statedTotalMinor", "totalMinor", "chargesMinor", "allowanceMinor", "taxMinor", "openOrderMinor", "toBillMinor",
      "isShipComplete", "isAcknowledged", "cancelReason", findings, "traceParent", "receivedAt", "releasedAt", now(), count, hash
    from jsonb_to_recordset(${headerRows(changes)}) as ${headerRow}`)
}

const idsOf = (changes: readonly OrderChange[]) =>
  asTextList(changes.map(({ order }) => order.orderId))

async function updateHeaders(tx: TenantTx, changes: readonly OrderChange[]): Promise<void> {
  if (changes.length === 0) return
  await tx.run(sql`
    update orders set
      stage = row.stage, customer_number = row."customerNumber", customer_keys = row."customerKeys",
      currency = row.currency, document_id = row."documentId",
      source_version = row."sourceVersion", change_count = row."changeCount",
      erp_revision = row."erpRevision", erp_id = row."erpId", ordered_on = row."orderedOn",
      requested_on = row."requestedOn", parties = row.parties, "references" = row."references", terms = row.terms,
      line_hash = row."lineHash", stated_total_minor = row."statedTotalMinor",
      total_minor = row."totalMinor", charges_minor = row."chargesMinor", allowance_minor = row."allowanceMinor",
      tax_minor = row."taxMinor", open_order_minor = row."openOrderMinor", to_bill_minor = row."toBillMinor",
      is_ship_complete = row."isShipComplete",
      is_acknowledged = row."isAcknowledged", cancel_reason = row."cancelReason",
      findings = row.findings, released_at = row."releasedAt", event_count = row.count, event_hash = row.hash,
      version = orders.version + 1, updated_at = now()
    from jsonb_to_recordset(${headerRows(changes)}) as ${headerRow}
    where orders.order_id = row."orderId" and orders.order_id = any(${idsOf(changes)})`)
}

async function moveOrders(tx: TenantTx, changes: readonly OrderChange[]): Promise<void> {
  if (changes.length === 0) return
  const rows = changes.map(({ order }) => {
    const { orderId, stage, erpRevision, erpId, isAcknowledged, cancelReason, releasedAt } = order
    const way = { orderId, stage, erpRevision, erpId, isAcknowledged, cancelReason, releasedAt }
    return { ...way, ...order.chain, ...openAmounts(order) }
  })
  await tx.run(sql`
    update orders set stage = row.stage, erp_revision = row."erpRevision", erp_id = row."erpId",
      is_acknowledged = row."isAcknowledged", cancel_reason = row."cancelReason", released_at = row."releasedAt",
      open_order_minor = row."openOrderMinor", to_bill_minor = row."toBillMinor",
      event_count = row.count, event_hash = row.hash, version = orders.version + 1, updated_at = now()
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "orderId" text, stage text, "erpRevision" int, "erpId" text, "isAcknowledged" boolean, "cancelReason" text,
      "releasedAt" timestamptz, "openOrderMinor" bigint, "toBillMinor" bigint, count int, hash text)
    where orders.order_id = row."orderId" and orders.order_id = any(${idsOf(changes)})`)
}

async function saveLines(tx: TenantTx, changes: readonly OrderChange[]): Promise<void> {
  const rows = changedParts(changes, (order) => order.lines)
  if (rows.length === 0) return
  await tx.run(sql`
    insert into order_line (
      tenant_id, order_id, line, position, sku, item, description, quantity, uom, uom_scheme, uom_factor,
      sent_unit_price, price_basis, unit_price, price_source, is_priced_at_ship, acknowledged_price,
      line_amount_minor, discount_minor, discount_of_each, ordered_each, cancelled_each, allocated_each, shipped_each, invoiced_each, warehouse, requested_on, promised_on, "references", settled)
    select ${tx.tenantId}, "orderId", line, position, sku, item, description, quantity, uom, "uomScheme", "uomFactor",
      "sentUnitPrice", "priceBasis", "unitPrice", "priceSource", coalesce("isPricedAtShip", false), "acknowledgedPrice",
      "lineAmountMinor", coalesce((discount ->> 'amountMinor')::bigint, 0), coalesce((discount ->> 'ofEach')::int, 0), "orderedEach",
      "cancelledEach", "allocatedEach", "shippedEach", "invoicedEach", warehouse, "requestedOn", "promisedOn", "references", settled
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "orderId" text, line text, position int, sku text, item jsonb, description text, quantity numeric,
      uom text, "uomScheme" text, "uomFactor" int, "sentUnitPrice" numeric, "priceBasis" numeric,
      "unitPrice" numeric, "priceSource" text, "isPricedAtShip" boolean, "acknowledgedPrice" numeric,
      "lineAmountMinor" bigint, discount jsonb, "orderedEach" int,
      "cancelledEach" int, "allocatedEach" int, "shippedEach" int, "invoicedEach" int, warehouse text,
      "requestedOn" date, "promisedOn" date, "references" jsonb, settled jsonb)
    on conflict (tenant_id, order_id, line) do update set
      position = excluded.position, sku = excluded.sku, item = excluded.item, description = excluded.description,
      quantity = excluded.quantity, uom = excluded.uom, uom_scheme = excluded.uom_scheme,
      uom_factor = excluded.uom_factor, sent_unit_price = excluded.sent_unit_price,
      price_basis = excluded.price_basis, unit_price = excluded.unit_price, price_source = excluded.price_source,
      is_priced_at_ship = excluded.is_priced_at_ship, acknowledged_price = excluded.acknowledged_price,
      line_amount_minor = excluded.line_amount_minor, discount_minor = excluded.discount_minor,
      discount_of_each = excluded.discount_of_each, ordered_each = excluded.ordered_each,
      cancelled_each = excluded.cancelled_each, allocated_each = excluded.allocated_each,
      shipped_each = excluded.shipped_each, invoiced_each = excluded.invoiced_each,
      warehouse = excluded.warehouse, requested_on = excluded.requested_on,
      promised_on = excluded.promised_on, "references" = excluded."references", settled = excluded.settled`)
}

async function saveHolds(tx: TenantTx, changes: readonly OrderChange[]): Promise<void> {
  const rows = changedParts(changes, (order) => order.holds).map((hold) => ({
    ...hold,
    evidence: { causeKey: hold.causeKey, release: hold.release },
  }))
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
      blocks = excluded.blocks, evidence = excluded.evidence, reason = excluded.reason,
      conditions = excluded.conditions, timed_out_at = excluded.timed_out_at,
      released_at = excluded.released_at, released_by = excluded.released_by,
      release_reason = excluded.release_reason`)
}

async function savePicks(tx: TenantTx, changes: readonly OrderChange[]): Promise<void> {
  const rows = changedParts(changes, (order) => order.picks)
  if (rows.length === 0) return
  await tx.run(sql`
    insert into pick (tenant_id, pick_id, pick_number, order_id, warehouse, status, lines, requested_at)
    select ${tx.tenantId}, "pickId", "pickNumber", "orderId", warehouse, status, lines, "requestedAt"
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "pickId" text, "pickNumber" text, "orderId" text, warehouse text, status text, lines jsonb,
      "requestedAt" timestamptz)
    on conflict (pick_id) do update set status = excluded.status, lines = excluded.lines`)
}

async function saveShipments(tx: TenantTx, changes: readonly OrderChange[]): Promise<void> {
  const rows = changedParts(changes, (order) => order.shipments)
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
      delivered_at = excluded.delivered_at, is_invoiced = excluded.is_invoiced, lines = excluded.lines`)
}

async function saveInvoices(tx: TenantTx, changes: readonly OrderChange[]): Promise<void> {
  const rows = changedParts(changes, (order) => order.invoices).map((invoice) => ({
    ...invoice,
    status:
      invoice.openMinor === 0
        ? 'paid'
        : invoice.openMinor < invoice.totalMinor
          ? 'partly-paid'
          : 'open',
  }))
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
