import { z } from 'zod'
import { sumDecimal } from '../../canonical/money.ts'
import type { Shipment } from '../../canonical/shipment.ts'
import { parseJson } from '../json/parse-json.ts'

const ShopId = z.union([z.string().regex(/^\d{1,30}$/), z.int()]).transform(String)

/** A part of a shop's order that one place has to send, with what is still open on each line. */
export const FulfilmentOrder = z.object({
  id: ShopId,
  line_items: z.array(
    z.object({ id: ShopId, line_item_id: ShopId, fulfillable_quantity: z.int() }),
  ),
})
export type FulfilmentOrder = z.infer<typeof FulfilmentOrder>

const FulfilmentOrders = z.object({ fulfillment_orders: z.array(FulfilmentOrder) })

/** Reads the shop's answer to `GET orders/{id}/fulfillment_orders.json`; nothing when it is no such answer. */
export function readFulfilmentOrders(bytes: Uint8Array): readonly FulfilmentOrder[] | undefined {
  const parsing = parseJson(bytes, { numbers: 'exact' })
  const answer = FulfilmentOrders.safeParse(parsing.outcome === 'parsed' ? parsing.value : null)
  return answer.success ? answer.data.fulfillment_orders : undefined
}

/** The body for the shop, or what keeps this shipment from being told to it. */
export type FulfilmentWriting =
  | { readonly outcome: 'written'; readonly body: string }
  | { readonly outcome: 'refused'; readonly line: string; readonly message: string }

/** What the shop does with the news. */
export type FulfilmentOptions = {
  readonly notifyCustomer?: boolean
  readonly trackingUrl?: string
}

type OpenLine = { readonly orderId: string; readonly id: string; open: number }
type Part = { readonly orderId: string; readonly id: string; readonly quantity: number }

function openLines(orders: readonly FulfilmentOrder[]): Map<string, OpenLine[]> {
  const byShopLine = new Map<string, OpenLine[]>()
  for (const order of orders)
    for (const line of order.line_items) {
      const open = { orderId: order.id, id: line.id, open: line.fulfillable_quantity }
      byShopLine.set(line.line_item_id, [...(byShopLine.get(line.line_item_id) ?? []), open])
    }
  return byShopLine
}

function quantityByLine(shipment: Shipment): Map<string, number> {
  const quantities = new Map<string, string[]>()
  for (const { line, shipped } of shipment.lines)
    quantities.set(line, [...(quantities.get(line) ?? []), shipped.value])
  return new Map([...quantities].map(([line, parts]) => [line, Number(sumDecimal(parts))]))
}

// A line may be split over several places: each gives what it still has open.
function takeOpen(lines: readonly OpenLine[], quantity: number): Part[] {
  let left = quantity
  return lines.flatMap((line) => {
    const taken = Math.min(left, Math.max(0, line.open))
    left -= taken
    return taken === 0 ? [] : [{ orderId: line.orderId, id: line.id, quantity: taken }]
  })
}

function refusal(line: string, message: string): FulfilmentWriting {
  return { outcome: 'refused', line, message }
}

function trackingOf(shipment: Shipment, url: string | undefined): Record<string, string> {
  const fields = { number: shipment.trackingNumber, company: shipment.carrier, url }
  const given = Object.entries(fields).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, value]],
  )
  return Object.fromEntries(given)
}

// Ids above 2^53 must reach the shop digit for digit, which JSON.stringify of a number cannot do.
function groupText(orderId: string, parts: readonly Part[]): string {
  const items = parts.map((part) => `{"id":${part.id},"quantity":${part.quantity}}`)
  return `{"fulfillment_order_id":${orderId},"fulfillment_order_line_items":[${items.join(',')}]}`
}

function bodyText(shipment: Shipment, parts: readonly Part[], options: FulfilmentOptions): string {
  const orderIds = [...new Set(parts.map((part) => part.orderId))]
  const groups = orderIds.map((id) =>
    groupText(
      id,
      parts.filter((part) => part.orderId === id),
    ),
  )
  const tracking = trackingOf(shipment, options.trackingUrl)
  const members = [
    `"line_items_by_fulfillment_order":[${groups.join(',')}]`,
    ...(Object.keys(tracking).length === 0 ? [] : [`"tracking_info":${JSON.stringify(tracking)}`]),
    `"notify_customer":${options.notifyCustomer ?? false}`,
  ]
  return `{"fulfillment":{${members.join(',')}}}`
}

/**
 * Writes a shipment as the body of Shopify's `POST fulfillments.json`. The shop's own line ids come from
 * the shipment's references with qualifier `shop-line`, the open fulfilment orders from the shop.
 */
export function writeFulfilment(
  shipment: Shipment,
  fulfilmentOrders: readonly FulfilmentOrder[],
  options: FulfilmentOptions = {},
): FulfilmentWriting {
  const shopLines = new Map(
    shipment.references
      .filter((reference) => reference.qualifier === 'shop-line')
      .map((reference) => [reference.line, reference.value]),
  )
  const open = openLines(fulfilmentOrders)
  const parts: Part[] = []
  for (const [line, quantity] of quantityByLine(shipment)) {
    const shopLine = shopLines.get(line)
    if (shopLine === undefined) return refusal(line, `The shop's id of line ${line} is not known.`)
    if (!Number.isInteger(quantity) || quantity < 0)
      return refusal(line, `A shop counts whole pieces; line ${line} has ${quantity}.`)
    const taken = takeOpen(open.get(shopLine) ?? [], quantity)
    const sum = taken.reduce((total, part) => total + part.quantity, 0)
    if (sum < quantity)
      return refusal(line, `The shop has ${sum} open on line ${line}, ${quantity} were shipped.`)
    parts.push(...taken)
  }
  return { outcome: 'written', body: bodyText(shipment, parts, options) }
}
