import { moneyText } from '../../canonical/money.ts'
import { settledMinor } from '../../policies/cash-matching/cash-facts.ts'
import type { PaymentRow } from '../../store/cash/payments.ts'
import { addSmallDifferences, closeProposals } from '../../store/cash/record-matching.ts'
import { type TakenBack, type TakingBack, takeBack } from '../../store/cash/take-back.ts'
import { standingCreditUses } from '../../store/credits/credit-applications.ts'
import type { TenantTx } from '../../store/database.ts'
import type { OrderBatch } from '../order-batch.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'
import { orderOfInvoice, postingNumber, withOpenAmount } from './post-cash.ts'
import { takeBackCredits } from './use-credits.ts'

/** Money that is taken off its invoices again: by the bank's reversal, or by a person who puts a match right. */
export type CashTakenBack = TakingBack & {
  readonly payment: PaymentRow
  /** The bank's reversal under its own number; absent when the money is still there. */
  readonly reversalNumber?: string
  readonly bookedOn: string
}

type Reopened = TakenBack & { readonly invoiceNumber: string }

function reopenInvoice(taking: CashTakenBack, money: TakenBack, batch: OrderBatch): Reopened[] {
  const order = orderOfInvoice(batch, money.invoiceId)
  const invoice = order?.invoices.find((candidate) => candidate.invoiceId === money.invoiceId)
  if (order === undefined || invoice === undefined) return []
  const { invoiceNumber } = invoice
  const letGoMinor = settledMinor(money) - money.appliedMinor
  const withIt =
    letGoMinor === 0
      ? ''
      : `, and ${moneyText(letGoMinor, order.currency)} that were let go with it`
  const { paymentNumber } = taking.payment
  batch.decide({
    order: withOpenAmount(order, money.invoiceId, (open) => open.openMinor + settledMinor(money)),
    events: [
      {
        kind: 'payment.taken-back',
        actor: taking.takenBackBy,
        summary: `Payment ${paymentNumber}: ${moneyText(money.appliedMinor, order.currency)} taken off ${invoiceNumber} again${withIt} (${taking.reason}).`,
        body: { paymentNumber, reversalNumber: taking.reversalNumber, ...money },
      },
    ],
  })
  return [{ ...money, invoiceNumber }]
}

function tellErp(
  taking: CashTakenBack,
  reopened: readonly Reopened[],
  batch: OrderBatch,
): OutboundIntent[] {
  const erp = batch.setting.system('erp')
  const { payment, reversalNumber, bookedOn } = taking
  const isGone = reversalNumber !== undefined
  // Money the ERP has heard of and that is gone is told even when it was on account.
  const isToTell = reopened.length > 0 || (isGone && payment.postings > 0)
  if (erp === undefined || !isToTell) return []
  const number = reversalNumber ?? postingNumber(payment)
  return [
    {
      operation: 'erp.post-payment',
      connectionId: erp.connectionId,
      document: {
        docType: 'payment-posting',
        paymentNumber: number,
        ...{ currency: payment.currency, bookedOn },
        amountMinor: isGone ? -payment.amountMinor : 0,
        applications: reopened.map((money) => ({
          invoiceNumber: money.invoiceNumber,
          appliedMinor: -money.appliedMinor,
          discountMinor: money.discountMinor === 0 ? 0 : -money.discountMinor,
          ...(money.writeOffMinor === 0 ? {} : { writeOffMinor: -money.writeOffMinor }),
          ...(money.feeMinor === 0 ? {} : { feeMinor: -money.feeMinor }),
          ...(money.fxDifferenceMinor === 0 ? {} : { fxDifferenceMinor: -money.fxDifferenceMinor }),
        })),
        unappliedMinor: isGone ? 0 : payment.amountMinor,
        reversesPayment: payment.paymentNumber,
      },
      naturalKey: number,
      orderingKey: payment.paymentNumber,
      idempotencyKey: `${erp.connectionId}:payment:${number}:reverses:${payment.paymentId}`,
      amountMinor: payment.amountMinor,
    },
  ]
}

/** Credits that payers set off with their money go back with it, before the deductions they cleared are withdrawn. */
async function takeBackCreditsOf(
  tx: TenantTx,
  takings: readonly CashTakenBack[],
  batch: OrderBatch,
): Promise<OutboundIntent[]> {
  const paymentIds = takings.map(({ paymentId }) => paymentId)
  const uses = await standingCreditUses(tx, { paymentIds })
  const sends: OutboundIntent[] = []
  for (const { paymentId, takenBackBy: actor, reason } of takings) {
    const own = uses.filter((use) => use.paymentId === paymentId)
    if (own.length === 0) continue
    const back = await takeBackCredits(tx, own, { by: { actor, reason }, batch })
    sends.push(...back.sends)
  }
  return sends
}

/**
 * Reopens exactly what payments had paid, discount, small difference, fee and credits set off with them included
 * (domain rules C12), and tells the ERP. The caller holds the locks of the payments and of their orders.
 */
export async function takeBackCash(
  tx: TenantTx,
  takings: readonly CashTakenBack[],
  batch: OrderBatch,
): Promise<{ taken: readonly TakenBack[]; sends: OutboundIntent[] }> {
  const credits = await takeBackCreditsOf(tx, takings, batch)
  const taken = await takeBack(
    tx,
    takings.map(({ paymentId, reversalPaymentId, takenBackBy, reason }) => ({
      ...{ paymentId, takenBackBy, reason },
      ...(reversalPaymentId === undefined ? {} : { reversalPaymentId }),
    })),
  )
  await closeProposals(
    tx,
    takings.map((taking) => taking.paymentId),
  )
  await addSmallDifferences(
    tx,
    taken.flatMap((money) => writeOffBack(money, takings, batch)),
  )
  const sends = takings.flatMap((taking) => {
    const ofPayment = taken.filter((money) => money.paymentId === taking.paymentId)
    const reopened = ofPayment.flatMap((money) => reopenInvoice(taking, money, batch))
    return tellErp(taking, reopened, batch)
  })
  return { taken, sends: [...sends, ...credits] }
}

function writeOffBack(money: TakenBack, takings: readonly CashTakenBack[], batch: OrderBatch) {
  const order = orderOfInvoice(batch, money.invoiceId)
  const invoice = order?.invoices.find((candidate) => candidate.invoiceId === money.invoiceId)
  const payment = takings.find((taking) => taking.paymentId === money.paymentId)?.payment
  if (order === undefined || invoice === undefined || money.writeOffMinor + money.feeMinor === 0)
    return []
  return payment === undefined
    ? []
    : [
        {
          customerNumber: invoice.customerNumber,
          month: `${payment.bookedOn.slice(0, 7)}-01`,
          currency: order.currency,
          amountMinor: -money.writeOffMinor,
          feeMinor: -money.feeMinor,
        },
      ]
}
