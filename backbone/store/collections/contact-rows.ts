import { type SQL, sql } from 'drizzle-orm'
import type { ContactView, ReplyView } from '../../canonical/views/collections-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import { asJson, type TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from '../reading/page.ts'
import { contactColumns } from './open-ledger.ts'

/** Contacts, the newest first, one page. */
export async function listContacts(
  tx: TenantTx,
  { customerNumber }: { readonly customerNumber?: string | undefined },
  { limit, after }: PageQuery,
): Promise<Page<ContactView>> {
  const wanted: SQL[] = [sql`true`]
  if (customerNumber !== undefined) wanted.push(sql`customer_number = ${customerNumber}`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(made_at, contact_id) < (${sortedBy}::timestamptz, ${id})`)
  }
  const rows = await tx.rows<ContactView & { position: string }>(sql`
    select ${contactColumns}, ${exactMoment(sql`made_at`)} || '|' || contact_id as position
    from dunning_contact where ${sql.join(wanted, sql` and `)}
    order by made_at desc, contact_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}

/** Records a contact, with the age of the debt and the segment at that time. */
export async function insertContact(
  tx: TenantTx,
  contact: ContactView & { readonly oldestDays: number; readonly segment: string },
): Promise<ContactView | undefined> {
  const [row] = await tx.rows<ContactView>(sql`
    insert into dunning_contact (tenant_id, contact_id, customer_number, currency, channel, level, is_reply, outcome,
      addressee, invoice_numbers, amount_minor, oldest_days, segment, note, made_at, made_on, recorded_by)
    values (${tx.tenantId}, ${contact.contactId}, ${contact.customerNumber}, ${contact.currency}, ${contact.channel},
      ${contact.level}::int, ${contact.isReply}, ${contact.outcome}, ${asJson(contact.addressee)},
      ${asJson(contact.invoiceNumbers)}, ${contact.amountMinor}, ${contact.oldestDays}::int, ${contact.segment},
      ${contact.note}, ${contact.madeAt}::timestamptz, ${contact.madeOn}::text::date, ${contact.recordedBy})
    returning ${contactColumns}`)
  return row
}

const replyColumns = sql`
  reply_id as "replyId", customer_number as "customerNumber", channel, sender, content, reply_class as "replyClass",
  reading, received_at as "receivedAt", recorded_by as "recordedBy", read_at as "readAt", read_by as "readBy"`

/** Which answers are wanted. */
export type ReplyFilter = {
  readonly customerNumber?: string | undefined
  readonly replyClass?: string | undefined
  readonly isUnread?: boolean | undefined
}

/** Answers, the newest first, one page. */
export async function listReplies(
  tx: TenantTx,
  { customerNumber, replyClass, isUnread }: ReplyFilter,
  { limit, after }: PageQuery,
): Promise<Page<ReplyView>> {
  const wanted: SQL[] = [sql`true`]
  if (customerNumber !== undefined) wanted.push(sql`customer_number = ${customerNumber}`)
  if (replyClass !== undefined) wanted.push(sql`reply_class = ${replyClass}`)
  if (isUnread !== undefined)
    wanted.push(isUnread ? sql`read_at is null` : sql`read_at is not null`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(received_at, reply_id) < (${sortedBy}::timestamptz, ${id})`)
  }
  const rows = await tx.rows<ReplyView & { position: string }>(sql`
    select ${replyColumns}, ${exactMoment(sql`received_at`)} || '|' || reply_id as position
    from dunning_reply where ${sql.join(wanted, sql` and `)}
    order by received_at desc, reply_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}

/** Records an answer with what it was taken for; nobody has read it yet. */
export async function insertReply(
  tx: TenantTx,
  reply: Omit<ReplyView, 'readAt' | 'readBy'>,
): Promise<ReplyView | undefined> {
  const [row] = await tx.rows<ReplyView>(sql`
    insert into dunning_reply (tenant_id, reply_id, customer_number, channel, sender, content, reply_class, reading,
      received_at, recorded_by)
    values (${tx.tenantId}, ${reply.replyId}, ${reply.customerNumber}, ${reply.channel}, ${reply.sender}, ${reply.content},
      ${reply.replyClass}, ${asJson(reply.reading)}, ${reply.receivedAt}::timestamptz, ${reply.recordedBy})
    returning ${replyColumns}`)
  return row
}

/** Marks an answer as read by a person, who may take it for something else; gives it, and whether it was unread. */
export async function markReplyRead(
  tx: TenantTx,
  act: {
    readonly replyId: string
    readonly actor: string
    readonly replyClass: string | undefined
    /** What could be done about it now that it is taken for something else. */
    readonly remedies: ReplyView['reading']['alternatives'] | undefined
    readonly now: string
  },
): Promise<{ readonly reply: ReplyView; readonly isChanged: boolean } | undefined> {
  const corrected =
    act.remedies === undefined
      ? sql``
      : sql`, reading = jsonb_set(reading, '{alternatives}', ${asJson(act.remedies)})`
  const [read] = await tx.rows<ReplyView>(sql`
    update dunning_reply set read_at = ${act.now}::timestamptz, read_by = ${act.actor},
      reply_class = coalesce(${act.replyClass ?? null}::text, reply_class)${corrected}
    where reply_id = ${act.replyId} and read_at is null returning ${replyColumns}`)
  if (read !== undefined) return { reply: read, isChanged: true }
  const known = await findReply(tx, act.replyId)
  return known === undefined ? undefined : { reply: known, isChanged: false }
}

/** One answer. */
export async function findReply(tx: TenantTx, replyId: string): Promise<ReplyView | undefined> {
  const [row] = await tx.rows<ReplyView>(
    sql`select ${replyColumns} from dunning_reply where reply_id = ${replyId}`,
  )
  return row
}
