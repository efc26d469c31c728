import { sql } from 'drizzle-orm'
import type { MessageStatus } from '../../canonical/views/outreach-view.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** How a message ended, and the contact on the ladder it becomes, if any. */
export type MessageEnd = {
  readonly messageId: string
  readonly status: Exclude<MessageStatus, 'queued'>
  readonly reason: string | null
  readonly contactId: string | null
  readonly contactOutcome: 'sent' | 'bounced' | null
}

/** A message that has ended just now. */
export type EndedMessage = {
  readonly messageId: string
  readonly customerNumber: string
  readonly level: number
  readonly purpose: 'reminder' | 'copies'
  readonly email: string
  readonly proposalId: string
}

/** Writes how queued messages ended; gives those that were queued. */
export async function endMessages(
  tx: TenantTx,
  ends: readonly MessageEnd[],
  now: string,
): Promise<EndedMessage[]> {
  const ended = await tx.rows<EndedMessage>(sql`
    update outreach_message as message set status = ended.status, status_reason = ended.reason,
      contact_id = ended."contactId", ended_at = ${now}::timestamptz
    from jsonb_to_recordset(${asJson(ends)}) as ended("messageId" text, status text, reason text, "contactId" text)
    where message.message_id = ended."messageId" and message.tenant_id = ${tx.tenantId} and message.status = 'queued'
    returning message_id as "messageId", customer_number as "customerNumber", level, purpose, recipient ->> 'email' as email,
      proposal_id as "proposalId"`)
  const isEnded = new Set(ended.map(({ messageId }) => messageId))
  const contacts = ends.filter((end) => end.contactId !== null && isEnded.has(end.messageId))
  if (contacts.length > 0) await contactsOfMessages(tx, contacts, now)
  return ended
}

// Copies that were asked for are an answer: no contact that the ladder counts. The contact says what the debt was when the message was approved, as every other contact does.
async function contactsOfMessages(
  tx: TenantTx,
  ends: readonly MessageEnd[],
  now: string,
): Promise<void> {
  await tx.run(sql`
    insert into dunning_contact (tenant_id, contact_id, customer_number, currency, channel, level, is_reply, outcome,
      addressee, invoice_numbers, amount_minor, oldest_days, segment, note, made_at, made_on, recorded_by)
    select ${tx.tenantId}, "contactId", customer_number, currency, 'email', level, purpose = 'copies', "contactOutcome", recipient,
      invoice_numbers, amount_minor, oldest_days, segment, subject, ${now}::timestamptz,
      (${now}::timestamptz at time zone time_zone)::date, actor
    from outreach_message join jsonb_to_recordset(${asJson(ends)}) as ended("messageId" text, "contactId" text,
      "contactOutcome" text) on message_id = ended."messageId"
    where outreach_message.tenant_id = ${tx.tenantId}`)
}

/** Keeps a person between the house and customers of whom it is not known whether a message reached them. */
export async function stopForDoubt(
  tx: TenantTx,
  stops: readonly {
    readonly stopId: string
    readonly customerNumber: string
    readonly reason: string
  }[],
  now: string,
): Promise<void> {
  if (stops.length === 0) return
  await tx.run(sql`
    insert into customer_stop (tenant_id, stop_id, customer_number, kind, reason, placed_at, placed_by)
    select ${tx.tenantId}, "stopId", "customerNumber", 'other', reason, ${now}::timestamptz, 'outbox'
    from jsonb_to_recordset(${asJson(stops)}) as stop("stopId" text, "customerNumber" text, reason text)`)
}

/** How the last try of each call ended, in the word of its attempt. */
export async function lastOutcomes(
  tx: TenantTx,
  transactionIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.rows<{ transactionId: string; outcome: string }>(sql`
    select distinct on (transaction_id) transaction_id as "transactionId", outcome from transaction_attempt
    where transaction_id = any(${asTextList(transactionIds)}) order by transaction_id, attempt desc`)
  return new Map(rows.map(({ transactionId, outcome }) => [transactionId, outcome]))
}

/** Writes that a message that had left came back; its contact no longer counts for the ladder. */
export async function noteBounce(
  tx: TenantTx,
  messageId: string,
  reason: string,
): Promise<boolean> {
  const changed = await tx.run(sql`
    update outreach_message set status = 'bounced', status_reason = ${reason}
    where message_id = ${messageId} and status in ('sent', 'in-doubt', 'failed')`)
  await tx.run(sql`
    update dunning_contact set outcome = 'bounced' where contact_id =
      (select contact_id from outreach_message where message_id = ${messageId}) and tenant_id = ${tx.tenantId}`)
  return changed > 0
}
