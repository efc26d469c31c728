import type { LineStatus } from '../canonical/acknowledgement.ts'
import {
  compareDecimal,
  type DecimalText,
  divideDecimal,
  multiplyDecimal,
  normalDecimal,
  roundPrice,
  subtractDecimal,
  sumDecimal,
} from '../canonical/money.ts'
import type { OrderLineState, WrittenLine } from '../canonical/order-state.ts'

/** A part of the answer to a line, in base units of what the buyer ordered. */
type Piece = Omit<LineStatus, 'quantity'> & { readonly each: DecimalText }

const places = 8

/** So many base units of what was ordered for each of what is delivered. */
function standsFor({ orderedEach, settled }: OrderLineState): DecimalText {
  const stands = settled?.standsForEach
  if (stands === undefined || orderedEach === 0) return '1'
  return divideDecimal(String(stands), String(orderedEach), places)
}

/** What is billed for one unit of the buyer's, whatever is delivered for it. */
function priceOf(
  line: OrderLineState,
  { uomFactor, priceBasis }: WrittenLine,
): Pick<LineStatus, 'unitPrice'> {
  const { unitPrice, orderedEach, settled } = line
  if (unitPrice === undefined) return {}
  const ofUnit = multiplyDecimal(multiplyDecimal(unitPrice, String(uomFactor)), priceBasis)
  const stands = settled?.standsForEach
  if (stands === undefined || stands === orderedEach) return { unitPrice: ofUnit }
  const ofOrdered = multiplyDecimal(ofUnit, String(orderedEach))
  return { unitPrice: roundPrice(divideDecimal(ofOrdered, String(stands), places)) }
}

// X12 855: IS says that another product comes; how much of it where that is another number says the reason.
function swapOf(line: OrderLineState): Pick<LineStatus, 'substitute' | 'reason'> {
  const { settled, orderedEach, item, sku } = line
  if (settled?.supply !== 'substitute') return {}
  const isOther = settled.standsForEach !== undefined && settled.standsForEach !== orderedEach
  return {
    substitute: item,
    ...(isOther
      ? { reason: `${orderedEach} ${line.uom} of ${sku} stand in for ${settled.standsForEach}.` }
      : {}),
  }
}

function acceptedAs(line: OrderLineState, written: WrittenLine): LineStatus['answer'] {
  if (line.settled?.supply === 'substitute') return 'substituted'
  const { unitPrice } = priceOf(line, written)
  const { sentUnitPrice } = written
  const isRepriced =
    sentUnitPrice !== undefined &&
    unitPrice !== undefined &&
    compareDecimal(sentUnitPrice, unitPrice) !== 0
  return isRepriced ? 'price-changed' : 'accepted'
}

/** What of a line left at prices of the days it left. */
type LeftAtOwnPrices = (
  line: OrderLineState,
) => readonly { readonly unitPrice: DecimalText; readonly quantityEach: number }[]

function piecesOf(line: OrderLineState, written: WrittenLine, leftOf: LeftAtOwnPrices): Piece[] {
  const ratio = standsFor(line)
  const inOrdered = (each: number) => multiplyDecimal(String(each), ratio)
  const promised = line.allocatedEach + line.shippedEach
  const waiting = Math.max(0, line.orderedEach - line.cancelledEach - promised)
  const shownOf = (part: OrderLineState) => ({ ...priceOf(part, written), ...swapOf(part) })
  const shown = shownOf(line)
  const left = leftOf(line).map(({ unitPrice, quantityEach }) => {
    const part = { ...line, unitPrice }
    return { each: inOrdered(quantityEach), answer: acceptedAs(part, written), ...shownOf(part) }
  })
  const restEach = leftOf(line).reduce((rest, part) => rest - part.quantityEach, promised)
  const { promisedOn } = line
  const day = promisedOn === undefined ? {} : { promisedOn }
  return [
    ...left,
    { each: inOrdered(restEach), answer: acceptedAs(line, written), ...shown },
    { each: inOrdered(waiting), answer: 'backordered' as const, ...shown, ...day },
    { each: inOrdered(line.cancelledEach), answer: 'deleted' as const },
  ].filter(({ each }) => compareDecimal(each, '0') > 0)
}

/**
 * Our answer to a line that is delivered otherwise than written: every part of it, in the buyer's own unit, together
 * what was ordered.
 */
export function settledStatuses(
  lines: readonly OrderLineState[],
  written: WrittenLine,
  {
    leftOf,
    ...unit
  }: Pick<LineStatus['quantity'], 'uom' | 'uomScheme'> & { readonly leftOf: LeftAtOwnPrices },
): LineStatus[] {
  const deleted: Piece[] =
    written.cancelledEach > 0 ? [{ each: String(written.cancelledEach), answer: 'deleted' }] : []
  const pieces = [...lines.flatMap((line) => piecesOf(line, written, leftOf)), ...deleted]
  const values = pieces.map(({ each }) => divideDecimal(each, String(written.uomFactor), 6))
  // Thirds of a case do not add up to it: the last part is what is left of what was ordered.
  const before = sumDecimal(values.slice(0, -1))
  const last = subtractDecimal(written.quantity, before)
  return pieces.map(({ each: _each, ...piece }, place) => ({
    ...piece,
    quantity: {
      value: normalDecimal(place === pieces.length - 1 ? last : (values[place] ?? '0')),
      ...unit,
    },
  }))
}
