import { type SQL, sql } from 'drizzle-orm'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import { asTextList, type TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from './page.ts'

/** One thing on record about an order, as its table has it. */
export type StoryRow = {
  readonly entryId: string
  readonly at: string
  readonly sort: string
  readonly kind: string
  readonly text: string
  readonly actor: string | null
  readonly documentId: string | null
  readonly proposalId: string | null
  readonly askedBy: string | null
  readonly clusterId: string | null
  readonly customerNumber: string | null
}

/** The order whose story is told, with the numbers that messages know it by. */
type StoryOrder = {
  readonly orderId: string
  readonly customerNumber: string | null
  readonly invoiceNumbers: readonly string[]
}

/** The order with this id or number, as far as its story is found by it. */
export async function findStoryOrder(
  tx: TenantTx,
  reference: string,
): Promise<StoryOrder | undefined> {
  const [order] = await tx.rows<StoryOrder>(sql`
    select order_id as "orderId", customer_number as "customerNumber",
      coalesce((select json_agg(invoice_number) from invoice where invoice.order_id = orders.order_id), '[]')
        as "invoiceNumbers"
    from orders where order_id = ${reference} or order_number = ${reference} limit 1`)
  return order
}

// Every sort gives the same columns; a key that grows with what is newer decides between what is of one moment.
function events(orderId: string): SQL {
  return sql`
    select at, 'e' || lpad(order_event_no::text, 12, '0') as entry_id,
      case when kind like 'proposal.%' then 'decision' when kind like 'hold.%' then 'hold'
        when kind like 'transaction.%' or kind like 'partner.%' then 'call' when kind like 'message.%' then 'message'
        when actor like 'person:%' or actor like 'proposal:%' then 'person' else 'flow' end as sort,
      kind, summary as text, actor, null as document_id, body->>'proposalId' as proposal_id,
      body->>'transactionId' as transaction_id, null as customer_number
    from event where order_id = ${orderId}`
}

function documents(orderId: string): SQL {
  return sql`
    select created_at as at, 'd' || document_id as entry_id, 'document' as sort, doc_type as kind,
      case direction when 'in' then 'Received: ' else 'Sent: ' end || replace(replace(doc_type, '-', ' '), '_', ' ')
        || ' ' || number || case when status in ('applied', 'sent') then '' else ', ' || replace(status, '-', ' ') end
        || coalesce('. ' || reason, '') as text,
      case direction when 'in' then 'connection:' || connection_id end as actor, document_id, null as proposal_id,
      null as transaction_id, null as customer_number
    from document where order_id = ${orderId}`
}

// Calls that came through, or were given up by the flow, are events already.
function calls(orderId: string): SQL {
  return sql`
    select coalesce(finished_at, created_at) as at, 'c' || transaction_id as entry_id, 'call' as sort, operation as kind,
      operation || ' ' || natural_key || ': ' || replace(status, '-', ' ') || coalesce('. ' || error_message, '') as text,
      'outbox' as actor, null as document_id, null as proposal_id, transaction_id, null as customer_number
    from transaction as call where order_id = ${orderId} and status in ('waiting', 'sending', 'in-doubt', 'failed')
      and not exists (select from event where event.order_id = ${orderId} and event.kind = 'transaction.failed'
        and event.body->>'transactionId' = call.transaction_id)`
}

function messages({ customerNumber, invoiceNumbers }: StoryOrder): SQL[] {
  if (customerNumber === null || invoiceNumbers.length === 0) return []
  const sent = sql`
    outreach_message where customer_number = ${customerNumber} and exists (
      select from jsonb_array_elements_text(invoice_numbers) as named(number)
      where named.number = any(${asTextList(invoiceNumbers)}))`
  return [
    sql`
    select coalesce(ended_at, queued_at) as at, 'm' || message_id as entry_id, 'message' as sort, 'message' as kind,
      'To the customer: ' || subject || ' (' || status || ').' as text, actor, null as document_id,
      proposal_id, null as transaction_id, customer_number
    from ${sent}`,
    sql`
    select received_at as at, 'r' || mail_id as entry_id, 'message' as sort, 'mail' as kind,
      'From the customer: ' || coalesce(nullif(subject, ''), 'no subject')
        || case when outcome = '' then '' else '. ' || outcome end as text, sender as actor, null as document_id,
      null as proposal_id, null as transaction_id, customer_number
    from mail_reply where message_id in (select message_id from ${sent})`,
  ]
}

/** What is on record about an order, of all sorts or one, the newest first, one page. */
export async function listStory(
  tx: TenantTx,
  {
    order,
    sort,
    mayReadMessages,
  }: {
    readonly order: StoryOrder
    readonly sort?: string | undefined
    readonly mayReadMessages: boolean
  },
  { limit, after }: PageQuery,
): Promise<Page<StoryRow>> {
  const { orderId } = order
  const parts = [
    events(orderId),
    documents(orderId),
    calls(orderId),
    ...(mayReadMessages ? messages(order) : []),
  ]
  const wanted: SQL[] = [sql`true`]
  if (sort !== undefined) wanted.push(sql`sort = ${sort}`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(story.at, entry_id) < (${sortedBy}::text::timestamptz, ${id})`)
  }
  const rows = await tx.rows<StoryRow & { position: string }>(sql`
    with story as (${sql.join(parts, sql` union all `)}),
    page as (
      select * from story where ${sql.join(wanted, sql` and `)} order by at desc, entry_id desc limit ${limit + 1}
    ),
    failed as (
      select transaction_id, fingerprint from transaction where order_id = ${orderId} and status = 'failed'
    )
    select page.entry_id as "entryId", page.at, page.sort, page.kind, page.text,
      coalesce('connection:' || connection.name, page.actor) as actor,
      page.document_id as "documentId", page.proposal_id as "proposalId",
      (select requested_by_kind || ':' || requested_by_name from proposal
        where proposal.proposal_id = page.proposal_id) as "askedBy",
      failed.fingerprint as "clusterId", page.customer_number as "customerNumber",
      ${exactMoment(sql`page.at`)} || '|' || page.entry_id as position
    from page left join failed on failed.transaction_id = page.transaction_id
      left join connection on 'connection:' || connection.connection_id = page.actor
    order by page.at desc, page.entry_id desc`)
  return cutPage(rows, limit)
}
