import { normalDecimal } from '../../canonical/money.ts'
import type { LineChange, Order } from '../../canonical/order.ts'
import type { OrderLineState } from '../../canonical/order-state.ts'
import { lineFromDocument } from './order-from-document.ts'

function changedQuantity(line: OrderLineState, quantity: string): OrderLineState {
  return { ...line, quantity: normalDecimal(quantity), allocatedEach: 0 }
}

function changeLine(line: OrderLineState, change: LineChange): OrderLineState {
  if (change.action === 'delete')
    return { ...line, cancelledEach: Math.max(line.orderedEach, 1), allocatedEach: 0 }
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
  return current
}

const numbersOf = ({ item }: OrderLineState) =>
  item.identifiers.map(({ scheme, value }) => `${scheme}:${value}`).join('|')

const sameItem = (a: OrderLineState, b: OrderLineState) => numbersOf(a) === numbersOf(b)

/** A line of a new version in the place of the old one: what we know of the same item stays known. */
function newVersionOf(known: OrderLineState | undefined, next: OrderLineState): OrderLineState {
  if (known === undefined || !sameItem(known, next)) return next
  const isSame =
    known.quantity === next.quantity &&
    known.uom === next.uom &&
    known.sentUnitPrice === next.sentUnitPrice
  if (isSame && known.cancelledEach === 0) return known
  const { sentUnitPrice: _old, ...rest } = known
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
  const gone = lines
    .filter((line) => !kept.has(line.line))
    .map((line) => ({ ...line, cancelledEach: Math.max(line.orderedEach, 1), allocatedEach: 0 }))
  return [...next, ...gone]
}
