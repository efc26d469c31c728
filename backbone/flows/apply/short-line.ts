import { mayPass, type OrderLineState, type OrderState } from '../../canonical/order-state.ts'
import type { OrderJudgement } from '../../policies/pricing/price-judgement.ts'
import { lockSupply } from '../../store/checks/supply-facts.ts'
import type { TenantTx } from '../../store/database.ts'
import type { LineAlternatives } from '../alternatives-for.ts'
import { giveBackStock } from '../compensate.ts'
import type { Decision } from '../order-batch.ts'
import { openPriceDesk } from '../steps/price-lines.ts'
import type { LineBook } from './line-book.ts'
import { type LineWish, settlePrices, tooLateToSettle, withLines } from './settle-line.ts'

/** A line that cannot be delivered in time, and everything its way out is decided by. */
export type ShortLine = LineAlternatives & {
  readonly state: OrderLineState
  readonly judged: OrderJudgement
}

/** What deciding how a short line is delivered comes to, or why it cannot be decided. */
export type LineSettled<Facts> =
  | { readonly status: 'refused'; readonly reason: string }
  | ({ readonly status: 'settled'; readonly decision: Decision; readonly short: ShortLine } & Facts)

/** A refusal with its reason. */
export const refusedLine = (reason: string) => ({ status: 'refused' as const, reason })

/**
 * Keeps everybody else from the shelves of an order's products, and of one more, until the transaction ends: what is
 * worked out after it stands. All at once and in one order, so that two who swap do not wait for each other.
 */
export async function lockShelves(
  tx: TenantTx,
  order: OrderState,
  more: readonly string[] = [],
): Promise<void> {
  await lockSupply(tx, [...order.lines.flatMap(({ sku }) => sku ?? []), ...more], [])
}

function objection(order: OrderState, state: OrderLineState | undefined, number: string) {
  const late = tooLateToSettle(order)
  if (late !== undefined) return late
  if (state === undefined) return `The order has no line ${number}.`
  if (state.settled?.supply !== undefined)
    return `It is settled how line ${number} is delivered: ${state.settled.supply}.`
  if (!mayPass(order, 'allocate'))
    return `Order ${order.orderNumber} takes no stock while its holds stand.`
  return undefined
}

/** Finds what may be done about a line of an order; a sentence where nothing is to be done. */
export async function findShortLine(book: LineBook, number: string): Promise<ShortLine | string> {
  const { order } = book
  const state = order.lines.find(({ line }) => line === number)
  const why = objection(order, state, number)
  if (why !== undefined || state === undefined) return why ?? ''
  const judged = (await book.prices())?.judged
  const verdict = judged?.lines.find(({ line }) => line === number)
  if (judged === undefined || verdict === undefined || state.unitPrice === undefined)
    return `Line ${number} has no price yet.`
  if (verdict.kind !== 'MARGIN_FLOOR' && verdict.decision !== 'accept')
    return `The price of line ${number} is in question: that is settled first.`
  const all = await book.alternatives()
  const found = all.find(({ line }) => line === number)
  return found === undefined
    ? `Line ${number} can be delivered as ordered.`
    : { ...found, state, judged }
}

/** An order with one line in the place of a short one, and further parts of it after all others. */
export async function withSettledLine(
  tx: TenantTx,
  { order, setting }: LineBook,
  settled: {
    readonly short: ShortLine
    readonly lines: readonly OrderLineState[]
    readonly wish: LineWish
  },
): Promise<Pick<Decision, 'order' | 'events' | 'stock'>> {
  const { short, lines, wish } = settled
  const [instead, ...parts] = lines
  const next = order.lines.map((line) => (line === short.state ? (instead ?? line) : line))
  const changed = withLines(order, [...next, ...parts])
  const after = (await openPriceDesk(tx, changed, setting))?.judged
  const prices =
    after === undefined
      ? { order: changed, events: [] }
      : settlePrices(
          changed,
          { before: short.judged, after },
          {
            ...{ lines: lines.map(({ line }) => line), by: wish.by, setting },
            why: `It is settled how line ${wish.line} is delivered.`,
          },
        )
  const taken = giveBackStock(lines).map((move) => ({
    ...move,
    allocatedEach: -move.allocatedEach,
  }))
  return { ...prices, stock: [...giveBackStock([short.state]), ...taken] }
}

/** The line as the buyer wrote it, once: what a line that was settled before had written stays. */
export function writtenOf(line: OrderLineState) {
  const { sku, description, sentUnitPrice, unitPrice, priceSource } = line
  const { item, quantity, uom, uomScheme, uomFactor, priceBasis, orderedEach, cancelledEach } = line
  return (
    line.settled?.written ?? {
      ...{ item, quantity, uom, uomScheme, uomFactor, priceBasis, orderedEach, cancelledEach },
      ...(sku === undefined ? {} : { sku }),
      ...(description === undefined ? {} : { description }),
      ...(sentUnitPrice === undefined ? {} : { sentUnitPrice }),
      ...(unitPrice === undefined ? {} : { unitPrice }),
      ...(priceSource === undefined ? {} : { priceSource }),
    }
  )
}
