import { type SQL, sql } from 'drizzle-orm'
import type { ContactMade, StopKind } from '../../canonical/collections.ts'
import type { TenantTx } from '../database.ts'

/** One customer, or all of the tenant. */
export type LedgerScope = { readonly customerNumber?: string | undefined }

const only = (column: SQL, { customerNumber }: LedgerScope): SQL =>
  customerNumber === undefined ? sql`true` : sql`${column} = ${customerNumber}::text`

/** An open invoice: number, invoiced on, due on, total, open, and the terms where it is due in instalments. */
export type OpenInvoiceTuple = readonly [
  invoiceNumber: string,
  invoicedOn: string,
  dueOn: string,
  totalMinor: number,
  openMinor: number,
  terms: unknown,
]

/** The open invoices of a customer in one currency. */
export type OpenInvoicesRow = {
  readonly customerNumber: string
  readonly currency: string
  readonly invoices: readonly OpenInvoiceTuple[]
}

/** Every open invoice by customer and currency: one statement, one row a customer, so that 100,000 invoices are quick. */
export async function openInvoices(tx: TenantTx, scope: LedgerScope): Promise<OpenInvoicesRow[]> {
  return tx.rows(sql`
    select invoice.customer_number as "customerNumber", invoice.currency,
      json_agg(json_build_array(invoice_number, invoiced_on, due_on, invoice.total_minor, open_minor,
        case when jsonb_exists(orders.terms, 'instalments') then orders.terms end)) as invoices
    from invoice left join orders on orders.order_id = invoice.order_id
    where open_minor > 0 and ${only(sql`invoice.customer_number`, scope)}
    group by invoice.customer_number, invoice.currency`)
}

/** What the customer file says that collections needs. */
export type LedgerCustomerRow = {
  readonly customerNumber: string
  readonly name: string
  readonly currency: string
  readonly segment: string
  readonly legalKind: string
  readonly timeZone: string | null
  readonly language: string | null
  readonly country: string | null
  readonly collector: string | null
  readonly isInsolvent: boolean
  readonly customerSince: string | null
  readonly contacts: readonly unknown[]
}

/** The customers of a scope that owe something, or the one that is asked for. */
export async function ledgerCustomers(
  tx: TenantTx,
  scope: LedgerScope,
): Promise<LedgerCustomerRow[]> {
  const who =
    scope.customerNumber === undefined
      ? sql`customer_number in (select customer_number from invoice where open_minor > 0)`
      : only(sql`customer_number`, scope)
  return tx.rows(sql`
    select customer_number as "customerNumber", name, currency, segment, legal_kind as "legalKind",
      time_zone as "timeZone", language, settings ->> 'collector' as collector,
      (select address -> 'address' ->> 'country' from jsonb_array_elements(addresses) as address
        where address ->> 'role' = 'bill-to' limit 1) as country,
      coalesce((credit ->> 'isInsolvent')::boolean, false) as "isInsolvent",
      coalesce(credit ->> 'openedOn', (select min(invoiced_on)::text from invoice
        where invoice.customer_number = customer.customer_number)) as "customerSince", contacts
    from customer where ${who}`)
}

/** Money of a customer that no invoice has used yet. */
export type LedgerMoneyRow = {
  readonly customerNumber: string
  readonly currency: string
  readonly unappliedMinor: number
  readonly creditsMinor: number
  readonly moneySeenOn: string | null
}

/** Unapplied payments and open credit notes by customer and currency. */
export async function ledgerMoney(tx: TenantTx, scope: LedgerScope): Promise<LedgerMoneyRow[]> {
  return tx.rows(sql`
    select customer_number as "customerNumber", currency, sum(unapplied)::bigint as "unappliedMinor",
      sum(credit)::bigint as "creditsMinor", max(seen_on) as "moneySeenOn"
    from (
      select customer_number, currency, unapplied_minor as unapplied, 0 as credit, booked_on as seen_on
      from payment where unapplied_minor > 0 and not is_reversal and customer_number is not null
      union all
      select customer_number, currency, 0, open_minor, null from credit_note where status = 'open' and open_minor > 0
    ) as own where ${only(sql`customer_number`, scope)}
    group by customer_number, currency`)
}

/** An amount contested. */
export type LedgerDisputeRow = {
  readonly customerNumber: string
  readonly currency: string
  readonly disputeId: string
  readonly invoiceNumber: string
  readonly instalment: number | null
  readonly code: string
  readonly amountMinor: number
}

/**
 * The open disputes, and what payers deducted with a reason: contested as long as nobody has found it
 * unjustified, of a partly justified deduction that part.
 */
export async function ledgerDisputes(
  tx: TenantTx,
  scope: LedgerScope,
): Promise<LedgerDisputeRow[]> {
  return tx.rows(sql`
    select customer_number as "customerNumber", currency, dispute_id as "disputeId", invoice_number as "invoiceNumber",
      instalment, code, amount_minor as "amountMinor"
    from invoice_dispute where status = 'open' and ${only(sql`customer_number`, scope)}
    union all
    select deduction.customer_number, deduction.currency, deduction_id, invoice_number, null, coalesce(code, ''),
      case when verdict = 'partly-valid' then justified_minor else amount_minor end - settled_minor
    from deduction join invoice on invoice.invoice_id = deduction.invoice_id
    where deduction.status = 'open' and verdict <> 'invalid' and open_minor > 0
      and settled_minor < case when verdict = 'partly-valid' then justified_minor else amount_minor end
      and ${only(sql`deduction.customer_number`, scope)}
    order by 3`)
}

/** A promise that is pending, or when one was broken. */
export type LedgerPromiseRow = {
  readonly customerNumber: string
  readonly currency: string
  readonly promiseId: string
  readonly status: 'pending' | 'broken'
  readonly amountMinor: number
  readonly promisedOn: string
  readonly settleBy: string
  readonly invoiceNumbers: readonly string[]
  readonly decidedOn: string | null
}

/** The pending promises, and those broken since a day. */
export async function ledgerPromises(
  tx: TenantTx,
  scope: LedgerScope,
  brokenSince: string,
): Promise<LedgerPromiseRow[]> {
  return tx.rows(sql`
    select customer_number as "customerNumber", currency, promise_id as "promiseId", status,
      amount_minor as "amountMinor", promised_on as "promisedOn", settle_by as "settleBy",
      invoice_numbers as "invoiceNumbers", decided_on as "decidedOn"
    from payment_promise
    where (status = 'pending' or (status = 'broken' and decided_on >= ${brokenSince}::text::date))
      and ${only(sql`customer_number`, scope)} order by promise_id`)
}

/** What keeps a customer from being contacted. */
export type LedgerStopRow = {
  readonly customerNumber: string
  readonly stopId: string
  readonly kind: StopKind
  readonly reason: string
  readonly until: string | null
}

/** The stops that nobody has lifted. */
export async function ledgerStops(tx: TenantTx, scope: LedgerScope): Promise<LedgerStopRow[]> {
  return tx.rows(sql`
    select customer_number as "customerNumber", stop_id as "stopId", kind, reason, until
    from customer_stop where lifted_at is null and ${only(sql`customer_number`, scope)} order by stop_id`)
}

/** A contact of a customer. */
export type LedgerContactRow = ContactMade & { readonly customerNumber: string }

/** The columns of a contact as it is shown. */
export const contactColumns = sql`
  contact_id as "contactId", customer_number as "customerNumber", currency, channel, level, is_reply as "isReply",
  outcome, addressee, invoice_numbers as "invoiceNumbers", amount_minor as "amountMinor", note,
  to_char(made_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "madeAt", made_on as "madeOn",
  recorded_by as "recordedBy"`

/** The last twenty contacts of each customer since a moment, the newest first. */
export async function ledgerContacts(
  tx: TenantTx,
  scope: LedgerScope,
  since: string,
): Promise<LedgerContactRow[]> {
  return tx.rows(sql`
    select ${contactColumns} from (
      select *, row_number() over (partition by customer_number order by made_at desc, contact_id desc) as place
      from dunning_contact where made_at >= ${since}::timestamptz and ${only(sql`customer_number`, scope)}
    ) as contact where place <= 20 order by made_at desc, contact_id desc`)
}

/** An answer nobody has read. */
export type LedgerReplyRow = {
  readonly customerNumber: string
  readonly replyId: string
  readonly receivedAt: string
}

/** The answers nobody has read. */
export async function unreadReplies(tx: TenantTx, scope: LedgerScope): Promise<LedgerReplyRow[]> {
  return tx.rows(sql`
    select customer_number as "customerNumber", reply_id as "replyId", received_at as "receivedAt"
    from dunning_reply where read_at is null and ${only(sql`customer_number`, scope)} order by reply_id`)
}

/** An order that waits because its customer owes us money. */
export type BlockedOrderRow = { readonly customerNumber: string; readonly orderNumber: string }

/** The orders that a credit hold keeps back. */
export async function blockedOrders(tx: TenantTx, scope: LedgerScope): Promise<BlockedOrderRow[]> {
  return tx.rows(sql`
    select distinct customer_number as "customerNumber", order_number as "orderNumber"
    from hold join orders on orders.order_id = hold.order_id
    where type = 'CREDIT' and hold.released_at is null and customer_number is not null
      and ${only(sql`customer_number`, scope)} order by 1, 2`)
}
