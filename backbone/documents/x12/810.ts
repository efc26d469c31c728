import type { Tax } from '../../canonical/document.ts'
import type { Invoice, InvoiceLine } from '../../canonical/invoice.ts'
import { amountText, divideDecimal } from '../../canonical/money.ts'
import { defaultVersion, type OutSegment, type OutSet, x12Date } from './envelope.ts'
import {
  allowanceSegment,
  basisCode,
  descriptionSegments,
  impliedCentsText,
  itemPairs,
  partySegments,
  termsSegment,
  unitCode,
} from './out-segments.ts'

/** Writes an invoice as an 810; the total and the allowances are implied cents, unit prices are not. */
export function invoiceSet(invoice: Invoice, version = defaultVersion): OutSet {
  const { invoiceNumber, invoicedOn, orderedOn, purchaseOrderNumber, currency, lines } = invoice
  const { shipmentNumber, shippedOn, allowancesCharges, taxes } = invoice
  const orderDay = orderedOn === undefined ? undefined : x12Date(orderedOn, version)
  return {
    type: '810',
    functionalId: 'IN',
    name: `The invoice ${invoiceNumber}`,
    segments: [
      ['BIG', x12Date(invoicedOn, version), invoiceNumber, orderDay, purchaseOrderNumber],
      ['CUR', 'SE', currency],
      // REF VN is the seller's order number, REF SI the shipment.
      ['REF', 'VN', invoice.orderNumber],
      ...(shipmentNumber === undefined ? [] : [['REF', 'SI', shipmentNumber] as const]),
      ...partySegments(invoice.parties),
      ...termsSegment(invoice.terms, x12Date(invoice.dueOn, version)),
      ...(shippedOn === undefined ? [] : [['DTM', '011', x12Date(shippedOn, version)] as const]),
      ...lines.flatMap(lineSegments),
      ['TDS', impliedCentsText(invoice.totalMinor, currency)],
      ...taxes.map((tax) => taxSegment(tax, currency)),
      ...allowancesCharges.map((entry) => allowanceSegment(entry, currency)),
      ['CTT', String(lines.length)],
    ],
  }
}

function lineSegments(line: InvoiceLine): OutSegment[] {
  const { quantity, unitPrice, priceBasis, item } = line
  const code = basisCode(priceBasis)
  // A basis X12 has no code for is brought down to one unit.
  const isPerUnit = code !== undefined || priceBasis === '1'
  const price = isPerUnit ? unitPrice : divideDecimal(unitPrice, priceBasis, 8)
  return [
    ['IT1', line.line, quantity.value, unitCode(quantity), price, code, ...itemPairs(item)],
    ...descriptionSegments(item),
  ]
}

// TXI03 is the rate as a fraction: 6.25 % is 0.0625.
function taxSegment(tax: Tax, currency: string): OutSegment {
  const rate = tax.ratePercent === undefined ? '' : divideDecimal(tax.ratePercent, '100', 8)
  const place = tax.jurisdiction !== undefined && tax.jurisdiction.length <= 10
  const jurisdiction = place ? ['VD', tax.jurisdiction] : []
  return ['TXI', 'TX', amountText(tax.amountMinor, currency), rate, ...jurisdiction]
}
