import { type SQL, sql } from 'drizzle-orm'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { TransactionSummary } from '../../canonical/views/transaction-view.ts'
import type { TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from '../reading/page.ts'

/** Which transactions a person looks for. */
export type TransactionFilter = {
  readonly direction?: 'in' | 'out' | undefined
  readonly status?: string | undefined
  readonly connectionId?: string | undefined
  readonly operation?: string | undefined
  readonly errorClass?: string | undefined
  readonly orderId?: string | undefined
  /** A cause of failures: what failed by it. */
  readonly clusterId?: string | undefined
  readonly since?: string | undefined
  /** A number it goes by, whole: its own, its order's, an invoice's, or the one it has elsewhere. */
  readonly q?: string | undefined
  /** Part of a number or of the error's message. */
  readonly text?: string | undefined
}

type Row = TransactionSummary & { readonly position: string }

const all = (conditions: readonly (SQL | undefined)[]): SQL =>
  sql.join([sql`true`, ...conditions.filter((condition) => condition !== undefined)], sql` and `)

const given = (value: string | undefined, condition: (value: string) => SQL) =>
  value === undefined ? undefined : condition(value)

const likeText = (text: string) => `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`

const before = (moment: SQL, id: SQL) => (position: string) => {
  const { sortedBy, id: lastId } = splitPosition(position)
  return sql`(${moment}, ${id}) < (${sortedBy}::timestamptz, ${lastId})`
}

/** What a call's summary is read from, beside `call`: its order, and the document it carries where it has none. */
export const callJoins = sql`
  left join orders on orders.tenant_id = call.tenant_id and orders.order_id = call.order_id
  left join document on document.document_id = call.document_id`

/** The columns of a call's summary; `call` is the alias of the transaction table, joined by `callJoins`. */
export const callSummary = sql`
  call.transaction_id as "transactionId", 'out' as direction, call.connection_id as "connectionId",
  call.operation, call.order_id as "orderId", call.natural_key as "naturalKey", call.status, call.attempts,
  call.replays, call.error_class as "errorClass", call.error_code as "errorCode",
  call.error_message as "errorMessage", call.fingerprint as "clusterId",
  -- What it is about is at stake: the sum it was made for, else its order's.
  coalesce(call.amount_minor, orders.total_minor) as "amountMinor",
  coalesce(orders.currency, document.canonical ->> 'currency') as currency,
  call.created_at as "createdAt",
  case when call.status in ('waiting', 'sending', 'in-doubt') then call.due_at end as "dueAt",
  case when call.status in ('waiting', 'in-doubt') then call.waits_for end as "waitsFor",
  call.deadline_at as "deadlineAt",
  call.finished_at as "finishedAt"`

/** The columns of a receipt as a transaction; `receipt` is the alias of the table. */
export const receiptSummary = sql`
  receipt.receipt_id as "transactionId", 'in' as direction, receipt.connection_id as "connectionId",
  'receive.' || receipt.channel as operation, null as "orderId", receipt.transport_id as "naturalKey",
  receipt.status, receipt.attempts, 0 as replays, null as "errorClass", null as "errorCode",
  receipt.findings -> 0 ->> 'message' as "errorMessage", null as "clusterId", null as "amountMinor", null as currency,
  receipt.received_at as "createdAt", null as "dueAt",
  null as "waitsFor", null as "deadlineAt", receipt.read_at as "finishedAt"`

// As people write them down: an order number in small letters is meant as well.
function ordersKnownAs(number: string): SQL {
  const spellings = sql`(${number}, ${number.toUpperCase()})`
  return sql`select order_id from orders where order_number in ${spellings}
    union select order_id from invoice where invoice_number in ${spellings}
    union select order_id from pick where pick_number in ${spellings}
    union select order_id from shipment where shipment_number in ${spellings}`
}

/** The conditions a filter puts on calls; `call` is the alias of the transaction table. */
export function callsWhere(filter: TransactionFilter): SQL {
  return all([
    given(filter.status, (status) => sql`call.status = ${status}`),
    given(filter.connectionId, (id) => sql`call.connection_id = ${id}`),
    given(filter.operation, (operation) => sql`call.operation = ${operation}`),
    given(filter.errorClass, (errorClass) => sql`call.error_class = ${errorClass}`),
    given(filter.orderId, (orderId) => sql`call.order_id = ${orderId}`),
    given(
      filter.clusterId,
      (id) => sql`${id === 'none/' ? sql`call.fingerprint is null` : sql`call.fingerprint = ${id}`}
        and (call.status = 'failed' or (call.status in ('waiting', 'in-doubt') and call.error_class is not null))`,
    ),
    given(filter.since, (since) => sql`call.created_at >= ${since}::timestamptz`),
    given(
      filter.q,
      (number) => sql`call.transaction_id in (
        select transaction_id from transaction where transaction_id = ${number}
        union select transaction_id from transaction where order_id in (${ordersKnownAs(number)})
        union select transaction_id from transaction where ${number} in (natural_key, external_id))`,
    ),
    given(
      filter.text,
      (text) =>
        sql`(call.natural_key ilike ${likeText(text)} or call.error_message ilike ${likeText(text)}
          or call.external_id = ${text} or call.transaction_id = ${text})`,
    ),
  ])
}

function calls(tx: TenantTx, filter: TransactionFilter, page: PageQuery): Promise<Row[]> {
  return tx.rows<Row>(sql`
    select ${callSummary}, ${exactMoment(sql`call.created_at`)} || '|' || call.transaction_id as position
    from transaction as call ${callJoins}
    where ${callsWhere(filter)}
      and ${given(page.after, before(sql`call.created_at`, sql`call.transaction_id`)) ?? sql`true`}
    order by call.created_at desc, call.transaction_id desc limit ${page.limit + 1}`)
}

// In so many words, beside the value: a plan for any value could not use the indexes of the few receipts that are
// unread or were set aside.
function receiptsWithStatus(status: string): SQL {
  if (status === 'read') return sql`receipt.status = 'read'`
  if (status === 'accepted') return sql`receipt.status = 'accepted'`
  return sql`receipt.status = ${status} and receipt.status not in ('accepted', 'read')`
}

function receipts(tx: TenantTx, filter: TransactionFilter, page: PageQuery): Promise<Row[]> {
  const where = all([
    // What came in has no error class; a receipt's failures are findings.
    given(filter.errorClass, () => sql`false`),
    given(filter.status, receiptsWithStatus),
    given(filter.connectionId, (id) => sql`receipt.connection_id = ${id}`),
    given(filter.operation, (operation) => sql`'receive.' || receipt.channel = ${operation}`),
    given(
      filter.orderId,
      (orderId) => sql`exists (select from document
        where document.receipt_id = receipt.receipt_id and document.order_id = ${orderId})`,
    ),
    given(
      filter.clusterId,
      (id) => sql`receipt.receipt_id in (
        select receipt_id from quarantine where cluster_id = ${id} and status = 'open')`,
    ),
    given(filter.since, (since) => sql`receipt.received_at >= ${since}::timestamptz`),
    given(
      filter.q,
      (number) => sql`receipt.receipt_id in (
        select receipt_id from receipt where ${number} in (receipt_id, transport_id)
        union select receipt_id from document where order_id in (${ordersKnownAs(number)}))`,
    ),
    given(
      filter.text,
      (text) => sql`(receipt.transport_id ilike ${likeText(text)} or receipt.receipt_id = ${text})`,
    ),
    given(page.after, before(sql`receipt.received_at`, sql`receipt.receipt_id`)),
  ])
  return tx.rows<Row>(sql`
    select ${receiptSummary}, ${exactMoment(sql`receipt.received_at`)} || '|' || receipt.receipt_id as position
    from receipt where ${where}
    order by receipt.received_at desc, receipt.receipt_id desc limit ${page.limit + 1}`)
}

/** One page of transactions, newest first: calls out, documents in, or both. */
export async function listTransactions(
  tx: TenantTx,
  filter: TransactionFilter,
  page: PageQuery,
): Promise<Page<TransactionSummary>> {
  const out = filter.direction === 'in' ? [] : await calls(tx, filter, page)
  const incoming = filter.direction === 'out' ? [] : await receipts(tx, filter, page)
  const rows = [...out, ...incoming].sort((a, b) => (a.position < b.position ? 1 : -1))
  return cutPage(rows, page.limit)
}
