import { createHmac } from 'node:crypto'

/** How many products the generated orders choose from. */
export const skuCount = 2_000

/** The secret the generated shop signs with. */
export const shopSecret = 'o2c-bench-secret'

/** The shop the generated orders come from. */
export const shopDomain = 'acme.myshopify.com'

/** How many shoppers the generated orders come from. */
export const shopperCount = 997

const linesPerOrder = 5

/** The number of a generated product. */
export const skuOf = (index: number): string => `SKU-${String(index).padStart(5, '0')}`

/** The price of a generated product, in cents. */
export const priceMinor = (index: number): number => 199 + ((index * 7919) % 19_800)

/** The shop's id of a generated shopper. */
export const shopperId = (index: number): number => 115_310_627 + index

const cities = ['Austin', 'Dayton', 'Leeds', 'Lyon', 'Tampere', 'Osaka', 'Porto', 'Reno']
const words = [
  ...['Hex', 'Bolt', 'Flange', 'Gasket', 'Valve', 'Bearing'],
  ...['Washer', 'Coupling', 'Zinc', 'Steel', 'Brass', 'Nylon'],
]

const priceText = (minor: number) => (minor / 100).toFixed(2)

// mulberry32: the same draws on every machine.
function drawsFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

// FNV-1a: every run has order ids of its own, exact in a double, so that no two orders of two runs are one.
function runNumber(run: string): number {
  let hash = 0x811c9dc5
  for (const letter of run) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash
}

type Draws = { upTo(count: number): number; word(): string; city(): string }

function drawsOf(seed: number, index: number): Draws {
  const next = drawsFrom((seed * 1_000_003 + index * 2_654_435_761) >>> 0)
  const upTo = (count: number) => Math.floor(next() * count)
  const pick = (from: readonly string[]) => from[upTo(from.length)] ?? ''
  return { upTo, word: () => pick(words), city: () => pick(cities) }
}

function shopLines(draws: Draws, index: number) {
  const taken = new Set<number>()
  return Array.from({ length: linesPerOrder }, (_, position) => {
    let product = draws.upTo(skuCount)
    while (taken.has(product)) product = draws.upTo(skuCount)
    taken.add(product)
    const quantity = 1 + draws.upTo(9)
    const id = 466_157_049 + index * 10 + position
    return {
      id,
      admin_graphql_api_id: `gid://shopify/LineItem/${id}`,
      fulfillable_quantity: quantity,
      fulfillment_service: 'manual',
      grams: draws.upTo(5_000),
      name: `${draws.word()} ${draws.word()} ${draws.word()}`,
      price: priceText(priceMinor(product)),
      product_id: 632_910_392 + product,
      quantity,
      requires_shipping: true,
      sku: skuOf(product),
      taxable: true,
      variant_id: 39_072_856 + product,
      vendor: 'Acme Distribution',
      amountMinor: priceMinor(product) * quantity,
    }
  })
}

function shopAddress(draws: Draws, index: number) {
  return {
    first_name: 'Buyer',
    last_name: `N${index}`,
    address1: `${1 + draws.upTo(999)} Main Street`,
    phone: '+1-555-0100',
    city: draws.city(),
    zip: String(10_000 + draws.upTo(89_999)),
    province: 'Texas',
    country: 'United States',
    company: `Company ${index % 97}`,
    country_code: 'US',
    province_code: 'TX',
  }
}

/** Which order of which run: the same (seed, run, index) gives the same bytes on every machine. */
export type OrderPlace = { readonly seed: number; readonly run: string; readonly index: number }

/** The purchase order number of a generated order, by which the ERP's count finds it again. */
export const purchaseOrderOf = ({ run, index }: Omit<OrderPlace, 'seed'>): string =>
  `PO-${run}-${String(index).padStart(6, '0')}`

/** A shop's order with five lines, about 2.8 KB as JSON. */
export function shopOrder({ seed, run, index }: OrderPlace) {
  const draws = drawsOf(seed, index)
  const purchaseOrder = purchaseOrderOf({ run, index })
  const name = purchaseOrder.slice(3)
  const lines = shopLines(draws, index)
  const total = priceText(lines.reduce((sum, line) => sum + line.amountMinor, 0))
  const address = shopAddress(draws, index)
  const shopper = index % shopperCount
  const email = `buyer${shopper}@example.com`
  const moment = '2026-11-22T00:00:00-05:00'
  return {
    id: runNumber(run) * 2_000_000 + index,
    admin_graphql_api_id: `gid://shopify/Order/${name}`,
    app_id: 755_357_713,
    currency: 'USD',
    name,
    order_number: index,
    created_at: moment,
    processed_at: moment,
    updated_at: moment,
    financial_status: 'paid',
    email,
    note: null,
    po_number: purchaseOrder,
    tags: 'b2b, net30',
    test: false,
    total_price: total,
    subtotal_price: total,
    total_tax: '0.00',
    taxes_included: false,
    customer: { id: shopperId(shopper), email, tags: 'wholesale', currency: 'USD' },
    shipping_address: address,
    billing_address: address,
    line_items: lines.map(({ amountMinor: _, ...line }) => line),
    shipping_lines: [{ code: 'GROUND', price: '0.00', title: 'Ground' }],
  }
}

/** A delivery as the shop sends it: signed, with an id of its own. */
export type ShopDelivery = {
  readonly purchaseOrder: string
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** A generated order as a signed webhook. */
export function shopDelivery(place: OrderPlace): ShopDelivery {
  const body = Buffer.from(JSON.stringify(shopOrder(place)))
  const purchaseOrder = purchaseOrderOf(place)
  return {
    purchaseOrder,
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/create',
      'x-shopify-shop-domain': shopDomain,
      'x-shopify-webhook-id': `wh-${purchaseOrder.slice(3)}`,
      'x-shopify-hmac-sha256': createHmac('sha256', shopSecret).update(body).digest('base64'),
    },
  }
}
