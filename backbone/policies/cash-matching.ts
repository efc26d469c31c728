import type { IsoDate } from '../canonical/document.ts'
import { type Currency, currencyDecimals, type MinorUnits } from '../canonical/money.ts'
import type { RemittanceLine } from '../canonical/payment.ts'

/** An invoice that money may be for. */
export type OpenInvoice = {
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly orderId: string
  readonly currency: Currency
  readonly openMinor: MinorUnits
  readonly dueOn: IsoDate
  readonly discountUntil?: IsoDate
  readonly discountMinor: MinorUnits
}

/** Money to match. */
export type OpenPayment = {
  readonly currency: Currency
  readonly unappliedMinor: MinorUnits
  readonly bookedOn: IsoDate
  readonly remittance: readonly RemittanceLine[]
}

/** Money put to one invoice, with the rule that put it there. */
export type CashApplication = {
  readonly invoiceId: string
  readonly appliedMinor: MinorUnits
  readonly discountMinor: MinorUnits
  readonly reason: string
}

/** A short payment up to this is written off as a small difference (domain rules C3: min of 5.00 and 0.5 %). */
function smallDifferenceMinor(openMinor: MinorUnits, currency: Currency): MinorUnits {
  const fiveUnits = 5 * 10 ** currencyDecimals(currency)
  return Math.min(fiveUnits, Math.floor(openMinor / 200))
}

function allowedShortfall(
  invoice: OpenInvoice,
  payment: OpenPayment,
  offeredMinor: MinorUnits,
): { amountMinor: MinorUnits; reason: string } | undefined {
  const shortMinor = invoice.openMinor - offeredMinor
  if (shortMinor <= 0) return undefined
  const isInTime = invoice.discountUntil !== undefined && payment.bookedOn <= invoice.discountUntil
  if (isInTime && shortMinor === invoice.discountMinor)
    return { amountMinor: shortMinor, reason: 'reference and amount less the earned discount' }
  if (shortMinor <= smallDifferenceMinor(invoice.openMinor, invoice.currency))
    return {
      amountMinor: shortMinor,
      reason: 'reference and amount within the small-difference tolerance',
    }
  return undefined
}

/** A remittance may name an invoice several times: what it gives to one invoice is the sum. */
function byInvoice(
  remittance: readonly RemittanceLine[],
): Pick<RemittanceLine, 'invoiceNumber' | 'paidMinor'>[] {
  const sums = new Map<string, MinorUnits>()
  for (const { invoiceNumber, paidMinor } of remittance)
    sums.set(invoiceNumber, (sums.get(invoiceNumber) ?? 0) + paidMinor)
  return [...sums].map(([invoiceNumber, paidMinor]) => ({ invoiceNumber, paidMinor }))
}

/**
 * Matches money to the invoices its remittance names (domain rules 3.5, passes 1-3). What exceeds an open
 * amount, or names an invoice we do not have, stays unapplied; so does money without a
 * remittance.
 */
export function matchCash(
  payment: OpenPayment,
  invoices: readonly OpenInvoice[],
): CashApplication[] {
  const eligible = invoices.filter(
    (invoice) => invoice.currency === payment.currency && invoice.openMinor > 0,
  )
  if (payment.remittance.length === 0) return []
  let leftMinor = payment.unappliedMinor
  const applications: CashApplication[] = []
  for (const line of byInvoice(payment.remittance)) {
    const invoice = eligible.find((candidate) => candidate.invoiceNumber === line.invoiceNumber)
    if (invoice === undefined || leftMinor <= 0) continue
    const appliedMinor = Math.min(line.paidMinor, invoice.openMinor, leftMinor)
    if (appliedMinor <= 0) continue
    const shortfall = allowedShortfall(invoice, payment, appliedMinor)
    leftMinor -= appliedMinor
    applications.push({
      invoiceId: invoice.invoiceId,
      appliedMinor,
      discountMinor: shortfall?.amountMinor ?? 0,
      reason:
        shortfall?.reason ??
        (appliedMinor === invoice.openMinor
          ? 'exact reference and amount'
          : 'reference, part of the amount'),
    })
  }
  return applications
}
