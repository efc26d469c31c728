import type { Finding } from '../../canonical/finding.ts'
import type { Item, ItemIdentifier, ItemScheme } from '../../canonical/item.ts'
import { compareDecimal } from '../../canonical/money.ts'
import type { OrderLine } from '../../canonical/order.ts'
import type { Party } from '../../canonical/party.ts'
import { type Quantity, uomFromX12 } from '../../canonical/uom.ts'
import type { SegmentFault } from './check-set.ts'
import { sortLoops } from './loops.ts'
import { readParty } from './parties.ts'
import { priceBasisOf } from './price-basis.ts'
import { decimalOf, isoDateOf, leftoversOf, type ReadSegment } from './segment-reader.ts'
import { businessWarning } from './set-reading.ts'
import {
  amountOf,
  readAllowanceCharge,
  readReferences,
  readRequestedOn,
  readTaxes,
  readTexts,
} from './terms.ts'

// X12 element 235: whose number follows.
const schemes: Readonly<Record<string, ItemScheme>> = {
  SK: 'sku',
  VN: 'sku',
  VP: 'sku',
  BP: 'buyer',
  IN: 'buyer',
  UP: 'gtin',
  UI: 'gtin',
  EN: 'gtin',
  UK: 'gtin',
  UA: 'gtin',
  MG: 'mpn',
  MF: 'mpn',
}

/** Reads the pairs of qualifier and number of an item, up to ten, in the sender's order. */
export function readItemNumbers(segment: ReadSegment, first: number): ItemIdentifier[] {
  const identifiers: ItemIdentifier[] = []
  for (let at = first; at < first + 20; at += 2) {
    const value = segment.take(at + 1, 80)
    if (value === undefined) continue
    const scheme = schemes[segment.see(at) ?? '']
    // The qualifier of a number we have no name for stays readable among the unmapped.
    if (scheme !== undefined) segment.done(at)
    identifiers.push({ scheme: scheme ?? 'other', value })
  }
  return identifiers
}

/** Where a line's quantity, unit, price, price basis and first item number stand in its segment. */
export type LineElements = {
  readonly quantity: number
  readonly unit: number
  readonly price: number
  readonly basis: number
  readonly items: number
}

/** The elements of PO1. */
export const po1Elements: LineElements = { quantity: 2, unit: 3, price: 4, basis: 5, items: 6 }

/** Reads a quantity with its unit; a line without a unit keeps "?" and is never guessed at. */
export function readQuantity(segment: ReadSegment, at: LineElements): Quantity | undefined {
  const value = decimalOf(segment.see(at.quantity))
  if (value === undefined) return undefined
  segment.done(at.quantity)
  const unit = segment.take(at.unit, 12)
  return unit === undefined
    ? { value, uom: '?', uomScheme: 'unknown' }
    : { value, ...uomFromX12(unit) }
}

/** What a line is called: as the buyer numbered it, else by its place among the lines. */
export function lineNumberOf(head: ReadSegment, number: number): string {
  return head.take(1, 40) ?? String(number)
}

/** A line, what makes it impossible, and what a person should know about it. */
export type LineReading = {
  readonly line: OrderLine | undefined
  readonly faults: readonly SegmentFault[]
  readonly warnings: readonly Finding[]
}

/** Reads a PO1 or POC loop as an order line; `number` stands in where the buyer numbered nothing. */
export function readOrderLine(
  segments: readonly ReadSegment[],
  number: number,
  currency: string,
  at: LineElements = po1Elements,
): LineReading {
  const [head] = segments
  if (head === undefined) return { line: undefined, faults: [], warnings: [] }
  const identifiers = readItemNumbers(head, at.items)
  const quantity = readQuantity(head, at)
  const faults = lineFaults(head, quantity, identifiers, at)
  if (quantity === undefined || faults.length > 0) return { line: undefined, faults, warnings: [] }
  const loops = sortLoops(segments.slice(1), 'line')
  const warnings: Finding[] = []
  const said = readTexts(loops.plain, loops.texts)
  const shipTo = readShipTo(loops.parties)
  const price = readPrice(head, loops.plain, at, warnings)
  const schedule = readSchedule(loops.plain, warnings)
  const requestedOn = readRequestedOn(loops.plain) ?? schedule
  noteUnits(head, quantity, at, warnings)
  noteSplitDestinations(loops.plain, warnings)
  noteCurrency(loops.plain, currency, warnings)
  const base =
    price.unitPrice === undefined ? undefined : amountOf(price.unitPrice, quantity.value, currency)
  const line: OrderLine = {
    line: lineNumberOf(head, number),
    item: { identifiers, ...readDescription(loops.plain) },
    quantity,
    ...price,
    ...(requestedOn === undefined ? {} : { requestedOn }),
    ...(shipTo === undefined ? {} : { shipTo }),
    allowancesCharges: loops.plain
      .filter((segment) => segment.id === 'SAC')
      .flatMap((segment) => readAllowanceCharge(segment, currency, base) ?? []),
    taxes: readTaxes(loops.plain, currency),
    references: [...readReferences(loops.plain), ...said.references],
    notes: said.notes,
    unknown: [],
  }
  return { line: { ...line, unknown: leftoversOf(segments) }, faults, warnings }
}

// AK403: 2 a conditional element is missing, 6 wrong characters.
function lineFaults(
  head: ReadSegment,
  quantity: Quantity | undefined,
  identifiers: readonly ItemIdentifier[],
  at: LineElements,
): SegmentFault[] {
  const faults: SegmentFault[] = []
  const raw = head.see(at.quantity)
  if (quantity === undefined || compareDecimal(quantity.value, '0') < 0)
    faults.push(head.fault(at.quantity, raw === undefined ? '2' : '6'))
  if (head.see(at.price) !== undefined && decimalOf(head.see(at.price)) === undefined)
    faults.push(head.fault(at.price, '6'))
  if (identifiers.length === 0) faults.push(head.fault(at.items + 1, '2'))
  return faults
}

/** Reads the price of a line and what it is for; a price of another unit is kept and a person is told. */
export function readPrice(
  head: ReadSegment,
  plain: readonly ReadSegment[],
  at: LineElements,
  warnings: Finding[],
): Pick<OrderLine, 'unitPrice' | 'priceBasis'> {
  const direct = decimalOf(head.see(at.price))
  if (direct === undefined) return readPriceSegment(plain)
  const unitCode = head.see(at.unit)
  const code = head.see(at.basis)
  const { basis, isCertain } = priceBasisOf(code, unitCode)
  head.done(at.price)
  if (isCertain) head.done(at.basis)
  else {
    const message = `Price basis ${code} is for another unit than the ${unitCode} ordered.`
    warnings.push(businessWarning('PRICE_BASIS', message, head, at.basis))
  }
  return { unitPrice: direct, priceBasis: basis }
}

// Without PO104 the price stands in CTP03, for CTP04 units.
function readPriceSegment(
  plain: readonly ReadSegment[],
): Pick<OrderLine, 'unitPrice' | 'priceBasis'> {
  const segment = plain.find((candidate) => candidate.id === 'CTP')
  const unitPrice = decimalOf(segment?.see(3))
  if (segment === undefined || unitPrice === undefined) return { priceBasis: '1' }
  const basis = decimalOf(segment.see(4))
  segment.done(3, 4)
  const isUsable = basis !== undefined && compareDecimal(basis, '0') > 0
  return { unitPrice, priceBasis: isUsable ? basis : '1' }
}

/** What the PID segments of a line call the item. */
export function readDescription(plain: readonly ReadSegment[]): Pick<Item, 'description'> {
  const parts = plain
    .filter((segment) => segment.id === 'PID')
    .flatMap((segment) => {
      const text = segment.take(5, 200)
      if (text !== undefined) segment.done(1)
      return text ?? []
    })
  return parts.length === 0 ? {} : { description: parts.join(' ').slice(0, 500) }
}

function readShipTo(loops: readonly (readonly ReadSegment[])[]): Party | undefined {
  const loop = loops.find((candidate) => candidate[0]?.see(1) === 'ST')
  return loop === undefined ? undefined : readParty(loop)
}

/** The day a line's schedules (SCH) ask for: of several the earliest counts, and a person is told. */
export function readSchedule(
  plain: readonly ReadSegment[],
  warnings: Finding[],
): string | undefined {
  const schedules = plain.filter((segment) => segment.id === 'SCH')
  const days = schedules.flatMap((segment) => isoDateOf(segment.see(6)) ?? []).sort()
  const [only] = schedules
  if (schedules.length === 1) only?.done(1, 2, 5, 6)
  else if (only !== undefined) {
    const message = `The line is wanted on ${days.length} dates; the first is taken as requested.`
    warnings.push(businessWarning('SEVERAL_SCHEDULES', message, only))
  }
  return days[0]
}

function noteUnits(
  head: ReadSegment,
  quantity: Quantity,
  at: LineElements,
  warnings: Finding[],
): void {
  if (quantity.uomScheme === 'rec20') return
  const message = `Unit ${quantity.uom} is not in our table and was kept as sent.`
  warnings.push(businessWarning('UNIT_UNKNOWN', message, head, at.unit))
}

// SDQ spreads a line over several places; one order line has one, so that a person decides.
function noteSplitDestinations(plain: readonly ReadSegment[], warnings: Finding[]): void {
  const segment = plain.find((candidate) => candidate.id === 'SDQ')
  if (segment === undefined) return
  const message = 'SDQ spreads the line over several places, which is kept but not split.'
  warnings.push(businessWarning('SPLIT_DESTINATIONS', message, segment))
}

function noteCurrency(plain: readonly ReadSegment[], currency: string, warnings: Finding[]): void {
  const segment = plain.find((candidate) => candidate.id === 'CUR')
  if (segment === undefined) return
  if (segment.see(2) === currency) {
    segment.done(1, 2)
    return
  }
  const message = `The line is priced in ${segment.see(2)}, the order in ${currency}.`
  warnings.push(businessWarning('LINE_CURRENCY', message, segment, 2))
}
