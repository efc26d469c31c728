import type { Payment } from '../../canonical/payment.ts'
import type { Payer, StoredRate } from '../../policies/cash-matching/cash-facts.ts'
import type {
  InvoiceFact,
  SameReference,
  WrittenOff,
  WrittenOffQuestion,
} from '../../store/cash/matching-facts.ts'
import type { PaymentRow } from '../../store/cash/payments.ts'
import type { Waiting } from './applied.ts'

/** The document a payment was reported by, as far as matching needs it. */
export type PaymentDocument = Pick<
  Waiting<Payment>,
  'documentId' | 'canonical' | 'partnerId' | 'traceParent'
>

/** A payment that is to be matched, with who paid it. */
export type CashPayment = {
  readonly document: PaymentDocument
  readonly row: PaymentRow
  readonly payer: Payer
}

/** What the books hold that payments are matched by. */
export type CashBooks = {
  readonly named: readonly InvoiceFact[]
  /** Open invoices of the payers whose money names none that fits. */
  readonly ofPayers: readonly InvoiceFact[]
  readonly sameReference: readonly SameReference[]
  readonly writtenOff: readonly WrittenOff[]
  /** Exchange rates stored on the days on which money of other currencies than its invoices' was booked. */
  readonly ratesOn: ReadonlyMap<string, readonly StoredRate[]>
}

/** Money taken back, with the payment it was, or why that cannot be told. */
export type CashReversal = {
  readonly document: Waiting<Payment>
  readonly row: PaymentRow
  readonly reversed: PaymentRow | string
}

/** The payments of a batch, recorded and locked, with everything they are matched by. */
export type OpenedCash = {
  readonly payments: readonly CashPayment[]
  readonly reversals: readonly CashReversal[]
  /** Documents that report what was reported before. */
  readonly repeated: readonly Waiting<Payment>[]
  readonly books: CashBooks
  /** Whose small differences count, in which months. */
  readonly differences: Omit<WrittenOffQuestion, 'isLocked'>
  /** Some would be written off as things stand. */
  readonly hasWriteOffs: boolean
  /** Orders that the payments will move as things stand: the caller locks them with the others. */
  readonly orderIds: readonly string[]
}
