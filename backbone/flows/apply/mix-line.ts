import { type OrderLineState, openEach } from '../../canonical/order-state.ts'
import { availabilityPolicy } from '../../policies/availability/availability-policy.ts'
import { ownSupply } from '../../policies/substitution/find-ways.ts'
import { substitutionPolicy } from '../../policies/substitution/substitution-policy.ts'
import { swapOffer } from '../../policies/substitution/swap-offer.ts'
import type { TenantTx } from '../../store/database.ts'
import type { LineBook } from './line-book.ts'
import type { LineWish } from './settle-line.ts'
import {
  findShortLine,
  refusedLine,
  type ShortLine,
  withSettledLine,
  writtenOf,
} from './short-line.ts'
import { type LinePart, partFrom, partLine, partNumbers, partText } from './split-line.ts'
import { type ChosenSwap, deliverable, type Substituted, swappedLine } from './substitute-line.ts'

type Mix = { readonly kept: LinePart; readonly swap: ChosenSwap; readonly restEach: number }

/** What is there in time of the ordered product, and how much of the substitute covers the rest. */
function mixOf(short: ShortLine, sku: string, book: LineBook): Mix | string {
  const { request, decision, line } = short
  const way = decision.ways.find(({ kind }) => kind === 'mixed')
  const found = decision.offered.find(({ facts }) => facts.product.sku === sku)
  const [most] = ownSupply(request).inTime
  if (way === undefined || way.barred !== undefined || found === undefined || most === undefined)
    return `Line ${line} cannot be delivered in part with ${sku} for the rest: ${way?.barred ?? 'the rules do not offer it'}.`
  const restEach = request.neededEach - most.promisableEach
  const { setting, order } = book
  const settings = {
    substitution: setting.policy(substitutionPolicy, order).settings,
    availability: setting.policy(availabilityPolicy, order).settings,
  }
  const offer = swapOffer({ ...request, neededEach: restEach }, found.facts, settings)
  if (offer === 'undelivered') return `None of ${sku} can be promised in time.`
  const swap = deliverable(short, { facts: found.facts, offer })
  if (typeof swap === 'string') return swap
  return { kept: partFrom(short, most.warehouse, most.promisableEach), swap, restEach }
}

function linesOf(
  short: ShortLine,
  { kept, swap, restEach }: Mix,
  scope: { wish: LineWish; book: LineBook },
): OrderLineState[] {
  const { order } = scope.book
  const { state } = short
  const [number = `${state.line}-2`] = partNumbers(order, state.line, 1)
  const first = partLine(short, kept, scope)
  const swapped = swappedLine(short, swap, { ...scope, standsForEach: restEach })
  const { written: _, ...settled } = swapped.settled ?? {}
  return [
    { ...first, settled: { ...first.settled, written: writtenOf(state) } },
    {
      ...swapped,
      ...{ line: number, position: order.lines.length, references: [] },
      settled: { ...settled, partOf: state.line },
    },
  ]
}

/** Delivers what is there of a short line, and another product for the rest, where the customer takes both. */
export async function mixLine(
  tx: TenantTx,
  book: LineBook,
  wish: LineWish & { readonly sku: string },
): Promise<Substituted> {
  const short = await findShortLine(book, wish.line)
  if (typeof short === 'string') return refusedLine(short)
  const { state } = short
  if (state.shippedEach > 0) return refusedLine(`Line ${wish.line} has left in part.`)
  const mix = mixOf(short, wish.sku, book)
  if (typeof mix === 'string') return refusedLine(mix)
  const lines = linesOf(short, mix, { wish, book })
  const settled = await withSettledLine(tx, book, { short, lines, wish })
  const { offer } = mix.swap
  const event = {
    kind: 'line.substituted',
    actor: wish.by,
    summary: `Line ${wish.line}: of ${openEach(state)} of ${state.sku} ${partText(mix.kept)}, and ${offer.quantityEach} of ${wish.sku} for the rest, at ${offer.unitPrice}, from ${offer.warehouse} on ${offer.promisedOn}. ${wish.reason}`,
    body: {
      ...{ line: wish.line, kept: mix.kept, sku: wish.sku, quantityEach: offer.quantityEach },
      ...{ unitPrice: offer.unitPrice, parts: lines.map(({ line }) => line) },
      insteadOf: writtenOf(state),
    },
  }
  const events = [event, ...settled.events]
  return {
    status: 'settled',
    decision: { ...settled, events },
    ...{ short, swap: mix.swap, kept: mix.kept },
  }
}
