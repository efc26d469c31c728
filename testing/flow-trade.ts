import { createHmac } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { OrderState } from '../backbone/canonical/order-state.ts'
import type { DoorAnswer } from '../backbone/channels/channel.ts'
import type { Intake } from '../backbone/channels/intake.ts'
import type { JobQueue } from '../backbone/queue/job-queue.ts'
import type { Database, TenantTx } from '../backbone/store/database.ts'
import { findOrders, lockOrders } from '../backbone/store/orders/load-orders.ts'
import type { Answer, FarSide } from './flow-connectors.ts'
import { type Count, writeStock } from './flow-master-data.ts'

/** Which connection of a trade: its inbound doors and its outside systems. */
export type DoorName = 'json' | 'x12' | 'shop' | 'bank' | 'erp' | 'wms' | 'webhook'

/** The connection kind behind each door. */
export const doorKinds: Readonly<Record<DoorName, string>> = {
  json: 'json',
  bank: 'json',
  x12: 'x12',
  shop: 'shopify',
  erp: 'erp',
  wms: 'wms',
  webhook: 'webhook',
}

/** The secret of every connection of a test trade. */
export const doorSecret = 'a-secret-of-the-test-trade'

type TradeTools = {
  readonly tenantId: string
  readonly database: Database
  readonly queue: JobQueue
  readonly far: FarSide
  readonly receive: Intake['receive']
  readonly settle: () => Promise<void>
}

/** What a trade's books say. */
function openBooks({ tenantId, database, far }: TradeTools) {
  const inTenant = <T>(work: (tx: TenantTx) => Promise<T>) => database.inTenant(tenantId, work)
  async function orders(purchaseOrder: string): Promise<OrderState[]> {
    const poNormalised = [purchaseOrder.toUpperCase().replace(/[\s\-_]/g, '')]
    const found = await inTenant(async (tx) =>
      lockOrders(tx, await findOrders(tx, { poNormalised })),
    )
    return found.sort((a, b) => a.orderNumber.localeCompare(b.orderNumber))
  }
  return {
    inTenant,
    orders,
    async order(purchaseOrder: string): Promise<OrderState> {
      const [order] = await orders(purchaseOrder)
      if (order === undefined) throw new Error(`There is no order ${purchaseOrder}.`)
      return order
    },
    /** The kinds of an order's events, oldest first. */
    async timeline(orderId: string): Promise<string[]> {
      const rows = await inTenant((tx) =>
        tx.rows<{ kind: string }>(
          sql`select kind from event where order_id = ${orderId} order by order_event_no`,
        ),
      )
      return rows.map((row) => row.kind)
    },
    documents: () =>
      inTenant((tx) =>
        tx.rows<DocumentRow>(sql`
          select document_id, number, doc_type, document.status, reason
          from document join receipt using (receipt_id)
          where direction = 'in' order by received_seq, document_id`),
      ),
    quarantined: () =>
      inTenant((tx) =>
        tx.rows<QuarantineRow>(sql`
          select quarantine_id, kind, reason, status, receipt_id, document_id, decided_by
          from quarantine order by created_at, quarantine_id`),
      ),
    async stock(sku: string, warehouse: string) {
      const [row] = await inTenant((tx) =>
        tx.rows<{ onHand: number; allocated: number }>(sql`
          select on_hand_each as "onHand", allocated_each as allocated from stock
          where sku = ${sku} and warehouse = ${warehouse}`),
      )
      return row ?? { onHand: 0, allocated: 0 }
    },
    /** The calls that outside systems took, in order. */
    arrived: (operation?: string) =>
      (far.arrived.get(tenantId) ?? []).filter(
        (call) => operation === undefined || call.operation === operation,
      ),
  }
}

/** A distributor of its own: its doors, its outside systems, and its books. */
export function openTrade(tools: TradeTools) {
  const { tenantId, queue, far, receive, settle } = tools
  const books = openBooks(tools)
  const connectionId = (door: DoorName) => `${door}-${tenantId}`
  const deliver = (
    door: DoorName,
    body: string,
    { headers = {}, secret = doorSecret }: DeliveryOptions = {},
  ): Promise<DoorAnswer> =>
    receive({
      channel: doorKinds[door],
      connectionId: connectionId(door),
      headers: { authorization: `Bearer ${secret}`, ...headers },
      body: new TextEncoder().encode(body),
      traceparent: undefined,
    })
  async function advance(orderId: string): Promise<void> {
    await books.inTenant((tx) => queue.enqueue(tx, 'advance-order', [orderId]))
    await settle()
  }
  return {
    tenantId,
    connectionId,
    deliver,
    ...books,
    /** A webhook of the shop, signed as Shopify signs. */
    shop(topic: string, body: string, webhookId: string): Promise<DoorAnswer> {
      const headers = {
        'x-shopify-topic': topic,
        'x-shopify-shop-domain': 'meridian-industrial.myshopify.example',
        'x-shopify-webhook-id': webhookId,
        'x-shopify-hmac-sha256': createHmac('sha256', doorSecret).update(body).digest('base64'),
      }
      return deliver('shop', body, { headers })
    },
    /** Hands documents to the JSON door (or the bank's) one by one, without anything following yet. */
    async hand(documents: object | readonly object[], door: 'json' | 'bank' = 'json') {
      for (const document of Array.isArray(documents) ? documents : [documents]) {
        const answer = await deliver(door, JSON.stringify(document))
        if (answer.status >= 300) throw new Error(`The door refused: ${answer.body}`)
      }
    },
    /** Hands documents in and lets everything follow from them. */
    async send(documents: object | readonly object[], door: 'json' | 'bank' = 'json') {
      await this.hand(documents, door)
      await settle()
    },
    count: (counts: readonly Count[]) => books.inTenant((tx) => writeStock(tx, counts)),
    /** Scripts what the outside systems answer from now on. */
    answer: (how: Answer) => void far.answers.set(tenantId, how),
    advance,
    /** Puts a hold's end this far from the database's now, and looks at the order again. */
    async moveHoldEnd(orderId: string, type: string, seconds: number) {
      await books.inTenant((tx) =>
        tx.run(sql`
          update hold set expires_at = now() + make_interval(secs => ${seconds}::float8)
          where order_id = ${orderId} and type = ${type}`),
      )
      await advance(orderId)
    },
  }
}

/** What `openTrade` gives. */
export type Trade = ReturnType<typeof openTrade>

type DocumentRow = {
  readonly document_id: string
  readonly number: string
  readonly doc_type: string
  readonly status: string
  readonly reason: string | null
}

type DeliveryOptions = {
  readonly headers?: Readonly<Record<string, string>>
  readonly secret?: string
}

type QuarantineRow = {
  readonly quarantine_id: string
  readonly kind: string
  readonly reason: string
  readonly status: string
  readonly receipt_id: string | null
  readonly document_id: string | null
  readonly decided_by: string | null
}
