import { orderTotalMinor } from '../../canonical/order-amounts.ts'
import type { OrderLineState, OrderState } from '../../canonical/order-state.ts'
import type { OrderJudgement, PriceFinding } from '../../policies/pricing/price-judgement.ts'
import type { EventDraft } from '../../store/events.ts'
import type { FlowSetting } from '../flow-setting.ts'
import { liftHolds, placeHolds } from '../place-hold.ts'
import { priceHold, shownFinding, withOrderDiscount } from '../steps/price-lines.ts'

/** Why nothing of an order's lines can be settled any more; undefined while it can. */
export function tooLateToSettle({ stage, erpRevision, orderNumber }: OrderState) {
  if (stage === 'held' && erpRevision === 0) return undefined
  const why =
    erpRevision > 0 && stage !== 'cancelled'
      ? 'the ERP has it, and what it has is changed there'
      : `it is ${stage}`
  return `Order ${orderNumber} can be settled only while it is held before its release: ${why}.`
}

/** Whoever decides about a line, and why. */
export type LineWish = {
  readonly line: string
  readonly by: string
  readonly reason: string
}

/** An order with some of its lines changed: its total is the sum of them again. */
export function withLines(order: OrderState, lines: readonly OrderLineState[]): OrderState {
  const changed = { ...order, lines }
  return { ...changed, totalMinor: orderTotalMinor(changed) }
}

const isAbout = ({ lines }: PriceFinding, numbers: ReadonlySet<string>) =>
  lines.some((line) => numbers.has(line))

/** The prices of an order judged before and after some of its lines were settled. */
export type Rejudged = { readonly before: OrderJudgement; readonly after: OrderJudgement }

/**
 * Puts what is still off about prices in the place of what was said of the settled lines: their findings and holds
 * go, the other lines of the same kind stay held under a hold of their own, and the order's discount is that of now.
 */
export function settlePrices(
  order: OrderState,
  { before, after }: Rejudged,
  settled: {
    readonly lines: readonly string[]
    readonly by: string
    readonly why: string
    readonly setting: FlowSetting
  },
): { order: OrderState; events: EventDraft[] } {
  const { by, why, setting } = settled
  const numbers = new Set(settled.lines)
  const over = before.findings.filter((finding) => isAbout(finding, numbers))
  // One finding is of all lines of a kind: those that are not settled stay, and are told again.
  const touched = new Set([...numbers, ...over.flatMap(({ lines }) => lines)])
  const still = after.findings.filter((finding) => isAbout(finding, touched))
  const gone = new Set(over.map(({ message }) => message))
  const wishes = still.filter(({ decision }) => decision !== 'accept').map(priceHold)
  const standing = new Set(wishes.map(({ causeKey }) => causeKey))
  const isOver = (causeKey: string) =>
    causeKey.startsWith('price:') && gone.has(causeKey.slice('price:'.length))
  const lifted = liftHolds(
    withOrderDiscount(order, after),
    ({ type, causeKey }) =>
      (type === 'PRICE' || type === 'MARGIN') && isOver(causeKey) && !standing.has(causeKey)
        ? why
        : undefined,
    setting.now,
    by,
  )
  const findings = [
    ...order.findings.filter(({ message }) => !gone.has(message)),
    ...still.map(shownFinding),
  ]
  const held = placeHolds({ ...lifted.order, findings }, wishes, setting, 'order-check')
  return { order: held.order, events: [...lifted.events, ...held.events] }
}
