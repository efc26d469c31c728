import { z } from 'zod'
import { type Finding, finding, together } from '../../shared/finding.ts'
import { type Investigation, look } from '../../shared/investigation.ts'
import { asOfText, counted } from '../../shared/words.ts'
import { alternativesOfCart, alternativesOfOrder } from '../../substitution/find-alternatives.ts'
import { aboutOrders, type Clock, findCustomer, referencesOf, type Skill } from './records.ts'

const Stock = z.object({
  as_of: z.string(),
  items: z.array(
    z.object({
      sku: z.string(),
      name: z.string(),
      status: z.string(),
      base_uom: z.string(),
      warehouses: z.array(
        z.object({
          warehouse: z.string(),
          on_hand_each: z.int(),
          allocated_each: z.int(),
          promisable_each: z.int(),
          later: z.array(z.object({ on: z.string(), promisable_each: z.int() })),
          expected: z.array(z.object({ on: z.string(), quantity_each: z.int() })),
        }),
      ),
    }),
  ),
})
type Outlook = z.output<typeof Stock>['items'][number]

function placeWords(place: Outlook['warehouses'][number], uom: string): string {
  const { warehouse, on_hand_each, allocated_each, promisable_each, later, expected } = place
  const more = later.find(({ promisable_each: then }) => then > promisable_each)
  const then =
    more === undefined ? '' : ` From ${more.on} ${more.promisable_each} ${uom} may be promised.`
  const next = expected[0]
  const coming = next === undefined ? '' : ` Expected: ${next.quantity_each} ${uom} on ${next.on}.`
  return `- ${warehouse}: ${on_hand_each} ${uom} on hand, ${allocated_each} allocated; ${promisable_each} may be promised today.${then}${coming}`
}

function outlookWords({ sku, name, status, base_uom, warehouses }: Outlook): string {
  const places =
    warehouses.length === 0
      ? ['No warehouse has any, and none is expected.']
      : warehouses.map((place) => placeWords(place, base_uom))
  return [`${sku} (${name}) is ${status}.`, ...places].join('\n')
}

const skusOf = (asked: Parameters<Skill>[0]): string[] =>
  referencesOf(asked, ['sku', 'code']).map(({ text }) => text)

const unknownSkus = (skus: readonly string[]): Finding =>
  finding(`I know no product ${skus.join(', ')}. Give me a SKU such as BRG-1007.`)

/** What there is of a product, and when there is more. */
export const stock: Skill = function* (asked, { timeZone }) {
  const skus = skusOf(asked)
  if (skus.length === 0) return finding('Which product? Give me a SKU such as BRG-1007.')
  const looked = yield* look({ name: 'stock_outlook', args: { skus: skus.slice(0, 10) } }, Stock)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, as_of: asOf } = looked.value
  if (items.length === 0) return unknownSkus(skus)
  return finding([...items.map(outlookWords), asOfText(asOf, timeZone)].join('\n'), {
    questions: items.map(({ sku }) => `What can we ship instead of ${sku} and when?`).slice(0, 2),
    listed: items.map(({ sku }) => `sku:${sku}`),
  })
}

const Orders = z.object({
  items: z.array(
    z.object({
      order_number: z.string(),
      customer_number: z.string().optional(),
      stage: z.string(),
    }),
  ),
})

const isBeforeRelease = (stage: string): boolean =>
  ['received', 'validated', 'held', 'ready'].includes(stage)

/** Of a product alone the orders that wait for it are what matters, and else whoever bought it last. */
function* alternativesOfProduct(sku: string, clock: Clock): Investigation<Finding> {
  const looked = yield* look({ name: 'order_search', args: { text: sku, limit: 15 } }, Orders)
  if (looked.outcome === 'refused') return finding(looked.why)
  const orders = looked.value.items
  const found: Finding[] = []
  for (const { order_number: order } of orders
    .filter(({ stage }) => isBeforeRelease(stage))
    .slice(0, 3)) {
    const ways = yield* alternativesOfOrder(order, clock)
    if (ways.options.length > 0) found.push(ways)
  }
  if (found.length > 0)
    return together([
      finding(
        `${counted(found.length, 'open order')} ${found.length === 1 ? 'waits' : 'wait'} for ${sku}.`,
      ),
      ...found,
    ])
  const buyer = orders.find(({ customer_number }) => customer_number !== undefined)?.customer_number
  if (buyer === undefined)
    return finding(
      `No order waits for ${sku}. What may go instead depends on the customer's approvals and prices: for which customer, or which order?`,
      { questions: [`How many ${sku} do we have in stock?`] },
    )
  const ways = yield* alternativesOfCart({ customerNumber: buyer, lines: [`${sku}=1`] }, clock)
  return together([
    finding(
      `No open order waits for ${sku}. For ${buyer}, who ordered it last, and a quantity of 1:`,
    ),
    ways,
  ])
}

/** What can we ship instead, and when? */
export const alternatives: Skill = function* (asked, clock) {
  const orders = referencesOf(asked, ['order', 'purchase-order'])
  if (orders.length > 0)
    return together(
      yield* aboutOrders(asked, 'Which order do you mean?', (order) =>
        alternativesOfOrder(order, clock),
      ),
    )
  const skus = skusOf(asked)
  if (skus.length === 0)
    return finding('Instead of what? Give me a SKU such as BRG-1007, or an order number.')
  const customer = yield* findCustomer(asked)
  if (customer !== undefined && 'id' in customer)
    return yield* alternativesOfCart(
      { customerNumber: customer.id, lines: skus.map((sku) => `${sku}=1`) },
      clock,
    )
  const found: Finding[] = [yield* stock(asked, clock)]
  for (const sku of skus.slice(0, 2)) found.push(yield* alternativesOfProduct(sku, clock))
  return together(found)
}
