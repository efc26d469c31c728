import { addDays } from '../canonical/calendar.ts'
import type { IsoDate, PaymentTerms } from '../canonical/document.ts'
import { type MinorUnits, percentOfMinor } from '../canonical/money.ts'

/** When an invoice is due, and the discount for paying early. */
export type DueTerms = {
  readonly dueOn: IsoDate
  readonly discountUntil?: IsoDate
  readonly discountMinor: MinorUnits
}

/** Works out due date and discount from terms such as 2/10 net 30; day 0 is the invoice date; 30 days without terms. */
export function dueTerms(
  invoicedOn: IsoDate,
  totalMinor: MinorUnits,
  terms: PaymentTerms,
): DueTerms {
  const dueOn = addDays(invoicedOn, terms.netDays ?? 30)
  if (terms.discountPercent === undefined || terms.discountDays === undefined)
    return { dueOn, discountMinor: 0 }
  return {
    dueOn,
    discountUntil: addDays(invoicedOn, terms.discountDays),
    discountMinor: percentOfMinor(totalMinor, terms.discountPercent),
  }
}
