import { type SQL, sql } from 'drizzle-orm'
import type { PromiseView } from '../../canonical/views/collections-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from '../reading/page.ts'

const columns = sql`
  promise_id as "promiseId", customer_number as "customerNumber", currency, amount_minor as "amountMinor",
  promised_on as "promisedOn", settle_by as "settleBy", invoice_numbers as "invoiceNumbers", payment_promise.status,
  paid_minor as "paidMinor", reply_id as "replyId", note, recorded_at as "recordedAt", recorded_by as "recordedBy",
  decided_at as "decidedAt", decided_by as "decidedBy", decision_reason as "decisionReason"`

/** Which promises are wanted. */
export type PromiseFilter = {
  readonly customerNumber?: string | undefined
  readonly status?: string | undefined
}

/** Promises, the newest first, one page. */
export async function listPromises(
  tx: TenantTx,
  { customerNumber, status }: PromiseFilter,
  { limit, after }: PageQuery,
): Promise<Page<PromiseView>> {
  const wanted: SQL[] = [sql`true`]
  if (customerNumber !== undefined) wanted.push(sql`customer_number = ${customerNumber}`)
  if (status !== undefined) wanted.push(sql`status = ${status}`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(recorded_at, promise_id) < (${sortedBy}::timestamptz, ${id})`)
  }
  const rows = await tx.rows<PromiseView & { position: string }>(sql`
    select ${columns}, ${exactMoment(sql`recorded_at`)} || '|' || promise_id as position
    from payment_promise where ${sql.join(wanted, sql` and `)}
    order by recorded_at desc, promise_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}

/** A promise as it is first recorded. */
export type NewPromise = Pick<
  PromiseView,
  | 'promiseId'
  | 'customerNumber'
  | 'currency'
  | 'amountMinor'
  | 'promisedOn'
  | 'settleBy'
  | 'invoiceNumbers'
  | 'note'
  | 'recordedBy'
> & { readonly replyId: string | null; readonly recordedOn: string; readonly now: string }

/** Records a promise. */
export async function insertPromise(
  tx: TenantTx,
  promise: NewPromise,
): Promise<PromiseView | undefined> {
  const [row] = await tx.rows<PromiseView>(sql`
    insert into payment_promise (tenant_id, promise_id, customer_number, currency, amount_minor, promised_on, settle_by,
      invoice_numbers, status, reply_id, note, recorded_at, recorded_on, recorded_by)
    values (${tx.tenantId}, ${promise.promiseId}, ${promise.customerNumber}, ${promise.currency}, ${promise.amountMinor},
      ${promise.promisedOn}::text::date, ${promise.settleBy}::text::date, ${asJson(promise.invoiceNumbers)}, 'pending',
      ${promise.replyId}, ${promise.note}, ${promise.now}::timestamptz, ${promise.recordedOn}::text::date, ${promise.recordedBy})
    returning ${columns}`)
  return row
}

/** A decision about a promise. */
export type PromiseDecision = {
  readonly promiseId: string
  readonly status: 'kept' | 'broken' | 'cancelled'
  readonly paidMinor: number
  readonly reason: string
}

/** Writes decisions about promises; a cancelled one stays so, a broken one may turn out kept, and a kept one broken when its money is taken back. Gives those it changed. */
export async function decidePromises(
  tx: TenantTx,
  decisions: readonly PromiseDecision[],
  by: { readonly actor: string; readonly now: string; readonly today: string },
): Promise<PromiseView[]> {
  if (decisions.length === 0) return []
  return tx.rows(sql`
    update payment_promise set status = decision.status, paid_minor = decision."paidMinor",
      decided_at = ${by.now}::timestamptz, decided_on = ${by.today}::text::date, decided_by = ${by.actor},
      decision_reason = decision.reason
    from jsonb_to_recordset(${asJson(decisions)}) as decision("promiseId" text, status text, "paidMinor" bigint, reason text)
    where promise_id = decision."promiseId" and payment_promise.tenant_id = ${tx.tenantId}
      and payment_promise.status <> decision.status
      and (payment_promise.status = 'pending' or (payment_promise.status, decision.status) in (('broken', 'kept'), ('kept', 'broken')))
    returning ${columns}`)
}

/** One promise. */
export async function findPromise(
  tx: TenantTx,
  promiseId: string,
): Promise<PromiseView | undefined> {
  const [row] = await tx.rows<PromiseView>(
    sql`select ${columns} from payment_promise where promise_id = ${promiseId}`,
  )
  return row
}

/** A promise as the round judges it. */
export type JudgeablePromise = {
  readonly promiseId: string
  readonly customerNumber: string
  readonly currency: string
  readonly amountMinor: number
  readonly promisedOn: string
  readonly settleBy: string
  readonly recordedOn: string
  readonly invoiceNumbers: readonly string[]
  readonly status: 'pending' | 'kept' | 'broken'
  /** Kept by money of which the bank took some back. */
  readonly isInDoubt: boolean
}

/**
 * The promises the round looks at: the pending ones, those broken lately (money booked in time may be told
 * late), those kept by money that was taken back, and the other kept ones of the same customers, whose money is used.
 */
export async function judgeablePromises(
  tx: TenantTx,
  brokenSince: string,
): Promise<JudgeablePromise[]> {
  return tx.rows(sql`
    with taken_back as materialized (
      select customer_number, currency, booked_on from payment
      where reversed_by is not null and customer_number in (select customer_number from payment_promise where status = 'kept')
    ), doubted as materialized (
      select distinct promise_id from payment_promise promise join taken_back
        on taken_back.customer_number = promise.customer_number and taken_back.currency = promise.currency
        and booked_on between recorded_on and settle_by
      where status = 'kept'
    ), looked_at as materialized (
      select customer_number, currency, min(recorded_on) as since from payment_promise
      where status = 'pending' or (status = 'broken' and decided_on >= ${brokenSince}::text::date)
        or promise_id in (select promise_id from doubted)
      group by customer_number, currency
    )
    select promise_id as "promiseId", promise.customer_number as "customerNumber", promise.currency,
      amount_minor as "amountMinor", promised_on as "promisedOn", settle_by as "settleBy",
      recorded_on as "recordedOn", invoice_numbers as "invoiceNumbers", status,
      promise_id in (select promise_id from doubted) as "isInDoubt"
    from payment_promise promise join looked_at
      on looked_at.customer_number = promise.customer_number and looked_at.currency = promise.currency
    where status = 'pending' or (status = 'broken' and decided_on >= ${brokenSince}::text::date)
      or (status = 'kept' and settle_by >= looked_at.since)
    order by promise_id`)
}

/** Money of a customer: put to an invoice, or not yet. */
export type CustomerMoney = {
  readonly customerNumber: string
  readonly currency: string
  readonly bookedOn: string
  readonly invoiceNumber: string | null
  readonly amountMinor: number
}

/** The money of some customers since a day, by what it was put to; what was let go with it counts as paid. */
export async function customerMoney(
  tx: TenantTx,
  customers: readonly string[],
  since: string,
): Promise<CustomerMoney[]> {
  if (customers.length === 0) return []
  return tx.rows(sql`
    with own as materialized (
      select payment_id, customer_number, currency, booked_on, unapplied_minor from payment
      where customer_number = any(${asTextList(customers)}) and booked_on >= ${since}::text::date and not is_reversal
        and reversed_by is null
    )
    select invoice.customer_number as "customerNumber", own.currency, booked_on as "bookedOn",
      invoice_number as "invoiceNumber", applied_minor + payment_application.discount_minor + write_off_minor + fee_minor as "amountMinor"
    from own join payment_application on payment_application.payment_id = own.payment_id
    join invoice on invoice.invoice_id = payment_application.invoice_id
    union all
    select customer_number, currency, booked_on, null, unapplied_minor from own where unapplied_minor > 0
    order by 3, 4`)
}
