import type { Finding } from '../../canonical/finding.ts'
import { divideDecimal } from '../../canonical/money.ts'
import { type LineChange, type Order, OrderChange } from '../../canonical/order.ts'
import type { SegmentFault } from './check-set.ts'
import { sortLoops } from './loops.ts'
import { type OrderHeader, purposeOf, readOrderHeader } from './order-header.ts'
import {
  type LineElements,
  readDescription,
  readItemNumbers,
  readOrderLine,
  readPrice,
  readQuantity,
  readSchedule,
} from './order-line.ts'
import { countOf, leftoversOf, ReadSegment } from './segment-reader.ts'
import {
  findBeginning,
  type OrderParts,
  type SetContext,
  type SetReading,
  splitOrder,
  takeDate,
} from './set-reading.ts'
import { readRequestedOn } from './terms.ts'

/** The elements of POC. */
export const pocElements: LineElements = { quantity: 3, unit: 5, price: 6, basis: 7, items: 8 }

// X12 element 670. What touches several things at once is a change; NC says that nothing changed.
const actions: Readonly<Record<string, LineChange['action']>> = {
  AI: 'add',
  DI: 'delete',
  QI: 'quantity',
  QD: 'quantity',
  PC: 'price',
  CT: 'dates',
  CD: 'dates',
  RB: 'dates',
  RS: 'dates',
  CA: 'change',
  CE: 'change',
  MU: 'change',
  PQ: 'change',
  PR: 'change',
  RQ: 'change',
  RE: 'replace',
  RM: 'replace',
  RZ: 'replace',
}

/** Reads an 860 as an order change: cancel, changes line by line, or the whole order anew (BCH01 05). */
export function readOrderChange(context: SetContext): SetReading {
  const parts = splitOrder(context.set, 'POC')
  const beginning = findBeginning(parts, 'BCH')
  if (!(beginning instanceof ReadSegment))
    return { document: undefined, faults: [beginning], warnings: [] }
  const header = readOrderHeader(parts.header, context.defaultCurrency)
  const read = readChanges(parts, beginning, header)
  const faults = [...beginningFaults(beginning), ...read.faults]
  const warnings = [...header.warnings, ...read.warnings]
  if (faults.length > 0) return { document: undefined, faults, warnings }
  const change = buildChange(context, parts, { beginning, header, ...read })
  return OrderChange.safeParse(change).success
    ? { document: change, faults: [], warnings }
    : { document: undefined, faults: [beginning.wholeFault()], warnings }
}

function beginningFaults(beginning: ReadSegment): SegmentFault[] {
  const faults: SegmentFault[] = []
  const purpose = beginning.see(1)
  if (purposeOf(purpose) === undefined)
    faults.push(beginning.fault(1, purpose === undefined ? '1' : '7'))
  const number = beginning.see(3)
  if (number === undefined) faults.push(beginning.fault(3, '1'))
  else if (number.length > 60) faults.push(beginning.fault(3, '5'))
  return faults
}

type Changes = {
  readonly changes: LineChange[]
  readonly lines: Order['lines']
  readonly faults: readonly SegmentFault[]
  readonly warnings: readonly Finding[]
}

function readChanges(parts: OrderParts, beginning: ReadSegment, header: OrderHeader): Changes {
  const isReplacement = purposeOf(beginning.see(1)) === 'replace'
  const loops = parts.lines.filter((loop) => loop[0]?.see(2) !== 'NC')
  if (isReplacement) {
    const kept = loops.filter((loop) => loop[0]?.see(2) !== 'DI')
    const lines = kept.map((loop, index) =>
      readOrderLine(loop, index + 1, header.currency, pocElements),
    )
    for (const loop of kept) loop[0]?.done(2)
    return {
      changes: [],
      lines: lines.flatMap(({ line }) => line ?? []),
      faults: lines.flatMap((line) => line.faults),
      warnings: lines.flatMap((line) => line.warnings),
    }
  }
  const warnings: Finding[] = []
  const read = loops.map((loop) => readChange(loop, warnings))
  const changes = read.flatMap(({ change }) => change ?? [])
  return { changes, lines: [], faults: read.flatMap(({ faults }) => faults), warnings }
}

function readChange(
  loop: readonly ReadSegment[],
  warnings: Finding[],
): { change?: LineChange; faults: readonly SegmentFault[] } {
  const [head] = loop
  if (head === undefined) return { faults: [] }
  const action = actions[head.see(2) ?? '']
  const line = head.take(1, 40)
  const faults: SegmentFault[] = []
  if (line === undefined) faults.push(head.fault(1, '1'))
  if (action === undefined) faults.push(head.fault(2, head.see(2) === undefined ? '1' : '7'))
  if (line === undefined || action === undefined) return { faults }
  head.done(2)
  const change: LineChange = { action, line, ...readContents(head, loop, warnings), unknown: [] }
  return {
    change: { ...change, unknown: leftoversOf(loop) },
    faults: [...faults, ...missingContents(head, change)],
  }
}

function readContents(
  head: ReadSegment,
  loop: readonly ReadSegment[],
  warnings: Finding[],
): Pick<LineChange, 'item' | 'quantity' | 'unitPrice' | 'requestedOn'> {
  const identifiers = readItemNumbers(head, pocElements.items)
  const quantity = readQuantity(head, pocElements)
  const { plain } = sortLoops(loop.slice(1), 'line')
  const { unitPrice, priceBasis } = readPrice(head, plain, pocElements, warnings)
  const schedule = readSchedule(plain, warnings)
  const requestedOn = readRequestedOn(plain) ?? schedule
  return {
    ...(identifiers.length === 0 ? {} : { item: { identifiers, ...readDescription(plain) } }),
    ...(quantity === undefined ? {} : { quantity }),
    // A changed line has no price basis of its own: the price is brought down to one unit.
    ...(unitPrice === undefined
      ? {}
      : { unitPrice: priceBasis === '1' ? unitPrice : divideDecimal(unitPrice, priceBasis, 12) }),
    ...(requestedOn === undefined ? {} : { requestedOn }),
  }
}

// AK403 2: what the kind of change needs is missing; 6: it is there, but no number.
function missingContents(head: ReadSegment, change: LineChange): SegmentFault[] {
  const { action, quantity, unitPrice, item } = change
  const needsQuantity = action === 'add' || action === 'quantity'
  const lacks = [
    quantity === undefined ? lack(head, pocElements.quantity, needsQuantity) : undefined,
    unitPrice === undefined ? lack(head, pocElements.price, action === 'price') : undefined,
    item === undefined ? lack(head, pocElements.items + 1, action === 'add') : undefined,
  ]
  return lacks.filter((fault) => fault !== undefined)
}

function lack(head: ReadSegment, element: number, isNeeded: boolean): SegmentFault | undefined {
  if (head.see(element) !== undefined) return head.fault(element, '6')
  return isNeeded ? head.fault(element, '2') : undefined
}

type Read = Changes & { readonly beginning: ReadSegment; readonly header: OrderHeader }

function buildChange(context: SetContext, parts: OrderParts, read: Read): OrderChange {
  const { beginning, header, changes, lines } = read
  const purpose = purposeOf(beginning.take(1)) ?? 'change'
  const common = {
    purchaseOrderNumber: beginning.take(3) ?? '',
    releaseNumber: beginning.take(4, 60),
    currency: header.currency,
    isTest: context.isTest,
    references: header.references,
    notes: header.notes,
    parties: header.parties,
  }
  const { customerKey } = header
  for (const segment of parts.summary) if (segment.id === 'CTT') segment.done(1, 2)
  const unread = purpose === 'replace' ? [] : parts.lines.filter((loop) => loop[0]?.see(2) === 'NC')
  return {
    docType: 'order-change',
    // An 860 called "original" is a first request to change, not a new order.
    purpose: purpose === 'original' ? 'change' : purpose,
    ...common,
    issuedOn: takeDate(beginning, 11),
    revision: readRevision(beginning),
    source: { ...context.source, customerKey },
    changes,
    replacement: lines.length === 0 ? undefined : replacementOrder(common, header, lines),
    unknown: leftoversOf([...parts.header, ...unread.flat(), ...parts.summary]),
  }
}

// BCH05 counts the changes of an order where it is a number.
function readRevision(beginning: ReadSegment): number | undefined {
  const revision = countOf(beginning.see(5), 8)
  if (revision === undefined || revision === 0) return undefined
  beginning.done(5)
  return revision
}

function replacementOrder(
  common: Pick<
    Order,
    | 'purchaseOrderNumber'
    | 'releaseNumber'
    | 'currency'
    | 'isTest'
    | 'references'
    | 'notes'
    | 'parties'
  >,
  header: OrderHeader,
  lines: Order['lines'],
): Order {
  return {
    docType: 'order',
    purpose: 'replace',
    ...common,
    requestedOn: header.requestedOn,
    terms: header.terms,
    isShipComplete: header.isShipComplete,
    allowancesCharges: [],
    taxes: [],
    lines,
    unknown: [],
  }
}
