import type { DocumentKey } from '../../canonical/document-marking.ts'
import { pocElements } from '../x12/860.ts'
import { type LineElements, lineNumberOf, po1Elements } from '../x12/order-line.ts'
import type { ReadSegment } from '../x12/segment-reader.ts'
import { type OrderParts, splitOrder } from '../x12/set-reading.ts'
import type { X12Set } from '../x12/structure.ts'
import type { About } from './about.ts'
import type { PlacedSet } from './x12-lines.ts'

/** A segment of an order and the elements of it that are meant; none: the segment as a whole. */
export type OrderSpot = {
  readonly segment: ReadSegment
  readonly elements: readonly number[]
}

const whole = (segment: ReadSegment): OrderSpot => ({ segment, elements: [] })

const isFilled = (segment: ReadSegment, element: number) => segment.see(element) !== undefined

function itemNumbers(head: ReadSegment, { items }: LineElements): number[] {
  const values = Array.from({ length: 10 }, (_, pair) => items + 1 + 2 * pair)
  const filled = values.filter((element) => isFilled(head, element))
  return filled.length === 0 ? [items + 1] : filled
}

// Without PO104 the price stands in CTP03.
function priceSpot(loop: readonly ReadSegment[], head: ReadSegment, at: LineElements): OrderSpot {
  const other = loop.find((segment) => segment.id === 'CTP' && isFilled(segment, 3))
  if (other === undefined || isFilled(head, at.price))
    return { segment: head, elements: [at.price] }
  return { segment: other, elements: [3] }
}

function spotInLine(
  loop: readonly ReadSegment[],
  at: LineElements,
  what: About['what'],
): OrderSpot | undefined {
  const [head] = loop
  if (head === undefined) return undefined
  switch (what) {
    case 'price':
      return priceSpot(loop, head, at)
    case 'basis':
      return { segment: head, elements: [at.basis] }
    case 'quantity':
      return { segment: head, elements: [at.quantity] }
    case 'unit':
      return { segment: head, elements: [at.unit] }
    case 'item':
      return { segment: head, elements: itemNumbers(head, at) }
    default:
      return whole(head)
  }
}

// X12 element 98: who buys, else who is billed, else where the goods go.
function customerSpot(header: readonly ReadSegment[]): OrderSpot | undefined {
  for (const role of ['BY', 'BT', 'ST']) {
    const party = header.find((segment) => segment.id === 'N1' && segment.see(1) === role)
    if (party !== undefined) return { segment: party, elements: [isFilled(party, 4) ? 4 : 2] }
  }
  return undefined
}

function spotInHeader(parts: OrderParts, what: About['what']): OrderSpot | undefined {
  const first = (id: string, elements: readonly number[]): OrderSpot | undefined => {
    const segment = [...parts.header, ...parts.summary].find((candidate) => candidate.id === id)
    return segment === undefined ? undefined : { segment, elements }
  }
  switch (what) {
    case 'number':
      return first('BEG', [3]) ?? first('BCH', [3])
    case 'customer':
      return customerSpot(parts.header)
    case 'currency':
      return first('CUR', [2])
    case 'terms':
      return first('ITD', [])
    case 'freight':
      return first('FOB', [])
    case 'total':
      return first('AMT', [2])
    default:
      return undefined
  }
}

/** The words of an order, found by line without reading it anew for each. */
export type OrderWords = {
  readonly parts: OrderParts
  readonly at: LineElements
  readonly loops: ReadonlyMap<string, readonly ReadSegment[]>
}

/** Takes an order or a change of one apart, its lines by what the order calls them. */
export function orderWords(set: X12Set): OrderWords {
  const isChange = set.type === '860'
  const parts = splitOrder(set, isChange ? 'POC' : 'PO1')
  const loops = new Map<string, readonly ReadSegment[]>()
  parts.lines.forEach((loop, index) => {
    const [head] = loop
    const line = head === undefined ? undefined : lineNumberOf(head, index + 1)
    if (line !== undefined && !loops.has(line)) loops.set(line, loop)
  })
  return { parts, at: isChange ? pocElements : po1Elements, loops }
}

/** Where the buyer wrote what a check of the order is about. */
export function spotInOrder(words: OrderWords, { line, what }: About): OrderSpot | undefined {
  if (line === undefined) return spotInHeader(words.parts, what)
  const loop = words.loops.get(line)
  return loop === undefined ? undefined : spotInLine(loop, words.at, what)
}

/** The transaction set of a document: by its control numbers, else the only one with its purchase order number. */
export function setOf(sets: readonly PlacedSet[], key: DocumentKey): X12Set | undefined {
  const byControl = sets.filter(
    ({ set, groupNumber, interchangeNumber }) =>
      set.controlNumber === key.transactionControlNumber &&
      groupNumber === key.groupControlNumber &&
      interchangeNumber === key.interchangeControlNumber,
  )
  const found =
    byControl.length === 1
      ? byControl
      : sets.filter(({ orderNumber }) => orderNumber === key.purchaseOrderNumber)
  return found.length === 1 ? found[0]?.set : undefined
}
