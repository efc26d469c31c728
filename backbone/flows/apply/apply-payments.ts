import { newId } from '../../canonical/ids.ts'
import { moneyText } from '../../canonical/money.ts'
import type { InvoiceState, OrderState } from '../../canonical/order-state.ts'
import type { Payment } from '../../canonical/payment.ts'
import { type CashApplication, matchCash, type OpenInvoice } from '../../policies/cash-matching.ts'
import { stageAfterRelease } from '../../policies/order-stage.ts'
import {
  knownInvoiceNumbers,
  type NewApplication,
  type PaymentRow,
  recordApplications,
  recordPayments,
} from '../../store/cash/payments.ts'
import type { TenantTx } from '../../store/database.ts'
import type { DocumentResult } from '../../store/flow/inbound-documents.ts'
import type { OrderBatch } from '../order-batch.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'
import type { Waiting } from './applied.ts'

function openInvoices(orders: readonly OrderState[]): OpenInvoice[] {
  return orders.flatMap((order) =>
    order.invoices.map((invoice) => ({
      ...invoice,
      orderId: order.orderId,
      currency: order.currency,
    })),
  )
}

function paidInvoice(invoice: InvoiceState, application: CashApplication): InvoiceState {
  return {
    ...invoice,
    openMinor: invoice.openMinor - application.appliedMinor - application.discountMinor,
  }
}

function postToErp(
  payment: Payment,
  row: PaymentRow,
  applications: readonly CashApplication[],
  batch: OrderBatch,
): OutboundIntent[] {
  const erp = batch.setting.system('erp')
  if (erp === undefined) return []
  const invoices = openInvoices(batch.all())
  const numberOf = (invoiceId: string) =>
    invoices.find((invoice) => invoice.invoiceId === invoiceId)?.invoiceNumber ?? ''
  return [
    {
      operation: 'erp.post-payment',
      connectionId: erp.connectionId,
      document: {
        docType: 'payment-posting',
        paymentNumber: payment.paymentNumber,
        currency: payment.currency,
        amountMinor: payment.amountMinor,
        bookedOn: payment.bookedOn,
        applications: applications.map(({ invoiceId, appliedMinor, discountMinor }) => ({
          invoiceNumber: numberOf(invoiceId),
          appliedMinor,
          discountMinor,
        })),
        unappliedMinor:
          row.unappliedMinor -
          applications.reduce((sum, application) => sum + application.appliedMinor, 0),
      },
      naturalKey: payment.paymentNumber,
      orderingKey: payment.paymentNumber,
      idempotencyKey: `${erp.connectionId}:payment:${payment.paymentNumber}:${applications.map(({ invoiceId }) => invoiceId).join('+')}`,
      amountMinor: payment.amountMinor,
    },
  ]
}

function applyToOrders(
  payment: Payment,
  applications: readonly CashApplication[],
  batch: OrderBatch,
): void {
  for (const application of applications) {
    const order = batch.find((candidate) =>
      candidate.invoices.some((invoice) => invoice.invoiceId === application.invoiceId),
    )
    const invoice = order?.invoices.find(
      (candidate) => candidate.invoiceId === application.invoiceId,
    )
    if (order === undefined || invoice === undefined) continue
    const invoices = order.invoices.map((other) =>
      other === invoice ? paidInvoice(other, application) : other,
    )
    const paid: OrderState = { ...order, invoices }
    batch.decide({
      order: { ...paid, stage: stageAfterRelease(paid) },
      events: [
        {
          kind: 'payment.applied',
          actor: 'cash-matching',
          summary: `Payment ${payment.paymentNumber}: ${moneyText(application.appliedMinor, order.currency)} to ${invoice.invoiceNumber} (${application.reason}).`,
          body: { paymentNumber: payment.paymentNumber, ...application },
        },
      ],
    })
  }
}

function resultOf(
  document: Waiting<Payment>,
  row: PaymentRow,
  applied: number,
  missing: string | undefined,
): DocumentResult {
  const { documentId, canonical } = document
  if (row.documentId !== documentId)
    return {
      documentId,
      status: 'duplicate',
      reason: `Payment ${canonical.paymentNumber} was reported before.`,
    }
  if (canonical.isReversal)
    return {
      documentId,
      status: 'quarantined',
      reason: `Payment ${canonical.paymentNumber} takes money back: a person must reopen what it had paid.`,
    }
  if (missing !== undefined)
    return {
      documentId,
      status: 'parked',
      waitsFor: `invoice:${missing}`,
      reason: `Invoice ${missing} is not known yet; the money is unapplied.`,
    }
  const left = row.unappliedMinor - applied
  return {
    documentId,
    status: 'applied',
    ...(left === 0 ? {} : { reason: `${moneyText(left, canonical.currency)} stay unapplied.` }),
  }
}

/** Records money and matches it to the invoices its remittance names; the rest stays visible as unapplied cash. */
export async function applyPayments(
  tx: TenantTx,
  documents: readonly Waiting<Payment>[],
  batch: OrderBatch,
): Promise<{ results: DocumentResult[]; sends: OutboundIntent[] }> {
  const rows = await recordPayments(
    tx,
    documents.map(({ documentId, connectionId, canonical }) => ({
      paymentId: newId('pay'),
      paymentNumber: canonical.paymentNumber,
      connectionId,
      documentId,
      currency: canonical.currency,
      amountMinor: canonical.amountMinor,
      bookedOn: canonical.bookedOn,
      isReversal: canonical.isReversal,
    })),
  )
  const known = await knownInvoiceNumbers(
    tx,
    documents.flatMap(({ canonical }) => canonical.remittance.map((line) => line.invoiceNumber)),
  )
  const results: DocumentResult[] = []
  const sends: OutboundIntent[] = []
  const recorded: NewApplication[] = []
  for (const document of documents) {
    const payment = document.canonical
    const row = rows.find(
      (candidate) =>
        candidate.paymentNumber === payment.paymentNumber &&
        candidate.connectionId === document.connectionId,
    )
    if (row === undefined) continue
    const isOurs = row.documentId === document.documentId && !payment.isReversal
    // Money that waited for one of its invoices has been put to the others already.
    const candidates = openInvoices(batch.all()).filter(
      (invoice) => !row.paidInvoiceIds.includes(invoice.invoiceId),
    )
    const applications = isOurs
      ? matchCash({ ...payment, unappliedMinor: row.unappliedMinor }, candidates)
      : []
    const applied = applications.reduce((sum, application) => sum + application.appliedMinor, 0)
    const missing = payment.remittance.find((line) => !known.has(line.invoiceNumber))?.invoiceNumber
    if (applications.length > 0)
      sends.push(...traced(postToErp(payment, row, applications, batch), document))
    applyToOrders(payment, applications, batch)
    recorded.push(
      ...applications.map((application) => ({ paymentId: row.paymentId, ...application })),
    )
    results.push(resultOf(document, row, applied, missing))
  }
  await recordApplications(tx, recorded)
  return { results, sends }
}

function traced(sends: readonly OutboundIntent[], document: Waiting<Payment>): OutboundIntent[] {
  const { traceParent } = document
  return sends.map((send) => (traceParent === null ? send : { ...send, traceParent }))
}
