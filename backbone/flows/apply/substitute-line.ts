import { lineAmountMinor } from '../../canonical/money.ts'
import { type OrderLineState, openEach } from '../../canonical/order-state.ts'
import { atpTimeline, promisableOn } from '../../policies/availability/available-to-promise.ts'
import type { SubstituteFacts } from '../../policies/substitution/substitute.ts'
import type { SwapOffer } from '../../policies/substitution/swap-offer.ts'
import type { TenantTx } from '../../store/database.ts'
import type { LineBook } from './line-book.ts'
import type { LineWish } from './settle-line.ts'
import {
  findShortLine,
  type LineSettled,
  refusedLine,
  type ShortLine,
  withSettledLine,
  writtenOf,
} from './short-line.ts'
import type { LinePart } from './split-line.ts'

/** The substitute that was chosen for a line: what it is, and the offer it is delivered by. */
export type ChosenSwap = { readonly facts: SubstituteFacts; readonly offer: SwapOffer }

/** What swapping a line comes to. */
export type Substituted = LineSettled<{
  readonly swap: ChosenSwap
  /** Of a line delivered in part as ordered: that part. */
  readonly kept?: LinePart
}>

/** Why a product is not among those that may be delivered instead. */
function whyNot({ decision, line }: ShortLine, sku: string): string {
  const excluded = decision.excluded.find((candidate) => candidate.sku === sku)
  const reasons = excluded?.reasons.map(({ text }) => text).join('; ')
  return reasons === undefined
    ? `${sku} cannot stand in for line ${line} any more.`
    : `${sku} cannot stand in for line ${line}: ${reasons}.`
}

/** The substitute as it is offered now; a sentence where it is not, or not for all of it. */
function chosenSwap(short: ShortLine, sku: string): ChosenSwap | string {
  const swap = short.decision.offered.find(({ facts }) => facts.product.sku === sku)
  return swap === undefined ? whyNot(short, sku) : deliverable(short, swap)
}

/** The substitute if it may be promised as offered; a sentence where it may not. */
export function deliverable(short: ShortLine, swap: ChosenSwap): ChosenSwap | string {
  const { sku } = swap.facts.product
  const { promisableEach, quantityEach } = swap.offer
  if (promisableEach < quantityEach)
    return `Only ${promisableEach} of ${quantityEach} of ${sku} can be promised: it cannot stand in for line ${short.line}.`
  if (swap.offer.isStale)
    return `The count of ${sku} in ${swap.offer.warehouse} is too old to promise by: it is counted first.`
  return swap.offer.unitPrice === undefined ? `Neither ${sku} nor the original has a price.` : swap
}

/** What is on the shelf of the offer's warehouse now, of what was offered. */
function allocatedNow({ facts, offer }: ChosenSwap, today: string): number {
  const picture = facts.pictures.find(({ warehouse }) => warehouse === offer.warehouse)
  if (picture === undefined) return 0
  return Math.min(offer.quantityEach, promisableOn(atpTimeline(picture, today), today))
}

/** A line as it is with another product on it; `standsForEach` units of what was ordered are replaced. */
export function swappedLine(
  { state }: ShortLine,
  swap: ChosenSwap,
  {
    wish,
    book: { order, setting },
    standsForEach,
  }: { wish: LineWish; book: LineBook; standsForEach: number },
): OrderLineState {
  const { product } = swap.facts
  const { quantityEach, unitPrice = '0', priceSource = 'original', warehouse } = swap.offer
  const { sentUnitPrice: _sent, promisedOn: _day, warehouse: _shelf, ...rest } = state
  const price = { of: 'swap' as const, unitPrice, source: priceSource }
  return {
    ...rest,
    sku: product.sku,
    item: { identifiers: [{ scheme: 'sku', value: product.sku }], description: product.name },
    description: product.name,
    ...{ quantity: String(quantityEach), uom: product.baseUom, uomScheme: 'rec20' },
    ...{ uomFactor: 1, priceBasis: '1', unitPrice, priceSource },
    lineAmountMinor: lineAmountMinor(unitPrice, String(quantityEach), order.currency),
    ...{ orderedEach: quantityEach, cancelledEach: 0 },
    allocatedEach: allocatedNow(swap, setting.today),
    promisedOn: swap.offer.promisedOn,
    ...(warehouse === undefined ? {} : { warehouse }),
    settled: {
      price: { ...price, by: wish.by, at: setting.now },
      supply: 'substitute',
      standsForEach,
      written: writtenOf(state),
    },
  }
}

function eventOf({ state }: ShortLine, line: OrderLineState, wish: LineWish) {
  const from = line.warehouse === undefined ? '' : ` from ${line.warehouse}`
  return {
    kind: 'line.substituted',
    actor: wish.by,
    summary: `Line ${line.line}: ${line.orderedEach} of ${line.sku} are delivered instead of ${openEach(state)} of ${state.sku}, at ${line.unitPrice},${from} on ${line.promisedOn}. ${wish.reason}`,
    body: {
      ...{ line: line.line, sku: line.sku, quantityEach: line.orderedEach },
      ...{ unitPrice: line.unitPrice, lineAmountMinor: line.lineAmountMinor },
      ...{ insteadOf: line.settled?.written, insteadAmountMinor: state.lineAmountMinor },
    },
  }
}

/**
 * Delivers another product for all of a short line, as the rules of substitution offer it now: in whole packs, at the
 * price of the swap rule, from the shelf that was offered. What the buyer wrote stays with the line.
 */
export async function substituteLine(
  tx: TenantTx,
  book: LineBook,
  wish: LineWish & { readonly sku: string },
): Promise<Substituted> {
  const short = await findShortLine(book, wish.line)
  if (typeof short === 'string') return refusedLine(short)
  if (short.state.shippedEach > 0) return refusedLine(`Line ${wish.line} has left in part.`)
  const swap = chosenSwap(short, wish.sku)
  if (typeof swap === 'string') return refusedLine(swap)
  const line = swappedLine(short, swap, { wish, book, standsForEach: openEach(short.state) })
  const settled = await withSettledLine(tx, book, { short, lines: [line], wish })
  const events = [eventOf(short, line, wish), ...settled.events]
  return { status: 'settled', decision: { ...settled, events }, short, swap }
}
