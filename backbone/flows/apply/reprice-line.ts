import { moneyText, roundPrice } from '../../canonical/money.ts'
import type { OrderLineState, OrderState, SettledPrice } from '../../canonical/order-state.ts'
import type { LineVerdict } from '../../policies/pricing/price-judgement.ts'
import type { Decision } from '../order-batch.ts'
import type { LineBook } from './line-book.ts'
import { isAwaitingShipPrice, withShippedPrice } from './reprice-shipped.ts'
import { type LineWish, settlePrices, tooLateToSettle, withLines } from './settle-line.ts'

/** Whose price a line is billed at. */
export type PriceChoice = 'ours' | 'buyers'

/** What settling the price of a line comes to, or why it cannot be settled. */
export type Repriced =
  | { readonly status: 'refused'; readonly reason: string }
  | {
      readonly status: 'settled'
      readonly decision: Decision
      /** The line as it was judged before, and after. */
      readonly before: LineVerdict
      readonly after: LineVerdict
    }

const refused = (reason: string): Repriced => ({ status: 'refused', reason })

const zero = /^0+(\.0+)?$/

/** The price a choice stands for, from the judgement of the line; a sentence where there is none. */
function chosenPrice(
  { expected, kind, sentUnitPrice }: LineVerdict,
  to: PriceChoice,
): Pick<SettledPrice, 'unitPrice' | 'source'> | string {
  if (kind === 'PRICE_RULE_CONFLICT')
    return 'Two of our own rules ask different prices: the pricing desk decides which of them holds.'
  if (kind === 'CURRENCY_MISMATCH' || kind === 'DATA_QUALITY')
    return 'The two prices cannot be compared: the customer is asked.'
  if (to === 'ours')
    return expected === undefined
      ? 'We have no price for it.'
      : { unitPrice: expected.unitPrice, source: expected.source }
  if (sentUnitPrice === undefined || zero.test(sentUnitPrice))
    return 'The buyer has written no price.'
  return { unitPrice: roundPrice(sentUnitPrice), source: 'buyers-price' }
}

/** A line as it stands with its price decided. */
function withPrice(line: OrderLineState, price: SettledPrice, verdict: LineVerdict) {
  const { unitPrice, source } = price
  const { lineAmountMinor } = verdict
  return {
    ...line,
    unitPrice,
    priceSource: source,
    lineAmountMinor,
    settled: { ...line.settled, price },
  }
}

const names = { ours: 'our price', buyers: 'the buyer’s price' } as const

function eventOf(
  order: OrderState,
  { line, unitPrice, lineAmountMinor }: OrderLineState,
  { price, after, reason }: { price: SettledPrice; after: LineVerdict; reason: string },
) {
  const delta = after.lineAmountMinor - lineAmountMinor
  const change =
    delta === 0
      ? ''
      : `, ${moneyText(Math.abs(delta), order.currency)} ${delta > 0 ? 'more' : 'less'} than before`
  const whose = price.of === 'ours' ? names.ours : names.buyers
  return {
    kind: 'line.repriced',
    actor: price.by,
    summary: `Line ${line} is billed at ${price.unitPrice} (${whose}${change}). ${reason}`,
    body: {
      line,
      to: price.of,
      unitPrice: price.unitPrice,
      before: unitPrice,
      lineAmountMinor: after.lineAmountMinor,
      deltaMinor: delta,
    },
  }
}

/**
 * Settles the price of a line by the judgement of its order: ours or the buyer's. Its hold goes, those of other
 * lines stay; what is below the margin floor stays held for that. Of goods that have left, it is the price of that day.
 */
export async function repriceLine(
  book: LineBook,
  wish: LineWish & { readonly to: PriceChoice },
): Promise<Repriced> {
  const { order, setting } = book
  const hasLeft = isAwaitingShipPrice(order, wish.line)
  const late = hasLeft ? undefined : tooLateToSettle(order)
  if (late !== undefined) return refused(late)
  const line = order.lines.find((candidate) => candidate.line === wish.line)
  if (line === undefined) return refused(`The order has no line ${wish.line}.`)
  if (line.settled?.price !== undefined)
    return refused(`The price of line ${line.line} is settled at ${line.settled.price.unitPrice}.`)
  const desk = await book.prices()
  const before = desk?.judged.lines.find((verdict) => verdict.line === line.line)
  if (desk === undefined || before === undefined)
    return refused(`Line ${line.line} cannot be priced: its product or the customer is not known.`)
  const isOff = before.kind !== 'MARGIN_FLOOR' && before.decision !== 'accept'
  if (!isOff) return refused(`The price of line ${line.line} is not in question.`)
  const chosen = chosenPrice(before, wish.to)
  if (typeof chosen === 'string') return refused(`Line ${line.line}: ${chosen}`)
  const price = { of: wish.to, ...chosen, by: wish.by, at: setting.now }
  const place = (next: OrderLineState) =>
    order.lines.map((candidate) => (candidate === line ? next : candidate))
  const rejudged = desk.settled(line.line, price)
  const after = rejudged.lines.find((verdict) => verdict.line === line.line)
  if (after === undefined) return refused('It cannot be priced.')
  const why = `Line ${line.line} is settled at ${price.unitPrice}.`
  const next = withPrice(line, price, after)
  const settled = hasLeft
    ? withShippedPrice(order, next, { by: wish.by, why, setting })
    : settlePrices(
        withLines(order, place(next)),
        { before: desk.judged, after: rejudged },
        { ...{ lines: [line.line], by: wish.by, setting }, why },
      )
  const event = eventOf(order, line, { price, after, reason: wish.reason })
  return {
    status: 'settled',
    decision: { order: settled.order, events: [event, ...settled.events] },
    before,
    after,
  }
}
