import { groupBy } from '../../canonical/group-by.ts'
import { lineAmountMinor, sumMinor } from '../../canonical/money.ts'
import type { CheckFinding, OrderLineState, OrderState } from '../../canonical/order-state.ts'
import {
  checkPrices,
  expectedPrice,
  type PriceVerdict,
  pricePerBaseUnit,
} from '../../policies/price-check.ts'
import { checkStatedMoney } from '../../policies/pricing/stated-money.ts'
import { type PriceFact, priceFacts } from '../../store/checks/price-facts.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import { type HoldWish, liftHolds, placeHolds } from '../place-hold.ts'

const lineKey = (order: OrderState, line: OrderLineState) => `${order.orderId}|${line.line}`

function priced(line: OrderLineState, verdict: PriceVerdict | undefined): OrderLineState {
  if (verdict === undefined) return line
  const { lineAmountMinor, unitPrice, source } = verdict
  if (unitPrice !== undefined && source !== undefined)
    return { ...line, lineAmountMinor, unitPrice, priceSource: source }
  const { unitPrice: _price, priceSource: _source, ...rest } = line
  return { ...rest, lineAmountMinor }
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
    const questions = orders.flatMap((order) =>
      order.lines.flatMap((line) =>
        line.sku === undefined
          ? []
          : {
              lineKey: lineKey(order, line),
              customerNumber: order.customerNumber ?? '',
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
    const extrasMinor = order.chargesMinor + order.taxMinor
    const totalMinor = sumMinor([...lines.map((line) => line.lineAmountMinor), extrasMinor])
    const objections = [
      ...verdicts.flatMap(({ finding, mustHold }) => (mustHold ? (finding ?? []) : [])),
      ...statedMoneyFindings({ ...order, lines, totalMinor }, setting).filter(
        (finding) => finding.isSmall !== true,
      ),
    ]
    const tolerated = verdicts.flatMap(({ finding, mustHold }) => (mustHold ? [] : (finding ?? [])))
    const wishes = objections.map(priceHold)
    const causes = new Set(wishes.map((wish) => wish.causeKey))
    const cleared = liftHolds(
      { ...order, lines, totalMinor, findings: [...order.findings, ...tolerated, ...objections] },
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

function priceHold(finding: CheckFinding): HoldWish {
  return {
    type: 'PRICE',
    causeKey: `price:${finding.message}`,
    reason: finding.message,
    ...(finding.line === undefined ? {} : { line: finding.line }),
  }
}

/** A line at the price the buyer wrote; at ours where they wrote none. */
function buyersAmountMinor(line: OrderLineState, order: OrderState): number {
  if (line.sentUnitPrice === undefined) return line.lineAmountMinor
  const price = pricePerBaseUnit(line.sentUnitPrice, line.priceBasis, 1)
  return lineAmountMinor(price, line.quantity, order.currency)
}

function statedMoneyFindings(order: OrderState, setting: FlowSetting) {
  const extrasMinor = order.chargesMinor + order.taxMinor
  const wanted = order.lines.filter((line) => line.cancelledEach === 0)
  const buyersMinor = sumMinor(wanted.map((line) => buyersAmountMinor(line, order)))
  return checkStatedMoney({
    currency: order.currency,
    ...(order.statedTotalMinor === undefined ? {} : { statedTotalMinor: order.statedTotalMinor }),
    allowanceMinor: order.allowanceMinor,
    isOwnShop: setting.connection(order.connectionId)?.kind === 'shopify',
    toleranceMinor: 2500,
    possibleTotalsMinor: [
      buyersMinor,
      buyersMinor + extrasMinor,
      order.totalMinor - extrasMinor,
      order.totalMinor,
    ],
  })
}
