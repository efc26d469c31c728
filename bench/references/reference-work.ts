import { createHmac, timingSafeEqual } from 'node:crypto'
import { Agent, request } from 'node:http'
import postgres from 'postgres'
import { shopSecret } from '../house/orders.ts'

// What the references read of a shop's order; they trust it, which is part of why they are quick.
type ShopJson = {
  readonly name: string
  readonly po_number: string
  readonly customer: { readonly id: number }
  readonly email: string
  readonly currency: string
  readonly total_price: string
  readonly shipping_address: Readonly<Record<string, string>>
  readonly line_items: readonly {
    readonly sku: string
    readonly quantity: number
    readonly price: string
    readonly name: string
  }[]
}

/** An order as the references keep it. */
export type ReferenceOrder = {
  readonly order_no: string
  readonly po_no: string
  readonly customer_id: number
  readonly email: string
  readonly currency: string
  readonly total_cents: number
  readonly ship_to: Readonly<Record<string, string | undefined>>
  readonly lines: readonly {
    readonly line_no: number
    readonly sku: string
    readonly qty: number
    readonly unit_cents: number
    readonly description: string
  }[]
}

const cents = (price: string) => Math.round(Number.parseFloat(price) * 100)

/** Reads a shop's order the shortest way. */
export function referenceOrder(body: string): ReferenceOrder {
  const order: ShopJson = JSON.parse(body)
  const address = order.shipping_address
  return {
    order_no: order.name,
    po_no: order.po_number,
    customer_id: order.customer.id,
    email: order.email,
    currency: order.currency,
    total_cents: cents(order.total_price),
    ship_to: {
      name: `${address['first_name']} ${address['last_name']}`,
      company: address['company'],
      street: address['address1'],
      city: address['city'],
      zip: address['zip'],
      state: address['province_code'],
      country: address['country_code'],
    },
    lines: order.line_items.map((line, index) => ({
      line_no: index + 1,
      sku: line.sku,
      qty: line.quantity,
      unit_cents: cents(line.price),
      description: line.name,
    })),
  }
}

/** Whether the shop signed these bytes. */
export function isSigned(body: Buffer, signature: string | undefined): boolean {
  const expected = createHmac('sha256', shopSecret).update(body).digest()
  const given = Buffer.from(signature ?? '', 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** The tables of the references: what the work needs and nothing else. */
export const referenceSchema = `
create table price_list(sku text primary key, price_cents int not null);
create table inventory(sku text primary key, on_hand int not null);
create table orders(order_no text primary key, po_no text, customer_id bigint, email text, currency text,
  total_cents bigint, status text not null, erp_id text, canonical jsonb not null,
  created_at timestamptz default now(), released_at timestamptz);
create table order_lines(order_no text not null, line_no int not null, sku text not null, qty int not null,
  unit_cents int not null, primary key(order_no, line_no));
insert into price_list select 'SKU-'||lpad(i::text, 5, '0'), 199 + ((i * 7919) % 19800) from generate_series(0, 1999) i;
insert into inventory select 'SKU-'||lpad(i::text, 5, '0'), 1000000 from generate_series(0, 1999) i;
analyze`

/** The statements every reference runs. */
export type ReferenceBooks = {
  /** What is wrong with an order: unknown products, other prices, too little stock. */
  mistakes(order: ReferenceOrder): Promise<string[]>
  /** Writes orders with their lines in one statement; the numbers of those that were new. */
  insert(orders: readonly ReferenceOrder[]): Promise<Set<string>>
  markReleased(released: readonly ReleasedOrder[]): Promise<void>
  waiting(): Promise<ReferenceOrder[]>
  empty(): Promise<void>
  close(): Promise<void>
}

/** An order the ERP has taken, with the ERP's number. */
export type ReleasedOrder = { readonly orderNumber: string; readonly erpId: string }

/** Opens the references' books on a PostgreSQL. */
export function openReferenceBooks(databaseUrl: string): ReferenceBooks {
  const sql = postgres(databaseUrl, { max: 16, onnotice: () => undefined })
  return {
    async mistakes({ lines }) {
      const skus = lines.map((line) => line.sku)
      const rows = await sql<{ sku: string; price_cents: number; on_hand: number }[]>`
        select p.sku, p.price_cents, i.on_hand from price_list p join inventory i using (sku)
        where p.sku = any(${skus})`
      const known = new Map(rows.map((row) => [row.sku, row]))
      return lines.flatMap(({ sku, qty, unit_cents }) => {
        const row = known.get(sku)
        if (row === undefined) return `unknown ${sku}`
        if (row.price_cents !== unit_cents) return `price ${sku}`
        return row.on_hand < qty ? `stock ${sku}` : []
      })
    },
    async insert(orders) {
      const rows = await sql<{ order_no: string }[]>`
        with src as materialized (select x as c from json_array_elements(${JSON.stringify(orders)}::text::json) x),
        o as (insert into orders(order_no, po_no, customer_id, email, currency, total_cents, status, canonical)
          select c->>'order_no', c->>'po_no', (c->>'customer_id')::bigint, c->>'email', c->>'currency',
            (c->>'total_cents')::bigint, 'accepted', c::jsonb
          from src on conflict do nothing returning order_no),
        l as (insert into order_lines
          select c->>'order_no', (l->>'line_no')::int, l->>'sku', (l->>'qty')::int, (l->>'unit_cents')::int
          from src join o on o.order_no = c->>'order_no', json_array_elements(c->'lines') l)
        select order_no from o`
      return new Set(rows.map((row) => row.order_no))
    },
    async markReleased(released) {
      await sql`
        update orders o set status = 'released', erp_id = u.id, released_at = now()
        from unnest(${released.map((one) => one.orderNumber)}::text[], ${released.map((one) => one.erpId)}::text[]) u(no, id)
        where o.order_no = u.no`
    },
    waiting: async () =>
      (
        await sql<{ canonical: ReferenceOrder }[]>`
        select canonical from orders where status = 'accepted'`
      ).map((row) => row.canonical),
    async empty() {
      await sql`truncate orders, order_lines`
    },
    close: () => sql.end({ timeout: 5 }),
  }
}

/** Posts an order to the ERP and gives the ERP's number; refuses when the ERP did. */
export function erpClient(erpUrl: string): (order: ReferenceOrder) => Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  return (order) =>
    new Promise((taken, failed) => {
      const body = Buffer.from(JSON.stringify(order))
      const headers = {
        'content-type': 'application/json',
        'content-length': body.length,
        'idempotency-key': order.order_no,
      }
      const call = request(`${erpUrl}/orders`, { method: 'POST', agent, headers }, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          if (answer.statusCode === 201) taken(String(JSON.parse(text).erp_id))
          else failed(new Error(`The ERP answered ${answer.statusCode}.`))
        })
      })
      call.on('error', failed)
      call.setTimeout(5_000, () => call.destroy(new Error('The ERP did not answer in time.')))
      call.end(body)
    })
}
