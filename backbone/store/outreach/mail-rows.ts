import { type SQL, sql } from 'drizzle-orm'
import type { MailReplyView } from '../../canonical/views/outreach-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import { asTextList, type TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from '../reading/page.ts'

/** A mail as it is first written down. */
export type NewMail = Omit<MailReplyView, 'takenAt' | 'replyId' | 'replyClass' | 'outcome'> & {
  readonly contentHash: string
  readonly uidValidity: string
  readonly uid: number
  readonly now: string
}

/** Writes a mail down; false when it was taken before, under whatever number. */
export async function insertMail(tx: TenantTx, mail: NewMail): Promise<boolean> {
  const written = await tx.run(sql`
    insert into mail_reply (tenant_id, mail_id, connection_id, content_hash, uid_validity, uid, kind, sender, subject,
      content, message_id, tied_by, customer_number, received_at, taken_at)
    values (${tx.tenantId}, ${mail.mailId}, ${mail.connectionId}, ${mail.contentHash}, ${mail.uidValidity}, ${mail.uid},
      ${mail.kind}, ${mail.sender}, ${mail.subject}, ${mail.content}, ${mail.messageId}, ${mail.tiedBy},
      ${mail.customerNumber}, ${mail.receivedAt}::timestamptz, ${mail.now}::timestamptz)
    on conflict do nothing`)
  return written > 0
}

/** Writes what a mail was taken for and what was done because of it. */
export async function recordMail(
  tx: TenantTx,
  mailId: string,
  taken: Pick<MailReplyView, 'replyId' | 'replyClass' | 'outcome'>,
): Promise<void> {
  await tx.run(sql`
    update mail_reply set reply_id = ${taken.replyId}, reply_class = ${taken.replyClass}, outcome = ${taken.outcome}
    where mail_id = ${mailId}`)
}

/** What a mail may belong to. */
export type MailSigns = {
  /** Message-IDs it refers to. */
  readonly headerIds: readonly string[]
  /** Messages named behind the plus of the addresses it was written to. */
  readonly messageIds: readonly string[]
  /** Who wrote it, or of a bounce who could not be reached. */
  readonly address: string
}

/** Whose a mail is, and which message it is about. */
export type MailTie = Pick<MailReplyView, 'messageId' | 'tiedBy'> & {
  readonly customerNumber: string
}

/**
 * Finds the message a mail is about: by what it refers to, by the address it came to, or the last one that went to
 * its sender; where there is none, the one customer whose contact has that address.
 */
export async function tieOfMail(tx: TenantTx, signs: MailSigns): Promise<MailTie | undefined> {
  const [message] = await tx.rows<MailTie>(sql`
    select message_id as "messageId", customer_number as "customerNumber", case
        when header_id = any(${asTextList(signs.headerIds)}) then 'message-id'
        when message_id = any(${asTextList(signs.messageIds)}) then 'address' else 'sender' end as "tiedBy"
    from outreach_message
    where header_id = any(${asTextList(signs.headerIds)}) or message_id = any(${asTextList(signs.messageIds)})
      or (lower(recipient ->> 'email') = ${signs.address} and status in ('sent', 'in-doubt', 'bounced')
        and queued_at > now() - interval '90 days')
    order by header_id = any(${asTextList(signs.headerIds)}) desc,
      message_id = any(${asTextList(signs.messageIds)}) desc, queued_at desc, message_id limit 1`)
  if (message !== undefined || signs.address === '') return message
  const customers = await tx.rows<{ customerNumber: string }>(sql`
    select customer_number as "customerNumber" from customer
    where exists (select from jsonb_array_elements(contacts) as contact
      where lower(contact ->> 'email') = ${signs.address}) limit 2`)
  const [customer] = customers
  // An address of two customers is nobody's: a person says whose the mail is.
  return customer === undefined || customers.length > 1
    ? undefined
    : { ...customer, messageId: null, tiedBy: 'sender' }
}

/** How far a mailbox has been read; nothing before its first time. */
export async function mailboxPlace(
  tx: TenantTx,
  connectionId: string,
): Promise<{ readonly uidValidity: string; readonly lastUid: number } | undefined> {
  const [place] = await tx.rows<{ uidValidity: string; lastUid: number }>(sql`
    select uid_validity as "uidValidity", last_uid as "lastUid" from mailbox_place
    where tenant_id = ${tx.tenantId} and connection_id = ${connectionId}`)
  return place
}

/** Writes how far a mailbox has been read. */
export async function saveMailboxPlace(
  tx: TenantTx,
  place: {
    readonly connectionId: string
    readonly uidValidity: string
    readonly lastUid: number
    readonly now: string
  },
): Promise<void> {
  await tx.run(sql`
    insert into mailbox_place (tenant_id, connection_id, uid_validity, last_uid, read_at)
    values (${tx.tenantId}, ${place.connectionId}, ${place.uidValidity}, ${place.lastUid}, ${place.now}::timestamptz)
    on conflict (tenant_id, connection_id) do update set uid_validity = excluded.uid_validity, read_at = excluded.read_at,
      last_uid = case when mailbox_place.uid_validity = excluded.uid_validity
        then greatest(mailbox_place.last_uid, excluded.last_uid) else excluded.last_uid end`)
}

/** Which mails are wanted. */
export type MailFilter = {
  readonly customerNumber?: string | undefined
  readonly messageId?: string | undefined
  /** Those nobody knows the owner of. */
  readonly isUntied?: boolean | undefined
}

/** Mails that came, the newest first, one page. */
export async function listMails(
  tx: TenantTx,
  { customerNumber, messageId, isUntied }: MailFilter,
  { limit, after }: PageQuery,
): Promise<Page<MailReplyView>> {
  const wanted: SQL[] = [sql`true`]
  if (customerNumber !== undefined) wanted.push(sql`customer_number = ${customerNumber}`)
  if (messageId !== undefined) wanted.push(sql`message_id = ${messageId}`)
  if (isUntied !== undefined)
    wanted.push(isUntied ? sql`customer_number is null` : sql`customer_number is not null`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(taken_at, mail_id) < (${sortedBy}::timestamptz, ${id})`)
  }
  const rows = await tx.rows<MailReplyView & { position: string }>(sql`
    select mail_id as "mailId", connection_id as "connectionId", kind, sender, subject, content, message_id as "messageId",
      tied_by as "tiedBy", customer_number as "customerNumber", reply_class as "replyClass", reply_id as "replyId",
      outcome, received_at as "receivedAt", taken_at as "takenAt", ${exactMoment(sql`taken_at`)} || '|' || mail_id as position
    from mail_reply where ${sql.join(wanted, sql` and `)}
    order by taken_at desc, mail_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}
