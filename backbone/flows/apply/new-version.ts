import { normalDecimal } from '../../canonical/money.ts'
import type { LineChange, Order } from '../../canonical/order.ts'
import { type OrderLineState, wantedEach } from '../../canonical/order-state.ts'
import { lineFromDocument } from './order-from-document.ts'

/**
 * A line as the buyer wrote it. What they change are their own words: what was settled about the line, its price, its
 * substitute or its parts, was about the words before.
 */
function asWritten({ settled, ...line }: OrderLineState): OrderLineState {
  if (settled?.written === undefined) return line
  const { sku: _sku, description: _text, sentUnitPrice: _sent, ...others } = line
  const { unitPrice: _price, priceSource: _source, promisedOn: _day, ...rest } = others
  return { ...rest, ...settled.written, allocatedEach: 0 }
}

const cancelled = (line: OrderLineState): OrderLineState => ({
  ...line,
  cancelledEach: Math.max(line.orderedEach, 1),
  allocatedEach: 0,
})

/** Parts of a line that is whole again, or gone, are delivered no more. */
function withoutLooseParts(lines: readonly OrderLineState[]): OrderLineState[] {
  const isSplit = new Set(
    lines.flatMap((line) =>
      line.settled?.written !== undefined && wantedEach(line) > 0 ? line.line : [],
    ),
  )
  const isLoose = ({ settled }: OrderLineState) =>
    settled?.partOf !== undefined && !isSplit.has(settled.partOf)
  return lines.map((line) => {
    if (!(isLoose(line) && wantedEach(line) > 0)) return line
    // It was never the buyer's: nothing is told of it once their line is whole again.
    const { supply: _, ...settled } = line.settled ?? {}
    return { ...cancelled(line), settled }
  })
}

function changedQuantity(line: OrderLineState, quantity: string): OrderLineState {
  return { ...line, quantity: normalDecimal(quantity), allocatedEach: 0 }
}

function changeLine(known: OrderLineState, change: LineChange): OrderLineState {
  if (change.action === 'delete') return cancelled(known)
  const line = asWritten(known)
  const requantified =
    change.quantity === undefined ? line : changedQuantity(line, change.quantity.value)
  return {
    ...requantified,
    ...(change.quantity === undefined
      ? {}
      : { uom: change.quantity.uom, uomScheme: change.quantity.uomScheme }),
    ...(change.unitPrice === undefined ? {} : { sentUnitPrice: normalDecimal(change.unitPrice) }),
    ...(change.requestedOn === undefined ? {} : { requestedOn: change.requestedOn }),
    ...(change.item === undefined ? {} : { item: change.item }),
  }
}

function addedLine(change: LineChange, position: number): OrderLineState[] {
  if (change.item === undefined || change.quantity === undefined) return []
  const { line, item, quantity, unitPrice, requestedOn } = change
  return [
    lineFromDocument(
      {
        line,
        item,
        quantity,
        priceBasis: '1',
        allowancesCharges: [],
        taxes: [],
        references: [],
        notes: [],
        unknown: [],
        ...(unitPrice === undefined ? {} : { unitPrice }),
        ...(requestedOn === undefined ? {} : { requestedOn }),
      },
      position,
    ),
  ]
}

/** Applies a buyer's changes line by line; a change of a line that is not there does nothing, unless it adds it. */
export function changeLines(
  lines: readonly OrderLineState[],
  changes: readonly LineChange[],
): OrderLineState[] {
  const current = [...lines]
  for (const change of changes) {
    const index = current.findIndex((line) => line.line === change.line)
    const known = current[index]
    if (known !== undefined) current[index] = changeLine(known, change)
    else if (change.action === 'add') current.push(...addedLine(change, current.length))
  }
  return withoutLooseParts(current)
}

const numbersOf = ({ item }: OrderLineState) =>
  item.identifiers.map(({ scheme, value }) => `${scheme}:${value}`).join('|')

const sameItem = (a: OrderLineState, b: OrderLineState) => numbersOf(a) === numbersOf(b)

/** A line of a new version in the place of the old one: what we know of the same item stays known. */
function newVersionOf(known: OrderLineState | undefined, next: OrderLineState): OrderLineState {
  if (known === undefined) return next
  const said = asWritten(known)
  if (!sameItem(said, next)) return next
  const isSame =
    said.quantity === next.quantity &&
    said.uom === next.uom &&
    said.sentUnitPrice === next.sentUnitPrice
  if (isSame && said.cancelledEach === 0 && known.cancelledEach === 0) return known
  const { sentUnitPrice: _old, ...rest } = said
  const { quantity, uom, uomScheme, sentUnitPrice, references } = next
  const price = sentUnitPrice === undefined ? {} : { sentUnitPrice }
  return {
    ...rest,
    ...price,
    quantity,
    uom,
    uomScheme,
    references,
    cancelledEach: 0,
    allocatedEach: 0,
  }
}

/** Lines of a whole new version: what is gone is cancelled, what is new is added, the rest takes its new values. */
export function replaceLines(lines: readonly OrderLineState[], order: Order): OrderLineState[] {
  const byNumber = new Map(lines.map((line) => [line.line, line]))
  const next = order.lines.map((line, index) =>
    newVersionOf(byNumber.get(line.line), lineFromDocument(line, index)),
  )
  const kept = new Set(next.map((line) => line.line))
  const others = lines.filter((line) => !kept.has(line.line))
  const parts = others.filter(({ settled }) => settled?.partOf !== undefined)
  const gone = others.filter((line) => !parts.includes(line)).map(cancelled)
  return withoutLooseParts([...next, ...parts, ...gone])
}
