import type { Driver } from '../backbone/store/database.ts'
import { benchTenantId } from './house/quittance.ts'

const tenant = `'${benchTenantId}'`

/** How large the house is whose orders are listed. */
export type ListedHouse = {
  readonly orders: number
  readonly customers: number
  readonly products: number
}

// Nine of ten orders are over, as in a house of some years; the rest stand everywhere on the way.
const stageOf = `case
  when no % 10 <> 0 then (array['closed','closed','closed','closed','closed','paid','invoiced','closed','cancelled','closed'])[1 + no / 10 % 10]
  else (array['released','picking','held','shipped','released','held','ready','validated','picking','rejected'])[1 + no / 10 % 10] end`

const parties = `'[{"role":"buyer","name":"Acme Fabrication","address":{"lines":["4400 Industrial Parkway"],"city":"Columbus","region":"OH","postalCode":"43207","country":"US"}},{"role":"ship-to","name":"Acme Plant 2, Receiving","address":{"lines":["12 Foundry Road","Dock 7"],"city":"Dayton","region":"OH","postalCode":"45402","country":"US"}}]'::jsonb`

const numberOf = (prefix: string) =>
  `'${prefix}' || lpad(no::text, greatest(6, length(no::text)), '0')`

// One customer in a hundred orders half of everything: what narrows little is in the house too.
const customerOf = (customers: number) =>
  `'C-' || (10000 + case when no % 2 = 0 then no / 2 % ${Math.ceil(customers / 100)} else no * 7919 % ${customers} end)`

function masterStatements({ customers, products }: ListedHouse): string[] {
  return [
    `insert into customer (tenant_id, customer_number, name, currency)
     select ${tenant}, 'C-' || (10000 + no), (array['Acme','Borealis','Calder','Dunmore','Eastgate','Foxglove','Garnet','Hollis'])[1 + no % 8]
       || ' ' || (array['Fabrication','Pumps','Hydraulics','Tooling','Marine','Foods','Mills'])[1 + no % 7] || ' ' || no, 'USD'
     from generate_series(0, ${customers - 1}) as no`,
    `insert into product (tenant_id, sku, name, product_class)
     select ${tenant}, 'BRG-' || lpad(no::text, 6, '0'), 'Bearing ' || no, 'BRG' from generate_series(0, ${products - 1}) as no`,
  ]
}

/** What was received, from one number to another: orders with lines and holds, and what left and was billed for them. */
function orderStatements({ customers, products }: ListedHouse, from: number, to: number): string[] {
  const numbers = `generate_series(${from}, ${to}) as no`
  const isOver = `(no % 10 <> 0 and no / 10 % 10 <> 8)`
  return [
    `insert into orders (order_id, tenant_id, order_number, stage, connection_id, stream_key, document_id, customer_number,
       purchase_order_number, po_normalised, currency, line_hash, requested_on, parties, terms, total_minor, is_test, received_at, updated_at)
     select ${numberOf('ord_')}, ${tenant}, ${numberOf('SO-')}, ${stageOf}, 'channel-' || no % 5, 'stream-' || no, 'doc_' || no,
       ${customerOf(customers)}, 'PO-' || no * 7919 % 1000003 || '-' || no % 97, 'PO' || no * 7919 % 1000003 || no % 97,
       case when no % 20 = 0 then 'EUR' else 'USD' end, 'hash-' || no,
       case when no % 9 = 0 then null else (now() - (no * interval '5 minutes') + (no % 15 - 2) * interval '1 day')::date end,
       ${parties}, '{"netDays":30}', 1000 + no * 7919 % 2500000, no % 200 = 0, now() - no * interval '5 minutes', now()
     from ${numbers}`,
    `insert into order_line (tenant_id, order_id, line, position, sku, item, description, quantity, uom, uom_scheme, sent_unit_price,
       unit_price, price_source, line_amount_minor, ordered_each, allocated_each, shipped_each, invoiced_each)
     select ${tenant}, ${numberOf('ord_')}, line::text, line, 'BRG-' || lpad((case when line = 3 then no % 7 else no * 31 + line * 977 end % ${products})::text, 6, '0'),
       '{"identifiers":[{"scheme":"sku","value":"BRG"}]}', 'Deep groove bearing', 4, 'EA', 'rec20', 12.5, 12.5, 'agreement', 5000, 4,
       case when ${isOver} or line = 2 and no % 5 = 0 then 0 else 4 end,
       case when ${isOver} then 4 else 0 end, case when ${isOver} then 4 else 0 end
     from ${numbers}, generate_series(1, 3) as line`,
    `insert into hold (hold_id, tenant_id, order_id, type, blocks, reason, placed_at, placed_by, released_at)
     select 'hld_' || no, ${tenant}, ${numberOf('ord_')}, (array['PRICE','CREDIT','SHIP_COMPLETE','ADDRESS','MANUAL'])[1 + no / 100 % 5],
       '["release"]', 'A reason.', now() - no * interval '5 minutes', 'order-flow', case when no % 10 = 0 and no / 10 % 10 in (2, 5) then null else now() end
     from ${numbers} where no % 5 = 0`,
    `insert into shipment (shipment_id, tenant_id, shipment_number, order_id, document_id, shipped_at, carrier, tracking_number, is_invoiced, lines)
     select 'shp_' || no, ${tenant}, ${numberOf('SH-')}, ${numberOf('ord_')}, 'doc_' || no, now(), 'UPSN', '1Z' || no * 104729::bigint % 1000000007, true, '[]'
     from ${numbers} where ${isOver}`,
    `insert into pick (pick_id, tenant_id, pick_number, order_id, warehouse, status, lines, requested_at)
     select 'pck_' || no, ${tenant}, ${numberOf('PK-')}, ${numberOf('ord_')}, 'DAL', 'done', '[]', now() from ${numbers} where ${isOver}`,
    `insert into invoice (invoice_id, tenant_id, invoice_number, order_id, customer_number, currency, total_minor, open_minor, invoiced_on, due_on, status, document_id)
     select 'inv_' || no, ${tenant}, ${numberOf('INV-')}, ${numberOf('ord_')}, ${customerOf(customers)}, 'USD', 5000, 0, now()::date, now()::date, 'paid', 'doc_' || no
     from ${numbers} where ${isOver}`,
  ]
}

const ordersAtOnce = 10_000

/** Fills a house with the orders of some years, as they stand in its tables: no flow has moved them. */
export async function fillListedHouse(driver: Driver, house: ListedHouse): Promise<void> {
  for (const statement of masterStatements(house)) await driver.script(statement)
  for (let from = 1; from <= house.orders; from += ordersAtOnce) {
    const to = Math.min(house.orders, from + ordersAtOnce - 1)
    for (const statement of orderStatements(house, from, to)) await driver.script(statement)
  }
  await driver.script('vacuum analyze')
}
