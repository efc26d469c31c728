import type { OrderLineState, OrderState } from '../canonical/order-state.ts'
import { comparePrices } from '../policies/pricing/comparison.ts'
import { pricingPolicy } from '../policies/pricing/pricing-policy.ts'
import type { OwnPrice } from '../policies/substitution/substitute.ts'
import { priceFacts } from '../store/checks/price-facts.ts'
import type { TenantTx } from '../store/database.ts'
import type { FlowSetting } from './flow-setting.ts'
import { orderToPrice, priceQuestions, sortedFacts } from './order-to-price.ts'

type Asked = { readonly sku: string; readonly quantityEach: number }

/** A line as it would be if the product had been ordered by its base unit, without a price. */
function lineFor({ sku, quantityEach }: Asked, position: number): OrderLineState {
  return {
    ...{ line: `candidate ${position}`, position, sku, item: { identifiers: [] } },
    ...{
      quantity: String(quantityEach),
      uom: 'EA',
      uomScheme: 'rec20',
      uomFactor: 1,
      priceBasis: '1',
    },
    ...{ lineAmountMinor: 0, orderedEach: quantityEach, cancelledEach: 0, allocatedEach: 0 },
    ...{ shippedEach: 0, invoicedEach: 0, references: [] },
  }
}

/** From an agreement with the customer, not from a list everyone has. */
const isContract = (source: string) => !/^(tier-)?list:/.test(source)

/** What the order's customer would pay for products, by the same rules and in the same statement as their own lines. */
export async function priceCandidates(
  tx: TenantTx,
  order: OrderState,
  { asked, setting }: { asked: readonly Asked[]; setting: FlowSetting },
): Promise<Map<string, OwnPrice>> {
  if (asked.length === 0 || order.customerNumber === undefined) return new Map()
  const bySku = new Map(asked.map((one) => [one.sku, one]))
  const lines = [...bySku.values()].map(lineFor)
  const { statedTotalMinor: _stated, ...rest } = order
  const facts = sortedFacts(await priceFacts(tx, priceQuestions({ ...rest, lines }, setting)))
  const policy = setting.policy(pricingPolicy, order)
  return new Map(
    lines.flatMap((line): [string, OwnPrice][] => {
      // One by one: they are not ordered together, and no break counts their sum.
      const alone = orderToPrice({ ...rest, lines: [line] }, facts, setting)
      const expected = comparePrices(alone, policy).lines[0]?.found?.expected
      if (expected === undefined || line.sku === undefined) return []
      const { unitPrice, source } = expected
      return [[line.sku, { unitPrice, source, isContract: isContract(source) }]]
    }),
  )
}
