import type { Evidence } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import type { Currency, DecimalText, MinorUnits } from '../../canonical/money.ts'
import type { CashApplication, Payment, RemittanceLine } from '../../canonical/payment.ts'

/** An invoice that money may be for, with what is open of it. */
export type OpenItem = {
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly orderId: string
  readonly customerNumber: string
  readonly currency: Currency
  readonly openMinor: MinorUnits
  readonly invoicedOn: IsoDate
  readonly dueOn: IsoDate
  readonly discountUntil?: IsoDate
  /** What of the early-payment discount has not been taken yet. */
  readonly discountMinor: MinorUnits
}

/** Money to match: what of it is not yet matched, and what its remittance says. */
export type PaymentToApply = Pick<
  Payment,
  | 'paymentNumber'
  | 'currency'
  | 'amountMinor'
  | 'bookedOn'
  | 'remittance'
  | 'remittanceText'
  | 'method'
  | 'isForeign'
  | 'bankChargesMinor'
> & {
  readonly unappliedMinor: MinorUnits
  /** Version of the X12 group it came in (GS08), which says how adjustments are signed. */
  readonly formatVersion?: string | undefined
}

/** Who paid, as far as it is known, and whose invoices the money may be for. */
export type Payer = {
  readonly customerNumber?: string
  /** It said so itself, or a person did: what it pays for others is then looked at. Otherwise it was learned. */
  readonly isCertain: boolean
  /** The payer and the customers it pays for. */
  readonly payableCustomers: readonly string[]
  readonly evidence: readonly Evidence[]
}

/** An earlier payment that looks like this one. */
type EarlierPayment = {
  readonly paymentNumber: string
  readonly bookedOn: IsoDate
  readonly amountMinor: MinorUnits
}

/** A stored exchange rate: one unit of `from` is `rate` units of `to`. */
export type StoredRate = {
  readonly from: Currency
  readonly to: Currency
  readonly rate: DecimalText
}

/** Small differences written off, and bank fees borne, for a customer in one currency. */
export type LetGo = {
  readonly customerNumber: string
  readonly currency: Currency
  readonly writtenOffMinor: MinorUnits
  readonly feeMinor: MinorUnits
}

/** Everything a payment is matched by. */
export type CashFacts = {
  readonly payment: PaymentToApply
  readonly payer: Payer
  readonly items: readonly OpenItem[]
  /** Invoice numbers of the remittance that exist, open or not. */
  readonly existingNumbers: ReadonlySet<string>
  /** Invoices this money has been put to before. */
  readonly paidInvoiceIds: readonly string[]
  /** Invoices that a person took this money off: only a person puts it there again. */
  readonly takenOffInvoiceIds: readonly string[]
  /** Bank fees borne with what of the money has been put to invoices already. */
  readonly feesBorne: readonly { readonly currency: Currency; readonly feeMinor: MinorUnits }[]
  /** Payments with the same payer, amount and reference, this one not among them. */
  readonly earlier: readonly EarlierPayment[]
  /** What was let go this month for the customers, by the currency of their invoices. */
  readonly letGo: readonly LetGo[]
  readonly rates: readonly StoredRate[]
}

/** A remittance line with its signs read: what the payer gives to one invoice, net. */
export type GivenLine = Pick<
  RemittanceLine,
  'invoiceNumber' | 'paidMinor' | 'discountMinor' | 'deductionMinor' | 'deductionCode'
> & {
  readonly currency?: Currency | undefined
  readonly settlesMinor?: MinorUnits | undefined
  /** Credits the payer set off against this invoice, each with the number it names. */
  readonly creditsTaken: readonly { readonly reference: string; readonly amountMinor: MinorUnits }[]
}

/** What the open amount of an invoice falls by. */
export function settledMinor(
  application: Pick<
    CashApplication,
    'appliedMinor' | 'discountMinor' | 'writeOffMinor' | 'feeMinor'
  >,
): MinorUnits {
  const { appliedMinor, discountMinor, writeOffMinor, feeMinor } = application
  return appliedMinor + discountMinor + writeOffMinor + feeMinor
}
