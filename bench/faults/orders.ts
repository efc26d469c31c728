import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { chanceOf } from '../../backbone/connectors/sandbox/chance.ts'
import { trickleOrders } from '../../cli/demo/trickle-order.ts'
import { type DemoSecrets, demoShopDomain } from '../../cli/demo-world.ts'
import { peachtreeOrder } from '../../testing/peachtree-order.ts'

/** One sending of a document: what its sender posts, and again until it is answered. */
export type Delivery = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** When, counted from the order's own moment. */
  readonly afterMs: number
  /** The receipt that must be there once this was answered; absent for a repetition under a new id. */
  readonly receipt?: string
}

/** An order as its buyer sends it: changed, repeated and out of order as it may be. */
export type SentOrder = {
  readonly purchaseOrderNumber: string
  readonly deliveries: readonly Delivery[]
  /** What a shop knows of its order before it tells us. */
  readonly shopText?: string
}

/** Makes the order of a number: the same for the same seed. */
export type OrderBook = (number: number) => SentOrder

type Chance = (...names: string[]) => number

const jsonConnection = 'partner-json'
const shopConnection = 'meridian-shop'
function jsonChange(purchaseOrderNumber: string, revision: number): string {
  return JSON.stringify({
    docType: 'order-change',
    purpose: 'change',
    currency: 'USD',
    purchaseOrderNumber,
    revision,
    changes: [
      { action: 'quantity', line: '1', quantity: { value: String(revision + 1), uom: 'EA' } },
    ],
  })
}

type Posted = { readonly text: string; readonly id: string; readonly afterMs: number }

function jsonDelivery(secrets: DemoSecrets, { text, id, afterMs }: Posted): Delivery {
  return {
    path: `/v1/inbound/json/${jsonConnection}`,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${secrets.get(jsonConnection) ?? ''}`,
      'idempotency-key': id,
    },
    text,
    afterMs,
    receipt: `${jsonConnection} ${id}`,
  }
}

function shopDelivery(
  secrets: DemoSecrets,
  topic: 'orders/create' | 'orders/updated',
  { text, id, afterMs }: Posted,
): Delivery {
  const signature = createHmac('sha256', secrets.get(shopConnection) ?? '').update(text)
  return {
    path: `/v1/inbound/shopify/${shopConnection}`,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-shop-domain': demoShopDomain,
      'x-shopify-api-version': '2025-01',
      'x-shopify-webhook-id': id,
      'x-shopify-hmac-sha256': signature.digest('base64'),
    },
    text,
    afterMs,
    receipt: `${shopConnection} ${topic}:${id}`,
  }
}

// One in four deliveries comes more than once: at the same moment, later, or later under another id.
function withRepeats(chance: Chance, delivery: Delivery, underNewId: () => Delivery): Delivery[] {
  const draw = chance('repeat', delivery.headers['x-shopify-topic'] ?? '', delivery.text)
  const laterMs = delivery.afterMs + 300 + 4_000 * chance('repeat later', delivery.text)
  if (draw < 0.08) return [delivery, delivery]
  if (draw < 0.16) return [delivery, { ...delivery, afterMs: laterMs }]
  if (draw > 0.24) return [delivery]
  const { receipt: _, ...again } = underNewId()
  // Where the content says that it is the same, the receipt stands under the id that came first: either of them.
  const { receipt: __, ...first } = delivery
  const isKnownByContent = delivery.headers['x-shopify-topic'] !== undefined
  return [isKnownByContent ? first : delivery, { ...again, afterMs: laterMs }]
}

function jsonOrders(secrets: DemoSecrets, number: number, chance: Chance): SentOrder {
  const purchaseOrderNumber = `FLT-${String(number).padStart(6, '0')}`
  const send = (what: string, text: string, afterMs: number) => {
    const posted = { text, id: `${purchaseOrderNumber}-${what}`, afterMs }
    return withRepeats(chance, jsonDelivery(secrets, posted), () =>
      jsonDelivery(secrets, { ...posted, id: `${posted.id}-again` }),
    )
  }
  const isChanged = chance('changed') < 0.35
  // Changes come in any order, also before the order itself.
  const change = (revision: number) =>
    send(
      `change-${revision}`,
      jsonChange(purchaseOrderNumber, revision),
      Math.round(2_000 * chance('change', String(revision))),
    )
  const order = send('order', peachtreeOrder(number, purchaseOrderNumber), isChanged ? 400 : 0)
  return {
    purchaseOrderNumber,
    deliveries: isChanged ? [...order, ...change(1), ...change(2)] : order,
  }
}

const ShopOrder = z.looseObject({ updated_at: z.string() })

function shopOrders(
  secrets: DemoSecrets,
  chance: Chance,
  order: ReturnType<ReturnType<typeof trickleOrders>>,
): SentOrder {
  const { text, purchaseOrderNumber, webhookId = purchaseOrderNumber } = order
  const created = { text, id: webhookId, afterMs: chance('late creation') < 0.2 ? 900 : 0 }
  const create = withRepeats(chance, shopDelivery(secrets, 'orders/create', created), () =>
    shopDelivery(secrets, 'orders/create', { ...created, id: `${webhookId}-again` }),
  )
  const known = ShopOrder.parse(JSON.parse(text))
  const updatedAt = new Date(Date.parse(known.updated_at) + 500).toISOString()
  const updated = {
    text: JSON.stringify({ ...known, updated_at: updatedAt }),
    id: `${webhookId}-updated`,
    afterMs: 600,
  }
  const update = shopDelivery(secrets, 'orders/updated', updated)
  return {
    purchaseOrderNumber,
    shopText: text,
    deliveries: chance('updated') < 0.4 ? [...create, update] : create,
  }
}

function x12Order(
  secrets: DemoSecrets,
  chance: Chance,
  order: ReturnType<ReturnType<typeof trickleOrders>>,
): SentOrder {
  const { connectionId, purchaseOrderNumber, text } = order
  const delivery: Delivery = {
    path: `/v1/inbound/x12/${connectionId}`,
    headers: {
      'content-type': 'application/edi-x12',
      authorization: `Bearer ${secrets.get(connectionId) ?? ''}`,
    },
    text,
    afterMs: 0,
  }
  return { purchaseOrderNumber, deliveries: withRepeats(chance, delivery, () => delivery) }
}

// The numbers of the demo's generator are moments: every order of a run has a second of the day to itself.
const momentOf = (today: string, number: number) =>
  new Date(Date.parse(`${today}T00:00:00Z`) + (number % 86_400) * 1_000)

/** Opens the book of orders of a seed: half of them JSON, many changed, a third from the shop, the rest X12. */
export function orderBook(
  seed: number,
  { secrets, today }: { secrets: DemoSecrets; today: string },
): OrderBook {
  const believable = trickleOrders(today)
  const [x12Turn, shopTurn] = [0, 1]
  return (number) => {
    const chance: Chance = (...names) => chanceOf(seed, String(number), ...names)
    const draw = chance('channel')
    if (draw < 0.55) return jsonOrders(secrets, number, chance)
    const moment = momentOf(today, number)
    if (draw < 0.88) return shopOrders(secrets, chance, believable(shopTurn, moment))
    return x12Order(secrets, chance, believable(x12Turn, moment))
  }
}
