import { type SQL, sql } from 'drizzle-orm'
import type { CustomerMessage } from '../../canonical/customer-message.ts'
import type { MessageStatus, OutreachMessageView } from '../../canonical/views/outreach-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from '../reading/page.ts'

/** A message as it goes into the queue. */
export type NewMessage = {
  readonly messageId: string
  readonly customerNumber: string
  readonly currency: string
  readonly level: number
  readonly purpose: 'reminder' | 'copies'
  /** The answer that copies are sent for. */
  readonly replyId: string | null
  readonly proposalId: string
  readonly effectKey: string
  readonly connectionId: string
  readonly headerId: string
  readonly recipient: CustomerMessage['recipient']
  readonly language: string
  readonly subject: string
  readonly body: string
  readonly invoiceNumbers: readonly string[]
  readonly amountMinor: number
  readonly oldestDays: number
  readonly segment: string
  readonly timeZone: string
  readonly payload: unknown
  readonly actor: string
  readonly now: string
}

/** Queues a message; false when another one to the customer is on its way, or this very one is known. */
export async function insertMessage(tx: TenantTx, message: NewMessage): Promise<boolean> {
  const written = await tx.run(sql`
    insert into outreach_message (tenant_id, message_id, customer_number, currency, level, purpose, reply_id, proposal_id, effect_key,
      connection_id, header_id, recipient, language, subject, body, invoice_numbers, amount_minor, oldest_days, segment,
      time_zone, payload, actor, queued_at)
    values (${tx.tenantId}, ${message.messageId}, ${message.customerNumber}, ${message.currency}, ${message.level}::int,
      ${message.purpose}, ${message.replyId}, ${message.proposalId}, ${message.effectKey}, ${message.connectionId}, ${message.headerId},
      ${asJson(message.recipient)}, ${message.language}, ${message.subject}, ${message.body},
      ${asJson(message.invoiceNumbers)}, ${message.amountMinor}, ${message.oldestDays}::int, ${message.segment},
      ${message.timeZone}, ${asJson(message.payload)}, ${message.actor}, ${message.now}::timestamptz)
    on conflict do nothing`)
  return written > 0
}

/** The call that carries a message. */
export async function transactionOfMessage(
  tx: TenantTx,
  idempotencyKey: string,
): Promise<string | undefined> {
  const [row] = await tx.rows<{ transactionId: string }>(sql`
    select transaction_id as "transactionId" from transaction
    where tenant_id = ${tx.tenantId} and idempotency_key = ${idempotencyKey}`)
  return row?.transactionId
}

/** A message that waits for its turn, with what was approved. */
export type QueuedMessage = { readonly messageId: string; readonly payload: unknown }

/** The messages with these ids that are still queued. */
export function queuedMessages(
  tx: TenantTx,
  messageIds: readonly string[],
): Promise<QueuedMessage[]> {
  return tx.rows(sql`
    select message_id as "messageId", payload from outreach_message
    where message_id = any(${asTextList(messageIds)}) and status = 'queued' order by message_id`)
}

const replies = sql`
  coalesce((select jsonb_agg(jsonb_build_object('mailId', mail_id, 'kind', kind, 'replyClass', reply_class,
      'receivedAt', ${exactMoment(sql`received_at`)}) order by taken_at, mail_id)
    from mail_reply where mail_reply.tenant_id = outreach_message.tenant_id
      and mail_reply.message_id = outreach_message.message_id), '[]'::jsonb)`

const columns = sql`
  message_id as "messageId", customer_number as "customerNumber", currency, level, purpose, proposal_id as "proposalId",
  connection_id as "connectionId", header_id as "headerId", recipient, language, subject, body,
  invoice_numbers as "invoiceNumbers", amount_minor as "amountMinor", status, status_reason as "statusReason", actor,
  queued_at as "queuedAt", ended_at as "endedAt", ${replies} as replies`

/** Which messages are wanted. */
export type MessageFilter = {
  readonly customerNumber?: string | undefined
  readonly status?: MessageStatus | undefined
}

/** Messages, the newest first, one page. */
export async function listMessages(
  tx: TenantTx,
  { customerNumber, status }: MessageFilter,
  { limit, after }: PageQuery,
): Promise<Page<OutreachMessageView>> {
  const wanted: SQL[] = [sql`true`]
  if (customerNumber !== undefined) wanted.push(sql`customer_number = ${customerNumber}`)
  if (status !== undefined) wanted.push(sql`status = ${status}`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(queued_at, message_id) < (${sortedBy}::timestamptz, ${id})`)
  }
  const rows = await tx.rows<OutreachMessageView & { position: string }>(sql`
    select ${columns}, ${exactMoment(sql`queued_at`)} || '|' || message_id as position
    from outreach_message where ${sql.join(wanted, sql` and `)}
    order by queued_at desc, message_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}

/** One message. */
export async function getMessage(
  tx: TenantTx,
  messageId: string,
): Promise<OutreachMessageView | undefined> {
  const [row] = await tx.rows<OutreachMessageView>(
    sql`select ${columns} from outreach_message where message_id = ${messageId}`,
  )
  return row
}
