import { moneyText } from '../../canonical/money.ts'
import type { InvoiceState, OrderState } from '../../canonical/order-state.ts'
import type { CashApplication } from '../../canonical/payment.ts'
import { settledMinor } from '../../policies/cash-matching/cash-facts.ts'
import { stageAfterRelease } from '../../policies/order-stage.ts'
import type { SmallDifference } from '../../store/cash/record-matching.ts'
import type { OrderBatch } from '../order-batch.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'

/** Money with the invoices it is put to, as it goes on the orders' timelines and into the ERP. */
export type Posting = {
  readonly paymentId: string
  readonly paymentNumber: string
  readonly currency: string
  readonly amountMinor: number
  readonly bookedOn: string
  /** Postings sent before this one. */
  readonly postings: number
  readonly applications: readonly CashApplication[]
  readonly unappliedMinor: number
  /** Who put it there. */
  readonly actor: string
  readonly traceParent?: string | undefined
}

/** The order an invoice of the batch belongs to. */
export function orderOfInvoice(batch: OrderBatch, invoiceId: string): OrderState | undefined {
  return batch.find((order) => order.invoices.some((invoice) => invoice.invoiceId === invoiceId))
}

/** Writes a changed open amount on an order; its stage follows. */
export function withOpenAmount(
  order: OrderState,
  invoiceId: string,
  openMinor: (invoice: InvoiceState) => number,
): OrderState {
  const invoices = order.invoices.map((invoice) =>
    invoice.invoiceId === invoiceId ? { ...invoice, openMinor: openMinor(invoice) } : invoice,
  )
  const changed = { ...order, invoices }
  return { ...changed, stage: stageAfterRelease(changed) }
}

/** Takes money off the open amounts of the invoices it pays. */
export function payInvoices(posting: Posting, batch: OrderBatch): void {
  for (const application of posting.applications) {
    const order = orderOfInvoice(batch, application.invoiceId)
    if (order === undefined) continue
    batch.decide({
      order: withOpenAmount(
        order,
        application.invoiceId,
        (invoice) => invoice.openMinor - settledMinor(application),
      ),
      events: [
        {
          kind: 'payment.applied',
          actor: posting.actor,
          summary: `Payment ${posting.paymentNumber}: ${moneyText(application.appliedMinor, order.currency)} to ${application.invoiceNumber} (${application.reason}).`,
          body: { paymentNumber: posting.paymentNumber, ...application },
        },
      ],
    })
  }
}

/** The number the ERP knows a posting by: the payment's own first, then one for each later posting. */
export function postingNumber({
  paymentNumber,
  postings,
}: Pick<Posting, 'paymentNumber' | 'postings'>): string {
  return postings === 0 ? paymentNumber : `${paymentNumber}.${postings + 1}`
}

/** Tells the ERP what money was put to; later postings of the same money say what they continue. */
export function erpPosting(posting: Posting, batch: OrderBatch): OutboundIntent[] {
  const erp = batch.setting.system('erp')
  const { applications, currency, bookedOn, unappliedMinor, traceParent } = posting
  if (erp === undefined || applications.length === 0) return []
  const isFirst = posting.postings === 0
  const number = postingNumber(posting)
  return [
    {
      operation: 'erp.post-payment',
      connectionId: erp.connectionId,
      document: {
        docType: 'payment-posting',
        paymentNumber: number,
        ...{ currency, bookedOn, unappliedMinor },
        // The money itself is posted once.
        amountMinor: isFirst ? posting.amountMinor : 0,
        applications: applications.map(
          ({ invoiceNumber, appliedMinor, discountMinor, writeOffMinor, feeMinor, ...fx }) => ({
            ...{ invoiceNumber, appliedMinor, discountMinor },
            ...(writeOffMinor === 0 ? {} : { writeOffMinor }),
            ...(feeMinor === 0 ? {} : { feeMinor }),
            ...(fx.fxDifferenceMinor === 0 ? {} : { fxDifferenceMinor: fx.fxDifferenceMinor }),
          }),
        ),
        ...(isFirst ? {} : { continuesPayment: posting.paymentNumber }),
      },
      naturalKey: number,
      orderingKey: posting.paymentNumber,
      idempotencyKey: `${erp.connectionId}:payment:${number}:${applications.map(({ invoiceId }) => invoiceId).join('+')}`,
      amountMinor: posting.amountMinor,
      ...(traceParent === undefined ? {} : { traceParent }),
    },
  ]
}

/** The small differences a posting writes off and the fees it bears, by customer. */
export function smallDifferencesOf(posting: Posting, batch: OrderBatch): SmallDifference[] {
  return posting.applications.flatMap(({ invoiceId, writeOffMinor, feeMinor }) => {
    const order = orderOfInvoice(batch, invoiceId)
    const invoice = order?.invoices.find((candidate) => candidate.invoiceId === invoiceId)
    if (order === undefined || invoice === undefined || writeOffMinor + feeMinor === 0) return []
    return [
      {
        customerNumber: invoice.customerNumber,
        month: `${posting.bookedOn.slice(0, 7)}-01`,
        currency: order.currency,
        amountMinor: writeOffMinor,
        feeMinor,
      },
    ]
  })
}
