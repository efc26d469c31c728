import type { CreditNote, CreditPosting } from '../../canonical/credit-note.ts'
import type { PaymentPosting, SalesOrder } from '../../canonical/instruction.ts'
import type { Invoice } from '../../canonical/invoice.ts'
import type { Party } from '../../canonical/party.ts'
import { partyBody } from '../party-body.ts'

/** The order as the ERP contract writes it (docs/openapi/erp.yaml). */
export function erpOrder(order: SalesOrder): Readonly<Record<string, unknown>> {
  return {
    order_no: order.orderNumber,
    po_no: order.purchaseOrderNumber,
    customer_no: order.customerNumber,
    revision: order.revision,
    ordered_on: order.orderedOn,
    currency: order.currency,
    ship_to: partyBody(order.shipTo),
    bill_to: partyBody(order.billTo),
    discount_minor: order.discountMinor,
    total_minor: order.totalMinor,
    lines: order.lines.map((line) => ({
      line: line.line,
      sku: line.sku,
      description: line.description,
      quantity: line.quantityEach,
      unit_price: line.unitPrice,
      line_amount_minor: line.lineAmountMinor,
      requested_on: line.requestedOn,
      warehouse: line.warehouse,
    })),
  }
}

/** The invoice as the ERP contract writes it. */
export function erpInvoice(invoice: Invoice): Readonly<Record<string, unknown>> {
  const billTo = partyIn(invoice.parties, 'bill-to') ?? partyIn(invoice.parties, 'buyer')
  return {
    invoice_no: invoice.invoiceNumber,
    order_no: invoice.orderNumber,
    po_no: invoice.purchaseOrderNumber,
    shipment_no: invoice.shipmentNumber,
    invoiced_on: invoice.invoicedOn,
    due_on: invoice.dueOn,
    currency: invoice.currency,
    bill_to: partyBody(billTo),
    discount_percent: invoice.terms?.discountPercent,
    discount_days: invoice.terms?.discountDays,
    lines_total_minor: invoice.linesTotalMinor,
    total_minor: invoice.totalMinor,
    lines: invoice.lines.map((line) => ({
      line: line.line,
      item: line.item.identifiers[0]?.value,
      quantity: line.quantity.value,
      uom: line.quantity.uom,
      unit_price: line.unitPrice,
      price_basis: line.priceBasis,
      line_amount_minor: line.lineAmountMinor,
    })),
    allowances_charges: invoice.allowancesCharges.map(({ kind, code, amountMinor }) => ({
      kind,
      code,
      amount_minor: amountMinor,
    })),
    taxes: invoice.taxes.map(({ category, ratePercent, amountMinor }) => ({
      category,
      rate_percent: ratePercent,
      amount_minor: amountMinor,
    })),
  }
}

/** The payment as the ERP contract writes it, with the invoices it is applied to. */
export function erpPayment(payment: PaymentPosting): Readonly<Record<string, unknown>> {
  return {
    payment_no: payment.paymentNumber,
    currency: payment.currency,
    amount_minor: payment.amountMinor,
    booked_on: payment.bookedOn,
    unapplied_minor: payment.unappliedMinor,
    applications: payment.applications.map((application) => ({
      invoice_no: application.invoiceNumber,
      applied_minor: application.appliedMinor,
      discount_minor: application.discountMinor,
      write_off_minor: application.writeOffMinor,
      fee_minor: application.feeMinor,
      fx_difference_minor: application.fxDifferenceMinor,
    })),
    continues_payment_no: payment.continuesPayment,
    reverses_payment_no: payment.reversesPayment,
  }
}

/** The credit note as the ERP contract writes it. */
export function erpCreditNote(note: CreditNote): Readonly<Record<string, unknown>> {
  return {
    credit_note_no: note.creditNoteNumber,
    customer_no: note.customerNumber,
    invoice_no: note.invoiceNumber,
    order_no: note.orderNumber,
    po_no: note.purchaseOrderNumber,
    return_no: note.returnNumber,
    reason_code: note.reasonCode,
    issued_on: note.issuedOn,
    currency: note.currency,
    net_minor: note.netMinor,
    tax_minor: note.taxMinor,
    fee_minor: note.feeMinor,
    total_minor: note.totalMinor,
    lines: note.lines.map((line) => ({
      line: line.line,
      sku: line.sku,
      quantity: line.quantityEach,
      net_minor: line.netMinor,
      tax_minor: line.taxMinor,
      fee_minor: line.feeMinor,
    })),
  }
}

/** The use of a credit note as the ERP contract writes it. */
export function erpCreditPosting(posting: CreditPosting): Readonly<Record<string, unknown>> {
  return {
    posting_no: posting.postingNumber,
    credit_note_no: posting.creditNoteNumber,
    customer_no: posting.customerNumber,
    currency: posting.currency,
    posted_on: posting.postedOn,
    open_minor: posting.openMinor,
    applications: posting.applications.map(({ invoiceNumber, appliedMinor }) => ({
      invoice_no: invoiceNumber,
      applied_minor: appliedMinor,
    })),
    reverses_posting_no: posting.reversesPosting,
  }
}

function partyIn(parties: readonly Party[], role: Party['role']): Party | undefined {
  return parties.find((party) => party.role === role)
}
