import type { Finding } from '../../canonical/finding.ts'
import { compareDecimal, divideDecimal, sumDecimal, sumMinor } from '../../canonical/money.ts'
import { Order, type OrderLine } from '../../canonical/order.ts'
import type { SegmentFault } from './check-set.ts'
import { type OrderHeader, purposeOf, readOrderHeader } from './order-header.ts'
import { readOrderLine } from './order-line.ts'
import { decimalOf, leftoversOf, ReadSegment } from './segment-reader.ts'
import {
  businessWarning,
  findBeginning,
  type OrderParts,
  type SetContext,
  type SetReading,
  splitOrder,
  takeDate,
} from './set-reading.ts'
import { amountOf, readAllowanceCharge, readTaxes } from './terms.ts'

/** Reads an 850 as an order; without number, purpose or a readable line there is none, and the faults say why. */
export function readPurchaseOrder(context: SetContext): SetReading {
  const parts = splitOrder(context.set, 'PO1')
  const beginning = findBeginning(parts, 'BEG')
  if (!(beginning instanceof ReadSegment))
    return { document: undefined, faults: [beginning], warnings: [] }
  const header = readOrderHeader(parts.header, context.defaultCurrency)
  const lines = parts.lines.map((loop, index) => readOrderLine(loop, index + 1, header.currency))
  const faults = [
    ...beginningFaults(beginning),
    ...missingLines(context, parts),
    ...lines.flatMap((line) => line.faults),
  ]
  const warnings = [...header.warnings, ...lines.flatMap((line) => line.warnings)]
  if (faults.length > 0) return { document: undefined, faults, warnings }
  const read = lines.flatMap(({ line }) => line ?? [])
  const order = buildOrder(context, parts, { beginning, header, lines: read })
  const parsed = Order.safeParse(order)
  if (!parsed.success) return { document: undefined, faults: [beginning.wholeFault()], warnings }
  return {
    document: order,
    faults: [],
    warnings: [...warnings, ...checkSummary(parts, order)],
  }
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

// AK304 3, told where the first PO1 should have stood.
function missingLines(context: SetContext, parts: OrderParts): SegmentFault[] {
  if (parts.lines.length > 0) return []
  const position = parts.header.length + 2
  const offset = context.set.segments[position - 1]?.offset ?? 0
  return [{ segment: 'PO1', position, code: '3', offset, elements: [] }]
}

type Read = {
  readonly beginning: ReadSegment
  readonly header: OrderHeader
  readonly lines: OrderLine[]
}

function buildOrder(context: SetContext, parts: OrderParts, read: Read): Order {
  const { beginning, header, lines } = read
  const { currency, customerKey } = header
  const releaseNumber = beginning.take(4, 60)
  const issuedOn = takeDate(beginning, 5)
  const contract = beginning.take(6, 200)
  const base = linesTotal(lines, currency)
  const order: Order = {
    docType: 'order',
    purpose: purposeOf(beginning.take(1)) ?? 'original',
    purchaseOrderNumber: beginning.take(3) ?? '',
    ...(releaseNumber === undefined ? {} : { releaseNumber }),
    ...(issuedOn === undefined ? {} : { issuedOn }),
    currency,
    isTest: context.isTest,
    // BEG06 is the contract, the same thing as a REF with CT.
    references:
      contract === undefined
        ? header.references
        : [{ qualifier: 'CT', value: contract }, ...header.references],
    notes: header.notes,
    source: { ...context.source, ...(customerKey === undefined ? {} : { customerKey }) },
    parties: header.parties,
    ...(header.requestedOn === undefined ? {} : { requestedOn: header.requestedOn }),
    ...(header.terms === undefined ? {} : { terms: header.terms }),
    isShipComplete: header.isShipComplete,
    allowancesCharges: header.plain
      .filter((segment) => segment.id === 'SAC')
      .flatMap((segment) => readAllowanceCharge(segment, currency, base) ?? []),
    taxes: readTaxes(header.plain, currency),
    ...statedTotal(parts, currency),
    lines,
    unknown: [],
  }
  for (const segment of parts.summary) if (segment.id === 'CTT') segment.done(1, 2)
  return { ...order, unknown: leftoversOf([...parts.header, ...parts.summary]) }
}

// AMT01 TT: total transaction amount, a decimal number and not implied cents.
function statedTotal(parts: OrderParts, currency: string): { statedTotalMinor?: number } {
  const segment = parts.summary.find((entry) => entry.id === 'AMT' && entry.see(1) === 'TT')
  const amount = decimalOf(segment?.see(2))
  const statedTotalMinor = amount === undefined ? undefined : amountOf(amount, '1', currency)
  if (segment === undefined || statedTotalMinor === undefined) return {}
  segment.done(1, 2)
  return { statedTotalMinor }
}

function linesTotal(lines: readonly OrderLine[], currency: string): number | undefined {
  const amounts = lines.map((line) => {
    const { unitPrice, priceBasis, quantity } = line
    if (unitPrice === undefined) return undefined
    const price = priceBasis === '1' ? unitPrice : divideDecimal(unitPrice, priceBasis, 12)
    return amountOf(price, quantity.value, currency)
  })
  const known = amounts.filter((amount) => amount !== undefined)
  if (known.length < amounts.length) return undefined
  const total = known.reduce((sum, amount) => sum + amount, 0)
  return Number.isSafeInteger(total) ? total : undefined
}

// formats.md row 18: totals that do not agree are a business matter; the syntax stays accepted.
function checkSummary(parts: OrderParts, order: Order): Finding[] {
  const findings: Finding[] = []
  const count = parts.summary.find((segment) => segment.id === 'CTT')
  const lines = decimalOf(count?.see(1))
  if (count !== undefined && lines !== undefined && lines !== String(order.lines.length)) {
    const message = `CTT01 says ${lines} lines; ${order.lines.length} came.`
    findings.push(businessWarning('LINE_COUNT', message, count, 1))
  }
  const hash = decimalOf(count?.see(2))
  const quantities = sumDecimal(order.lines.map((line) => line.quantity.value))
  if (hash !== undefined && compareDecimal(hash, quantities) !== 0) {
    const message = `CTT02 says ${hash}; the quantities add up to ${quantities}.`
    findings.push(businessWarning('HASH_TOTAL', message, count, 2))
  }
  return [...findings, ...checkTotal(order)]
}

function checkTotal(order: Order): Finding[] {
  const lines = linesTotal(order.lines, order.currency)
  if (lines === undefined || order.statedTotalMinor === undefined) return []
  const adjustments = [order, ...order.lines].flatMap((part) => [
    ...part.allowancesCharges.map((entry) =>
      entry.kind === 'charge' ? entry.amountMinor : -entry.amountMinor,
    ),
    ...part.taxes.map((tax) => tax.amountMinor),
  ])
  const total = lines + sumMinor(adjustments)
  if (order.statedTotalMinor === total || order.statedTotalMinor === lines) return []
  const message = `AMT*TT says ${order.statedTotalMinor} minor units; the lines come to ${total}.`
  return [businessWarning('ORDER_TOTAL', message)]
}
