import type { PaymentTerms } from '../../canonical/document.ts'
import { orderTotalMinor } from '../../canonical/order-amounts.ts'
import {
  type CheckFinding,
  type OrderLineState,
  type OrderState,
  type SettledPrice,
  wantedEach,
} from '../../canonical/order-state.ts'
import { comparePrices, type OrderComparison } from '../../policies/pricing/comparison.ts'
import { judgeComparison } from '../../policies/pricing/judge-prices.ts'
import type { OrderJudgement, PriceFinding } from '../../policies/pricing/price-judgement.ts'
import { pricingPolicy } from '../../policies/pricing/pricing-policy.ts'
import { priceFacts } from '../../store/checks/price-facts.ts'
import type { TenantTx } from '../../store/database.ts'
import { defineStep } from '../define-step.ts'
import type { FlowSetting } from '../flow-setting.ts'
import { orderToPrice, priceQuestions, sortedFacts } from '../order-to-price.ts'
import { type HoldWish, liftHolds, placeHolds } from '../place-hold.ts'
import { type Backgrounds, loadBackgrounds, loadPeriods } from '../price-backgrounds.ts'
import type { StepClock } from '../step-clock.ts'

/** The prices of a batch beside ours, and what may explain those that are off. */
type PricedBatch = {
  readonly comparisons: ReadonlyMap<string, OrderComparison>
  readonly backgrounds: Backgrounds
}

type PricedLine = OrderJudgement['lines'][number]

/** Marks a line whose price counts on the day its goods leave. */
function marked(line: OrderLineState, { isPricedAtShip }: PricedLine): OrderLineState {
  if (line.isPricedAtShip === isPricedAtShip) return line
  const { isPricedAtShip: _, ...rest } = line
  return isPricedAtShip === undefined ? rest : { ...rest, isPricedAtShip }
}

function priced(known: OrderLineState, verdict: PricedLine | undefined): OrderLineState {
  if (verdict === undefined) return known
  const line = marked(known, verdict)
  const { lineAmountMinor, unitPrice, source } = verdict
  if (unitPrice !== undefined && source !== undefined)
    return { ...line, lineAmountMinor, unitPrice, priceSource: source }
  const { unitPrice: _price, priceSource: _source, ...rest } = line
  return { ...rest, lineAmountMinor }
}

/** An order with its discount as it was judged, each line bearing its share; one judged before goes. */
export function withOrderDiscount(
  order: OrderState,
  { orderDiscount }: OrderJudgement,
): OrderState {
  const byLine = orderDiscount?.byLine ?? []
  const shares = new Map(byLine.map(({ line, amountMinor }) => [line, amountMinor]))
  const lines = order.lines.map((line) => {
    const amountMinor = shares.get(line.line) ?? 0
    if (amountMinor !== 0) return { ...line, discount: { amountMinor, ofEach: wantedEach(line) } }
    if (line.discount === undefined) return line
    const { discount: _, ...rest } = line
    return rest
  })
  const discounted = { ...order, lines }
  return { ...discounted, totalMinor: orderTotalMinor(discounted) }
}

function judged(order: OrderState, batch: PricedBatch): OrderJudgement | undefined {
  const comparison = batch.comparisons.get(order.orderId)
  return comparison === undefined ? undefined : judgedAs(order, comparison, batch)
}

function judgedAs(
  order: OrderState,
  comparison: OrderComparison,
  { backgrounds }: Pick<PricedBatch, 'backgrounds'>,
): OrderJudgement {
  const byLine = order.lines.flatMap((line) => {
    const background = backgrounds.byLine.get(`${order.orderId}|${line.line}`)
    return background === undefined ? [] : [[line.line, background] as const]
  })
  const withRates = { ...comparison.order, rates: backgrounds.rates }
  return judgeComparison({ ...comparison, order: withRates }, new Map(byLine))
}

function tellDiscount(
  { orderId, currency }: OrderState,
  { orderDiscount, policyVersion }: OrderJudgement,
  setting: FlowSetting,
): void {
  if (orderDiscount === undefined) return
  setting.onDecision({
    ...{ policy: 'pricing', orderId, decision: 'accept', kind: 'ORDER_DISCOUNT', policyVersion },
    ...{ evidence: orderDiscount.evidence, alternatives: [] },
    money: { amountMinor: -orderDiscount.amountMinor, currency },
  })
}

/** Tells every decision on the prices; the evidence of each line is written out only for who listens. */
function tell(order: OrderState, judgement: OrderJudgement, setting: FlowSetting): void {
  if (!setting.isHeard) return
  const { lines, findings } = judgement
  const { orderId } = order
  const policy = 'pricing'
  tellDiscount(order, judgement, setting)
  for (const verdict of lines) {
    const { line, decision, kind, evidence, alternatives, money, policyVersion } = verdict
    const told = { policy, orderId, line, decision, kind, evidence, alternatives, policyVersion }
    setting.onDecision(money === undefined ? told : { ...told, money })
    for (const { message: _message, deltaMinor: _delta, ...also } of verdict.also)
      setting.onDecision({ policy, orderId, line, ...also })
  }
  for (const finding of findings) {
    const { decision, kind, evidence, alternatives, money, policyVersion } = finding
    if (finding.lines.length === 0)
      setting.onDecision({
        ...{ policy, orderId, decision, kind, evidence, alternatives, policyVersion },
        ...(money === undefined ? {} : { money }),
      })
  }
}

/** A finding as it stands on the order. */
export function shownFinding(finding: PriceFinding): CheckFinding {
  const { kind, message, deltaMinor, evidence, alternatives, policyVersion } = finding
  const [line, ...others] = finding.lines
  return {
    ...{ kind, message, evidence, alternatives, policyVersion },
    ...(line === undefined || others.length > 0 ? {} : { line }),
    ...(others.length === 0 ? {} : { lines: finding.lines }),
    ...(deltaMinor === 0 ? {} : { deltaMinor }),
  }
}

/** One hold for all lines of a kind: a person decides them together. */
export function priceHold(finding: PriceFinding): HoldWish {
  const [line] = finding.lines
  return {
    type: finding.kind === 'MARGIN_FLOOR' ? 'MARGIN' : 'PRICE',
    causeKey: `price:${finding.message}`,
    reason: finding.message,
    ...(line === undefined || finding.lines.length > 1 ? {} : { line }),
  }
}

/** What an earlier check found of the terms of payment, before the agreed ones took their place. */
function earlierTermsWish({ message }: CheckFinding): HoldWish {
  return { type: 'PRICE', causeKey: `price:${message}`, reason: message }
}

/** What was agreed counts, not what the order says (domain rules 3.1.2, kind 20). */
function agreedTerms(order: OrderState, agreed: PaymentTerms): PaymentTerms {
  return agreed.netDays === undefined ? { ...order.terms, ...agreed } : agreed
}

function holds(
  order: OrderState,
  findings: readonly PriceFinding[],
  earlier: readonly CheckFinding[],
  setting: FlowSetting,
) {
  const wishes = [
    ...findings.filter(({ decision }) => decision !== 'accept').map(priceHold),
    ...earlier.map(earlierTermsWish),
  ]
  const causes = new Set(wishes.map((wish) => wish.causeKey))
  const cleared = liftHolds(
    order,
    (hold) =>
      (hold.type === 'PRICE' || hold.type === 'MARGIN') &&
      !hold.causeKey.startsWith('person:') &&
      !causes.has(hold.causeKey)
        ? 'The price was checked again and agrees.'
        : undefined,
    setting.now,
    'order-check',
  )
  const held = placeHolds(cleared.order, wishes, setting, 'order-check')
  return { order: held.order, events: [...cleared.events, ...held.events] }
}

type Looking = {
  readonly setting: FlowSetting
  readonly clock: Pick<StepClock, 'turnTo'>
  /** Of goods that have left: the day whose prices count for them. */
  readonly shippedOn?: string | undefined
}

async function loadPrices(
  tx: TenantTx,
  orders: readonly OrderState[],
  { setting, clock, shippedOn }: Looking,
): Promise<PricedBatch> {
  const ofShip = shippedOn === undefined ? {} : { shippedOn }
  const questions = orders.flatMap((order) => priceQuestions(order, setting, Object.values(ofShip)))
  const found = await priceFacts(tx, questions)
  clock.turnTo('decide')
  const facts = sortedFacts(found)
  clock.turnTo('load')
  const periods = await loadPeriods(tx, orders, facts)
  clock.turnTo('decide')
  const compared = orders.map((order) => ({
    order,
    comparison: comparePrices(
      { ...orderToPrice(order, facts, setting, periods), ...ofShip },
      setting.policy(pricingPolicy, order),
    ),
  }))
  clock.turnTo('load')
  const backgrounds = await loadBackgrounds(tx, compared, setting)
  const comparisons = new Map(compared.map(({ order, comparison }) => [order.orderId, comparison]))
  return { comparisons, backgrounds }
}

/** The prices of one order: judged as they stand, and as they would be with that of a line settled. */
export type PriceDesk = {
  readonly judged: OrderJudgement
  settled(line: string, price: SettledPrice): OrderJudgement
}

function withSettled(
  comparison: OrderComparison,
  number: string,
  settled: SettledPrice,
): OrderComparison {
  const lines = comparison.lines.map((line) => {
    const { asked } = line
    if (asked.line.line !== number) return line
    return { ...line, asked: { ...asked, line: { ...asked.line, settled } } }
  })
  return { ...comparison, lines }
}

/**
 * Loads what the prices of one order are judged by; undefined where its customer is not known. Of goods that have
 * left, `shippedOn` is the day whose prices count.
 */
export async function openPriceDesk(
  tx: TenantTx,
  order: OrderState,
  setting: FlowSetting,
  shippedOn?: string,
): Promise<PriceDesk | undefined> {
  if (order.customerNumber === undefined) return undefined
  const clock = { turnTo: () => undefined }
  const batch = await loadPrices(tx, [order], { setting, clock, shippedOn })
  const comparison = batch.comparisons.get(order.orderId)
  if (comparison === undefined) return undefined
  return {
    judged: judgedAs(order, comparison, batch),
    settled: (line, price) => judgedAs(order, withSettled(comparison, line, price), batch),
  }
}

/** Every line gets the price we expect; what is off is explained, and what a person must decide holds the order. */
export const priceLines = defineStep<PricedBatch>({
  name: 'price-lines',
  from: ['received'],
  isNeeded: (order) => order.customerNumber !== undefined,
  load: (tx, orders, setting, clock) => loadPrices(tx, orders, { setting, clock }),
  decide(order, facts, setting) {
    const judgement = judged(order, facts)
    if (judgement === undefined) return undefined
    tell(order, judgement, setting)
    const byLine = new Map(judgement.lines.map((verdict) => [verdict.line, verdict]))
    const lines = order.lines.map((line) => priced(line, byLine.get(line.line)))
    const findings = [...order.findings, ...judgement.findings.map(shownFinding)]
    const agreed = facts.comparisons.get(order.orderId)?.order.agreedTerms
    const terms = agreed === undefined ? order.terms : agreedTerms(order, agreed)
    const earlier = order.findings.filter(({ kind }) => kind === 'PAYMENT_TERMS')
    const discounted = withOrderDiscount({ ...order, lines, findings, terms }, judgement)
    return holds(discounted, judgement.findings, earlier, setting)
  },
})
