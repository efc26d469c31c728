import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { recordOf } from '../../canonical/json-fields.ts'
import { parseJson } from '../../documents/json/parse-json.ts'
import { answerEffect, badCall } from './effect-answer.ts'
import type { Ledger } from './ledger.ts'
import type { SandboxEnv } from './misbehaviour.ts'
import type { ShopOrder } from './records.ts'

const ShopId = z.union([z.string(), z.int()]).transform(String)

/** What a shop is asked: which parts of which lines of its fulfilment orders have left. */
const FulfilmentCall = z.object({
  fulfillment: z.object({
    line_items_by_fulfillment_order: z
      .array(
        z.object({
          fulfillment_order_id: ShopId,
          fulfillment_order_line_items: z.array(z.object({ id: ShopId, quantity: z.int() })),
        }),
      )
      .min(1),
    tracking_info: z
      .object({ number: z.string().optional(), company: z.string().optional() })
      .default({}),
  }),
})
type FulfilmentCall = z.infer<typeof FulfilmentCall>

/** The part of a shop's order that the sandbox shop needs to know. */
export const PlacedOrder = z
  .object({
    id: ShopId,
    line_items: z.array(z.object({ id: ShopId, quantity: z.int() })),
  })
  .transform(({ id, line_items }): ShopOrder => ({ id, lines: line_items }))

/** A shop that speaks as Shopify's Admin API does: fulfilment orders, and the fulfilments made of them. */
export function sandboxShop(ledger: Ledger): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.get('/:version/shop.json', (context) => context.json({ shop: { name: 'Sandbox shop' } }))
  app.get('/:version/orders/:order/fulfillment_orders.json', (context) => {
    const order = ledger.shopOrder(context.req.param('order'))
    if (order === undefined) return context.json({ errors: 'Not Found' }, 404)
    const line_items = order.lines.map((line) => ({
      id: fulfilmentLineId(line.id),
      line_item_id: line.id,
      fulfillable_quantity: line.quantity - fulfilled(ledger, order.id, line.id),
    }))
    const fulfillment_order = { id: fulfilmentOrderId(order.id), order_id: order.id, line_items }
    return answerWithIds(context, { fulfillment_orders: [fulfillment_order] })
  })
  app.get('/:version/orders/:order/fulfillments.json', async (context) => {
    await ledger.settled()
    const orderId = context.req.param('order')
    if (ledger.shopOrder(orderId) === undefined) return context.json({ errors: 'Not Found' }, 404)
    const fulfillments = ledger
      .about('shop', `shop-order:${orderId}`)
      .map(({ id, content }) => ({ name: id, order_id: orderId, ...recordOf(content) }))
    return answerWithIds(context, { fulfillments })
  })
  app.post('/:version/fulfillments.json', (context) => fulfil(context, ledger))
  return app
}

async function fulfil(context: Context<SandboxEnv>, ledger: Ledger): Promise<Response> {
  const bytes = new Uint8Array(await context.req.arrayBuffer())
  const parsing = parseJson(bytes, { numbers: 'exact' })
  const call = FulfilmentCall.safeParse(parsing.outcome === 'parsed' ? parsing.value : null)
  if (!call.success) return badCall(context, 'This is no fulfilment.')
  const { tracking_info, line_items_by_fulfillment_order: groups } = call.data.fulfillment
  const [group] = groups
  const order = ledger.shopOrder(group?.fulfillment_order_id.slice(1) ?? '')
  if (order === undefined || groups.length !== 1)
    return context.json({ errors: ['The fulfilment order does not exist.'] }, 422)
  const line_items = partsOf(call.data).map(({ id, quantity }) => ({ id: id.slice(1), quantity }))
  const tracking = tracking_info.number ?? ''
  const key = `fulfilment:${order.id}:${tracking}`
  const isKnown = tracking !== '' && ledger.find('shop', key) !== undefined
  const isTooMuch = line_items.some(({ id, quantity }) => {
    const line = order.lines.find((ordered) => ordered.id === id)
    return quantity > (line?.quantity ?? 0) - fulfilled(ledger, order.id, id)
  })
  if (!isKnown && isTooMuch)
    return context.json({ errors: ['The quantity is not open for fulfilment.'] }, 422)
  const content = { tracking_number: tracking, tracking_company: tracking_info.company, line_items }
  const subject = `shop-order:${order.id}`
  const ask = { system: 'shop' as const, key, subject, content, idField: 'name' }
  const answer = await answerEffect(context, ledger, ask)
  if (answer.status !== 201) return answer
  return context.json({ fulfillment: { ...recordOf(await answer.json()), ...content } }, 201)
}

function partsOf({ fulfillment }: FulfilmentCall) {
  return fulfillment.line_items_by_fulfillment_order.flatMap(
    (group) => group.fulfillment_order_line_items,
  )
}

const Fulfilment = z.object({
  line_items: z.array(z.object({ id: z.string(), quantity: z.int() })),
})

function fulfilled(ledger: Ledger, orderId: string, lineId: string): number {
  return ledger
    .about('shop', `shop-order:${orderId}`)
    .flatMap(({ content }) => Fulfilment.parse(content).line_items)
    .filter(({ id }) => id === lineId)
    .reduce((sum, { quantity }) => sum + quantity, 0)
}

// A shop's fulfilment order has ids of its own: told apart from the order's by a digit in front.
function fulfilmentOrderId(orderId: string): string {
  return `7${orderId}`
}

function fulfilmentLineId(lineId: string): string {
  return `8${lineId}`
}

// Shopify writes ids as numbers, above 2^53 too: the text is written digit for digit.
function answerWithIds(context: Context<SandboxEnv>, body: unknown): Response {
  const text = JSON.stringify(body).replace(/"((?:\w+_)?id)":"(\d+)"/g, '"$1":$2')
  return context.body(text, 200, { 'content-type': 'application/json' })
}
