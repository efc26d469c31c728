import { groupBy } from '../../canonical/group-by.ts'
import { sumMinor } from '../../canonical/money.ts'
import type { OrderLineState, OrderState } from '../../canonical/order-state.ts'
import {
  checkPrices,
  expectedPrice,
  type PriceVerdict,
  pricePerBaseUnit,
} from '../../policies/price-check.ts'
import { customersByKey } from '../../store/checks/identity-facts.ts'
import { type PriceFact, priceFacts } from '../../store/checks/price-facts.ts'
import { defineStep } from '../define-step.ts'
import { liftHolds, placeHolds } from '../place-hold.ts'

const lineKey = (order: OrderState, line: OrderLineState) => `${order.orderId}|${line.line}`

function priced(line: OrderLineState, verdict: PriceVerdict | undefined): OrderLineState {
  if (verdict === undefined) return line
  const { unitPrice: _price, priceSource: _source, ...rest } = line
  return {
    ...rest,
    lineAmountMinor: verdict.lineAmountMinor,
    ...(verdict.unitPrice === undefined ? {} : { unitPrice: verdict.unitPrice }),
    ...(verdict.source === undefined ? {} : { priceSource: verdict.source }),
  }
}

function verdictsOf(order: OrderState, facts: Map<string, PriceFact[]>): PriceVerdict[] {
  const lines = order.lines.filter((line) => line.sku !== undefined)
  return checkPrices(
    lines.map((line) => {
      const expected = expectedPrice(facts.get(lineKey(order, line)) ?? [], line.orderedEach)
      return {
        line: line.line,
        quantityEach: line.orderedEach - line.cancelledEach,
        ...(line.sentUnitPrice === undefined
          ? {}
          : {
              sentUnitPrice: pricePerBaseUnit(line.sentUnitPrice, line.priceBasis, line.uomFactor),
            }),
        ...(expected === undefined ? {} : { expected }),
      }
    }),
    order.currency,
  )
}

/** Every line gets the price we expect; a line priced above tolerance holds the order and names the line. */
export const priceLines = defineStep<Map<string, PriceFact[]>>({
  name: 'price-lines',
  from: ['received'],
  isNeeded: (order) => order.customerNumber !== undefined,
  async load(tx, orders, setting) {
    const { customers } = await customersByKey(
      tx,
      [],
      orders.flatMap((order) => order.customerNumber ?? []),
    )
    const questions = orders.flatMap((order) =>
      order.lines.flatMap((line) =>
        line.sku === undefined
          ? []
          : {
              lineKey: lineKey(order, line),
              customerNumber: order.customerNumber ?? '',
              tier: customers.get(order.customerNumber ?? '')?.tier ?? null,
              sku: line.sku,
              currency: order.currency,
              pricedOn: order.orderedOn ?? setting.today,
            },
      ),
    )
    return groupBy(await priceFacts(tx, questions), (fact) => fact.lineKey)
  },
  decide(order, facts, setting) {
    const verdicts = verdictsOf(order, facts)
    const byLine = new Map(verdicts.map((verdict) => [verdict.line, verdict]))
    const lines = order.lines.map((line) => priced(line, byLine.get(line.line)))
    const findings = verdicts.flatMap((verdict) => verdict.finding ?? [])
    const wishes = verdicts.flatMap(({ finding, mustHold }) =>
      finding === undefined || !mustHold
        ? []
        : [
            {
              type: 'PRICE' as const,
              causeKey: `price:${finding.message}`,
              reason: finding.message,
              line: finding.line ?? '',
            },
          ],
    )
    const causes = new Set(wishes.map((wish) => wish.causeKey))
    const totalMinor = sumMinor([
      ...lines.map((line) => line.lineAmountMinor),
      order.chargesMinor,
      order.taxMinor,
    ])
    const cleared = liftHolds(
      { ...order, lines, totalMinor, findings: [...order.findings, ...findings] },
      (hold) =>
        hold.type === 'PRICE' && !causes.has(hold.causeKey)
          ? 'The price was checked again and agrees.'
          : undefined,
      setting.now,
      'order-check',
    )
    const held = placeHolds(cleared.order, wishes, setting.now, 'order-check')
    return { order: held.order, events: [...cleared.events, ...held.events] }
  },
})
