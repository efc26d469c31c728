import type { IsoDate } from '../../canonical/document.ts'
import type { MinorUnits } from '../../canonical/money.ts'

/** Money that came and may have been taken back. */
export type ReversiblePayment = {
  readonly paymentId: string
  readonly paymentNumber: string
  readonly connectionId: string
  readonly amountMinor: MinorUnits
  readonly bookedOn: IsoDate
  readonly referenceKey: string | null
}

/** A bank's report that money was taken back. */
export type Reversal = {
  readonly paymentNumber: string
  readonly connectionId: string
  readonly reversesPayment?: string | undefined
  readonly amountMinor: MinorUnits
  readonly bookedOn: IsoDate
  readonly referenceKey: string | null
}

/**
 * The payment a reversal takes back: the one it names; else the one payment of the account with the same amount
 * and references before it. A text when it cannot be told.
 */
export function findReversed(
  reversal: Reversal,
  payments: readonly ReversiblePayment[],
): ReversiblePayment | string {
  const { reversesPayment, paymentNumber, connectionId, referenceKey } = reversal
  const ofBank = payments.filter(
    (payment) =>
      payment.connectionId === connectionId &&
      Math.abs(payment.amountMinor) === Math.abs(reversal.amountMinor),
  )
  if (reversesPayment !== undefined) {
    const named = ofBank.find((payment) => payment.paymentNumber === reversesPayment)
    return named ?? `no payment ${reversesPayment} of this amount is there to be taken back`
  }
  const alike = ofBank.filter(
    (payment) =>
      payment.paymentNumber !== paymentNumber &&
      referenceKey !== null &&
      payment.referenceKey === referenceKey &&
      payment.bookedOn <= reversal.bookedOn,
  )
  const [only, another] = alike
  if (only === undefined) return 'it names no payment, and none has its amount and references'
  return another === undefined ? only : 'several payments have its amount and references'
}
