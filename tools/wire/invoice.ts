import { z } from 'zod'
import type { InvoiceView } from '../../backbone/canonical/views/invoice-view.ts'
import type { PaymentView } from '../../backbone/canonical/views/payment-view.ts'
import { given } from './given.ts'
import { Money, moneyOf } from './money.ts'
import { reference } from './outside-text.ts'

/** A bill and what of it is open. */
export const WireInvoice = z.object({
  invoice_id: z.string(),
  invoice_number: z.string(),
  order_id: z.string(),
  order_number: z.string().optional(),
  customer_number: z.string(),
  status: z.string(),
  total: Money,
  open: Money,
  invoiced_on: z.string(),
  due_on: z.string(),
  discount_until: z.string().optional(),
  discount: Money.optional().describe('What may be taken off until then.'),
})

/** An invoice as it goes over the wire. */
export function invoiceOf(invoice: InvoiceView): z.input<typeof WireInvoice> {
  const { currency, discountUntil, discountMinor } = invoice
  return given({
    invoice_id: invoice.invoiceId,
    invoice_number: invoice.invoiceNumber,
    order_id: invoice.orderId,
    order_number: invoice.orderNumber,
    customer_number: invoice.customerNumber,
    status: invoice.status,
    total: moneyOf(invoice.totalMinor, currency),
    open: moneyOf(invoice.openMinor, currency),
    invoiced_on: invoice.invoicedOn,
    due_on: invoice.dueOn,
    discount_until: discountUntil,
    discount: discountUntil === null ? null : moneyOf(discountMinor, currency),
  })
}

/** Money that arrived. */
export const WirePayment = z.object({
  payment_id: z.string(),
  payment_number: z.string().describe('As the bank wrote it.'),
  customer_number: z.string().optional(),
  amount: Money,
  unapplied: Money,
  booked_on: z.string(),
  is_reversal: z.boolean(),
})

/** A payment as it goes over the wire. */
export function paymentOf(payment: PaymentView): z.input<typeof WirePayment> {
  const { currency } = payment
  return given({
    payment_id: payment.paymentId,
    payment_number: reference(payment.paymentNumber),
    customer_number: payment.customerNumber,
    amount: moneyOf(payment.amountMinor, currency),
    unapplied: moneyOf(payment.unappliedMinor, currency),
    booked_on: payment.bookedOn,
    is_reversal: payment.isReversal,
  })
}
