import { sql } from 'drizzle-orm'
import type { IsoDate, PaymentTerms } from '../../canonical/document.ts'
import { asJson, type TenantTx } from '../database.ts'

/** A customer on the way from a buyer up to the head of its family, as credit needs it. */
export type CreditAccountRow = {
  readonly buyer: string
  /** 0 for the buyer itself. */
  readonly depth: number
  readonly customerNumber: string
  readonly currency: string
  readonly segment: string
  readonly terms: PaymentTerms
  readonly limitMinor: number | null
  /** As it is kept; the file of an older release has fewer entries. */
  readonly credit: unknown
}

/** A customer whose family is asked for; `isJudged` where an order of it is decided now. */
export type FamilyQuestion = { readonly customerNumber: string; readonly isJudged: boolean }

// More generations than any family of customers has; a circle ends here too.
const mostGenerations = 8

/**
 * Buyers with all their parents. Those that have a limit and an order to decide are locked, in the order of
 * their numbers, until the transaction ends: two orders that only fit one by one never both pass. Who has no
 * limit is not locked.
 */
export function lockCreditAccounts(
  tx: TenantTx,
  questions: readonly FamilyQuestion[],
): Promise<CreditAccountRow[]> {
  if (questions.length === 0) return Promise.resolve([])
  return tx.rows<CreditAccountRow>(sql`
    with recursive path as (
      select question."customerNumber" as buyer, 0 as depth, question."isJudged" as is_judged,
        customer.customer_number, customer.parent_number
      from jsonb_to_recordset(${asJson(questions)}) as question("customerNumber" text, "isJudged" boolean)
      -- Limited, here and below, so that each is looked up: joined, every customer there is was read.
      cross join lateral (
        select customer_number, parent_number from customer
        where customer.customer_number = question."customerNumber" limit 1
      ) customer
      union all
      select path.buyer, path.depth + 1, path.is_judged, parent.customer_number, parent.parent_number
      from path
      cross join lateral (
        select customer_number, parent_number from customer
        where customer.customer_number = path.parent_number limit 1
      ) parent
      where path.depth < ${mostGenerations}::int
    ), locked as materialized (
      select customer_number, credit_limit_minor, credit from customer
      where customer_number = any(array(select customer_number from path where is_judged))
        and credit_limit_minor is not null
      order by customer_number for update
    )
    select distinct on (path.buyer, path.customer_number) path.buyer, path.depth,
      path.customer_number as "customerNumber", customer.currency, customer.segment, customer.terms,
      case when locked.customer_number is null then customer.credit_limit_minor else locked.credit_limit_minor end as "limitMinor",
      coalesce(locked.credit, customer.credit) as credit
    from path
    cross join lateral (
      select currency, segment, terms, credit_limit_minor, credit from customer
      where customer.customer_number = path.customer_number limit 1
    ) customer
    left join locked on locked.customer_number = path.customer_number
    order by path.buyer, path.customer_number, path.depth`)
}

/** What a customer and everybody below it owe, by currency, and how well it keeps its word. */
export type LedgerRow = {
  readonly account: string
  readonly currency: string
  readonly openReceivablesMinor: number
  readonly overdueMinor: number
  readonly oldestDueOn: IsoDate | null
  readonly unappliedMinor: number
  readonly openCreditsMinor: number
  readonly deliveredNotInvoicedMinor: number
  readonly openOrdersMinor: number
}

/** Whose ledgers are added up, on which day, and what of them is left out. */
export type LedgerQuestion = {
  readonly accounts: readonly {
    readonly customerNumber: string
    /** Orders requested later than this do not count. */
    readonly horizonOn?: IsoDate | undefined
  }[]
  readonly today: IsoDate
  /** Orders the caller has in hand, as they are becoming: it adds them itself. */
  readonly inHand: readonly string[]
}

/**
 * The ledgers of accounts with everybody below them, in one statement: open invoices, money not applied, open
 * credit notes, what has left and is not billed, and orders that have passed their credit check. Read after
 * the accounts were locked.
 */
export function creditLedgers(
  tx: TenantTx,
  { accounts, today, inHand }: LedgerQuestion,
): Promise<LedgerRow[]> {
  if (accounts.length === 0) return Promise.resolve([])
  return tx.rows<LedgerRow>(sql`
    with recursive in_hand as materialized (
      select jsonb_array_elements_text(${asJson(inHand)}) as order_id
    ), member as (
      select "customerNumber" as account, "customerNumber" as customer_number, "horizonOn" as horizon_on
      from jsonb_to_recordset(${asJson(accounts)}) as account("customerNumber" text, "horizonOn" date)
      union
      select member.account, customer.customer_number, member.horizon_on
      from member join customer on customer.parent_number = member.customer_number
    ), open_order as (
      -- Of rows an older release wrote the whole order counts, until it moves.
      select orders.customer_number, orders.currency, orders.requested_on, coalesce(to_bill_minor, 0) as to_bill,
        coalesce(open_order_minor, case when stage = 'shipped' then 0 else total_minor end) as open_minor
      from orders
      where orders.customer_number = any(array(select customer_number from member))
        and orders.stage in ('validated', 'held', 'ready', 'released', 'picking', 'shipped')
        and not exists (select from in_hand where in_hand.order_id = orders.order_id)
    ), part as (
      select member.account, invoice.currency, invoice.open_minor as receivable,
        case when invoice.due_on < ${today}::date then invoice.open_minor else 0 end as overdue,
        case when invoice.due_on < ${today}::date then invoice.due_on end as due_on,
        0 as unapplied, 0 as credits, 0 as to_bill, 0 as ordered
      from member join invoice on invoice.customer_number = member.customer_number
        and invoice.status in ('open', 'partly-paid')
      where not exists (select from in_hand where in_hand.order_id = invoice.order_id)
      union all
      select member.account, payment.currency, 0, 0, null, payment.unapplied_minor, 0, 0, 0
      from member join payment on payment.customer_number = member.customer_number and payment.unapplied_minor <> 0
      where not payment.is_reversal
      union all
      select member.account, credit_note.currency, 0, 0, null, 0, credit_note.open_minor, 0, 0
      from member join credit_note on credit_note.customer_number = member.customer_number
        and credit_note.status = 'open'
      union all
      select member.account, open_order.currency, 0, 0, null, 0, 0, to_bill,
        case when open_order.requested_on > member.horizon_on then 0 else open_minor end
      from member join open_order on open_order.customer_number = member.customer_number
    )
    select account, currency, sum(receivable)::bigint as "openReceivablesMinor", sum(overdue)::bigint as "overdueMinor",
      min(due_on)::text as "oldestDueOn", sum(unapplied)::bigint as "unappliedMinor", sum(credits)::bigint as "openCreditsMinor",
      sum(to_bill)::bigint as "deliveredNotInvoicedMinor", sum(ordered)::bigint as "openOrdersMinor"
    from part group by account, currency`)
}

/** How an account keeps its word: the highest dunning level it has come to, and the promises it broke. */
export type ConductRow = {
  readonly customerNumber: string
  readonly dunningLevel: number
  readonly brokenPromises: number
}

/** Dunning level and broken promises of customers; those without either have no row. */
export function paymentConduct(
  tx: TenantTx,
  customers: readonly { readonly customerNumber: string; readonly promisesSince: IsoDate }[],
): Promise<ConductRow[]> {
  if (customers.length === 0) return Promise.resolve([])
  return tx.rows<ConductRow>(sql`
    with question as materialized (
      select * from jsonb_to_recordset(${asJson(customers)}) as row("customerNumber" text, "promisesSince" date)
    ), told as (
      select question."customerNumber", (
        select dunning_contact.level from dunning_contact
        where dunning_contact.customer_number = question."customerNumber" and not dunning_contact.is_reply
        order by dunning_contact.made_at desc limit 1) as level,
        (select count(*) from payment_promise
        where payment_promise.customer_number = question."customerNumber" and payment_promise.status = 'broken'
          and payment_promise.decided_on >= question."promisesSince") as broken
      from question
    )
    select "customerNumber", coalesce(level, 0) as "dunningLevel", broken::int as "brokenPromises"
    from told where level is not null or broken > 0`)
}
