import { sql } from 'drizzle-orm'
import type { IsoDate } from '../../canonical/document.ts'
import { asTextList, type TenantTx } from '../database.ts'

/** A stored rate: so much of `to` for one of `from`. */
export type StoredRate = {
  readonly rateId: string
  readonly from: string
  readonly to: string
  readonly rate: string
}

/** The newest rates between some currencies that were stored for a day or before it. */
export function ratesOn(
  tx: TenantTx,
  currencies: readonly string[],
  today: IsoDate,
): Promise<StoredRate[]> {
  if (currencies.length < 2) return Promise.resolve([])
  return tx.rows<StoredRate>(sql`
    select distinct on (base, quote) rate_id as "rateId", base as "from", quote as "to",
      trim_scale(rate)::text as rate
    from exchange_rate
    where base = any(${asTextList(currencies)}) and quote = any(${asTextList(currencies)})
      and valid_on <= ${today}::date
    order by base, quote, valid_on desc, rate_id`)
}

/** Money that is probably a customer's and in none of its books: somebody has yet to apply it. */
export type UndecidedReceipt = {
  readonly customerNumber: string
  readonly paymentNumber: string
  readonly currency: string
  readonly amountMinor: number
}

/** Payments without a customer of which an open proposal says that they are for these customers' invoices. */
export function undecidedReceipts(
  tx: TenantTx,
  customerNumbers: readonly string[],
): Promise<UndecidedReceipt[]> {
  if (customerNumbers.length === 0) return Promise.resolve([])
  return tx.rows<UndecidedReceipt>(sql`
    select distinct invoice.customer_number as "customerNumber", payment.payment_number as "paymentNumber",
      payment.currency, payment.unapplied_minor as "amountMinor"
    from payment
    join cash_proposal proposal on proposal.payment_id = payment.payment_id and proposal.status = 'open'
    cross join lateral jsonb_array_elements(proposal.applications) as application
    join invoice on invoice.invoice_id = application->>'invoiceId'
      and invoice.customer_number = any(${asTextList(customerNumbers)})
    where payment.unapplied_minor > 0 and payment.customer_number is null and not payment.is_reversal
    order by 1, 2 limit 20`)
}
