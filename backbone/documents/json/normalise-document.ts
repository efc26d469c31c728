import type { InboundDocument } from '../../canonical/canonical-document.ts'
import type { AllowanceCharge, PaymentTerms, Tax } from '../../canonical/document.ts'
import { type DecimalText, normalDecimal } from '../../canonical/money.ts'
import type { LineChange, Order, OrderChange, OrderLine } from '../../canonical/order.ts'
import type { Shipment } from '../../canonical/shipment.ts'
import type { Quantity } from '../../canonical/uom.ts'

function normaliseQuantity(quantity: Quantity): Quantity {
  return { ...quantity, value: normalDecimal(quantity.value) }
}

function normaliseAllowance(allowance: AllowanceCharge): AllowanceCharge {
  const { percent } = allowance
  return percent === undefined ? allowance : { ...allowance, percent: normalDecimal(percent) }
}

function normaliseTax(tax: Tax): Tax {
  const { ratePercent } = tax
  return ratePercent === undefined ? tax : { ...tax, ratePercent: normalDecimal(ratePercent) }
}

function normaliseTerms(terms: PaymentTerms): PaymentTerms {
  const { discountPercent } = terms
  return discountPercent === undefined
    ? terms
    : { ...terms, discountPercent: normalDecimal(discountPercent) }
}

function priced(unitPrice: DecimalText | undefined): { unitPrice?: DecimalText } {
  return unitPrice === undefined ? {} : { unitPrice: normalDecimal(unitPrice) }
}

function normaliseLine(line: OrderLine): OrderLine {
  return {
    ...line,
    quantity: normaliseQuantity(line.quantity),
    ...priced(line.unitPrice),
    priceBasis: normalDecimal(line.priceBasis),
    allowancesCharges: line.allowancesCharges.map(normaliseAllowance),
    taxes: line.taxes.map(normaliseTax),
  }
}

function normaliseOrder(order: Order): Order {
  return {
    ...order,
    ...(order.terms === undefined ? {} : { terms: normaliseTerms(order.terms) }),
    allowancesCharges: order.allowancesCharges.map(normaliseAllowance),
    taxes: order.taxes.map(normaliseTax),
    lines: order.lines.map(normaliseLine),
  }
}

function normaliseLineChange(change: LineChange): LineChange {
  const { quantity } = change
  return {
    ...change,
    ...(quantity === undefined ? {} : { quantity: normaliseQuantity(quantity) }),
    ...priced(change.unitPrice),
  }
}

function normaliseOrderChange(change: OrderChange): OrderChange {
  const { replacement } = change
  return {
    ...change,
    changes: change.changes.map(normaliseLineChange),
    ...(replacement === undefined ? {} : { replacement: normaliseOrder(replacement) }),
  }
}

function normaliseShipment(shipment: Shipment): Shipment {
  return {
    ...shipment,
    packs: shipment.packs.map((pack) => ({
      ...pack,
      contents: pack.contents.map(({ line, quantity }) => ({
        line,
        quantity: normaliseQuantity(quantity),
      })),
    })),
    lines: shipment.lines.map((line) => ({
      ...line,
      ...(line.ordered === undefined ? {} : { ordered: normaliseQuantity(line.ordered) }),
      shipped: normaliseQuantity(line.shipped),
    })),
  }
}

/** Gives every decimal of a document its one spelling, so that 12.50 and 12.5 are the same value. */
export function normaliseDocument(document: InboundDocument): InboundDocument {
  switch (document.docType) {
    case 'order':
      return normaliseOrder(document)
    case 'order-change':
      return normaliseOrderChange(document)
    case 'shipment':
      return normaliseShipment(document)
    case 'payment':
    case 'milestone':
      return document
  }
}
