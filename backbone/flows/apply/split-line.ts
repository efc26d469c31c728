import type { IsoDate } from '../../canonical/document.ts'
import { lineAmountMinor } from '../../canonical/money.ts'
import { type OrderLineState, type OrderState, openEach } from '../../canonical/order-state.ts'
import { atpTimeline, promisableOn } from '../../policies/availability/available-to-promise.ts'
import { ownSupply } from '../../policies/substitution/find-ways.ts'
import type { WayOut } from '../../policies/substitution/ways-out.ts'
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

/** A part of a line: how much of it, from where, and by when. */
export type LinePart = {
  readonly quantityEach: number
  readonly warehouse?: string
  /** Absent where no known supply brings it. */
  readonly promisedOn?: IsoDate
  /** What is on the shelf for it now. */
  readonly allocatedEach: number
}

/** What splitting a line comes to. */
export type Split = LineSettled<{ readonly parts: readonly LinePart[]; readonly way: WayOut }>

/** A part of what a warehouse can deliver in time. */
export function partFrom(
  { request }: ShortLine,
  warehouse: string,
  quantityEach: number,
): LinePart {
  const picture = request.pictures.find((candidate) => candidate.warehouse === warehouse)
  const nowEach =
    picture === undefined ? 0 : promisableOn(atpTimeline(picture, request.today), request.today)
  return {
    quantityEach,
    warehouse,
    promisedOn: request.neededOn,
    allocatedEach: Math.min(quantityEach, nowEach),
  }
}

/** What each warehouse delivers in time; where they have not enough together, one has a part and the rest comes later. */
function partsOf(short: ShortLine): LinePart[] {
  const { request } = short
  const { inTime, completeOn } = ownSupply(request)
  let missing = request.neededEach
  const parts: LinePart[] = []
  for (const { warehouse, promisableEach } of inTime) {
    if (missing === 0) break
    const quantityEach = Math.min(missing, promisableEach)
    parts.push(partFrom(short, warehouse, quantityEach))
    missing -= quantityEach
  }
  const [most] = inTime
  if (missing === 0 || most === undefined) return parts
  const first = partFrom(short, most.warehouse, most.promisableEach)
  const rest = { quantityEach: request.neededEach - most.promisableEach, allocatedEach: 0 }
  return [first, { ...rest, ...(completeOn === undefined ? {} : { promisedOn: completeOn }) }]
}

/** Numbers for the parts after the first, none of which the order has. */
export function partNumbers(order: OrderState, line: string, count: number): string[] {
  const known = new Set(order.lines.map((candidate) => candidate.line))
  const numbers: string[] = []
  for (let place = 2; numbers.length < count; place += 1) {
    const number = `${line}-${place}`
    if (!known.has(number)) numbers.push(number)
  }
  return numbers
}

/** A part as a line of the order. */
export function partLine(
  { state, request }: ShortLine,
  part: LinePart,
  { wish, book: { order, setting } }: { wish: LineWish; book: LineBook },
): OrderLineState {
  const { sentUnitPrice: _sent, promisedOn: _day, warehouse: _shelf, ...rest } = state
  const { unitPrice = '0', priceSource = 'original' } = state
  const { quantityEach, ...where } = part
  const price = { of: 'split' as const, unitPrice, source: priceSource }
  return {
    ...rest,
    ...{ quantity: String(quantityEach), uom: request.product.baseUom, uomScheme: 'rec20' },
    ...{ uomFactor: 1, priceBasis: '1', orderedEach: quantityEach, cancelledEach: 0 },
    lineAmountMinor: lineAmountMinor(unitPrice, String(quantityEach), order.currency),
    ...where,
    settled: { price: { ...price, by: wish.by, at: setting.now }, supply: 'split' },
  }
}

function linesOf(
  short: ShortLine,
  parts: readonly LinePart[],
  scope: { wish: LineWish; book: LineBook },
): OrderLineState[] {
  const { order } = scope.book
  const { state } = short
  const numbers = partNumbers(order, state.line, parts.length - 1)
  return parts.map((part, place) => {
    const line = partLine(short, part, scope)
    const number = numbers[place - 1]
    if (number === undefined)
      return { ...line, settled: { ...line.settled, written: writtenOf(state) } }
    return {
      ...line,
      ...{ line: number, position: order.lines.length + place - 1, references: [] },
      settled: { ...line.settled, partOf: state.line },
    }
  })
}

/** A part as people read it. */
export function partText({ quantityEach, warehouse, promisedOn }: LinePart): string {
  const from = warehouse === undefined ? '' : ` from ${warehouse}`
  return `${quantityEach}${from} ${promisedOn === undefined ? 'when they come' : `on ${promisedOn}`}`
}

function eventOf(
  { state }: ShortLine,
  lines: readonly OrderLineState[],
  parts: readonly LinePart[],
  wish: LineWish,
) {
  return {
    kind: 'line.split',
    actor: wish.by,
    summary: `Line ${state.line}: ${openEach(state)} of ${state.sku} are delivered in parts: ${parts.map(partText).join(', ')}. ${wish.reason}`,
    body: {
      line: state.line,
      parts: parts.map((part, place) => ({ line: lines[place]?.line, ...part })),
    },
  }
}

/** Delivers a short line in parts, as the rules of substitution found it possible: each part is a line of its own. */
export async function splitLine(tx: TenantTx, book: LineBook, wish: LineWish): Promise<Split> {
  const short = await findShortLine(book, wish.line)
  if (typeof short === 'string') return refusedLine(short)
  if (short.state.shippedEach > 0) return refusedLine(`Line ${wish.line} has left in part.`)
  const way = short.decision.ways.find(({ kind }) => kind === 'split')
  if (way === undefined || way.barred !== undefined)
    return refusedLine(`Line ${wish.line} cannot be split: ${way?.barred ?? 'there is no way'}.`)
  const parts = partsOf(short)
  if (parts.length < 2) return refusedLine(`Line ${wish.line} comes in one part.`)
  const lines = linesOf(short, parts, { wish, book })
  const settled = await withSettledLine(tx, book, { short, lines, wish })
  const events = [eventOf(short, lines, parts, wish), ...settled.events]
  return { status: 'settled', decision: { ...settled, events }, short, parts, way }
}
