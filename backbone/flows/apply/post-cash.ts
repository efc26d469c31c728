import { moneyText } from '../../canonical/money.ts'
import type { InvoiceState, OrderState } from '../../canonical/order-state.ts'
import type { CashApplication, DeductionDraft } from '../../canonical/payment.ts'
import { settledMinor } from '../../policies/cash-matching/cash-facts.ts'
import type { CashSettings } from '../../policies/cash-matching/cash-policy.ts'
import { judgeDeduction } from '../../policies/cash-matching/judge-deduction.ts'
import { stageAfterRelease } from '../../policies/order-stage.ts'
import type { PolicyInForce } from '../../policies/policy-in-force.ts'
import {
  agreedPrices,
  type BilledLine,
  creditNotesNamed,
  type OpenCreditNote,
} from '../../store/cash/deduction-facts.ts'
import type { NewDeduction, SmallDifference } from '../../store/cash/record-matching.ts'
import type { TenantTx } from '../../store/database.ts'
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

/** The small differences a posting writes off, by customer. */
export function smallDifferencesOf(posting: Posting, batch: OrderBatch): SmallDifference[] {
  return posting.applications.flatMap(({ invoiceId, writeOffMinor }) => {
    const order = orderOfInvoice(batch, invoiceId)
    const invoice = order?.invoices.find((candidate) => candidate.invoiceId === invoiceId)
    if (writeOffMinor === 0 || order === undefined || invoice === undefined) return []
    return [
      {
        customerNumber: invoice.customerNumber,
        month: `${posting.bookedOn.slice(0, 7)}-01`,
        currency: order.currency,
        amountMinor: writeOffMinor,
      },
    ]
  })
}

/** A deduction of a payment, with the policy it is judged by. */
export type RaisedDeduction = {
  readonly paymentId: string
  readonly draft: DeductionDraft
  readonly policy: PolicyInForce<CashSettings>
}

type BilledOnInvoice = BilledLine & {
  readonly invoiceId: string
  readonly line: string
  readonly billedPrice: string
}

/** What an invoice of the batch billed, line by line. */
function billedLines(invoiceId: string, batch: OrderBatch): BilledOnInvoice[] {
  const order = orderOfInvoice(batch, invoiceId)
  const invoice = order?.invoices.find((candidate) => candidate.invoiceId === invoiceId)
  if (order === undefined || invoice === undefined) return []
  const shipment = order.shipments.find(({ shipmentId }) => shipmentId === invoice.shipmentId)
  return order.lines.flatMap(({ line, sku, unitPrice, invoicedEach }) => {
    const quantityEach =
      shipment?.lines.find((shipped) => shipped.line === line)?.quantityEach ?? invoicedEach
    if (sku === undefined || unitPrice === undefined || quantityEach === 0) return []
    return [
      {
        ...{ invoiceId, line, sku, quantityEach, billedPrice: unitPrice },
        lineKey: `${invoiceId}\n${line}`,
        customerNumber: invoice.customerNumber,
        currency: order.currency,
        orderedOn: order.orderedOn ?? order.receivedAt.slice(0, 10),
      },
    ]
  })
}

/** Credit notes as the deductions of a batch use them up, one after the other. */
function openCredits(credits: readonly OpenCreditNote[]) {
  const left = new Map(credits.map((credit) => [credit, credit.openMinor]))
  return (draft: DeductionDraft) => {
    const credit = credits.find(
      ({ number, customerNumber, currency }) =>
        number === draft.reference &&
        customerNumber === draft.customerNumber &&
        currency === draft.currency,
    )
    if (credit === undefined) return { creditNote: undefined, setOff: () => {} }
    const openMinor = left.get(credit) ?? 0
    return {
      creditNote: { number: credit.number, openMinor },
      setOff: (minor: number) => {
        left.set(credit, openMinor - minor)
      },
    }
  }
}

/** Judges deductions against the agreements their invoices should have been billed by. */
export async function judgeDeductions(
  tx: TenantTx,
  raised: readonly RaisedDeduction[],
  batch: OrderBatch,
): Promise<NewDeduction[]> {
  const invoiceIds = [...new Set(raised.map(({ draft }) => draft.invoiceId))]
  const billed = invoiceIds.flatMap((invoiceId) => billedLines(invoiceId, batch))
  const agreed = new Map((await agreedPrices(tx, billed)).map((price) => [price.lineKey, price]))
  const credits = await creditNotesNamed(
    tx,
    raised.flatMap(({ draft }) => draft.reference ?? []),
  )
  const creditOf = openCredits(credits)
  return raised.map(({ paymentId, draft, policy }) => {
    const { creditNote, setOff } = creditOf(draft)
    const lines = billed
      .filter(({ invoiceId }) => invoiceId === draft.invoiceId)
      .map(({ lineKey, line, quantityEach, billedPrice }) => {
        const price = agreed.get(lineKey)
        return {
          ...{ line, quantityEach, billedPrice },
          contractPrice: price?.unitPrice,
          source: price === undefined ? undefined : `agreement:${price.agreementId}`,
        }
      })
    const verdict = judgeDeduction({ ...draft, lines, creditNote }, policy)
    setOff(verdict.justifiedMinor)
    const { invoiceNumber, ...kept } = draft
    return {
      ...{ paymentId, ...kept },
      verdict: verdict.kind,
      justifiedMinor: verdict.justifiedMinor,
      evidence: verdict.evidence,
      alternatives: verdict.alternatives,
      policyVersion: verdict.policyVersion,
    }
  })
}
