import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** An answer that asks for copies, with what of its customer's records it could mean. */
export type CopyRequest = {
  readonly replyId: string
  readonly customerNumber: string
  readonly name: string
  readonly segment: string
  readonly currency: string
  readonly language: string | null
  readonly timeZone: string | null
  readonly contacts: unknown
  readonly sender: string
  readonly content: string
  readonly receivedAt: string
  /** Copies for it wait to leave. */
  readonly isOnItsWay: boolean
  /** Invoices of the letter it answers. */
  readonly letterInvoices: readonly string[]
  /** Addresses from which a mail came back lately. */
  readonly bounced: readonly string[]
  /** Why nothing may be written to the customer now; empty when nothing is against it. */
  readonly stops: readonly string[]
}

// Money on its way pauses reminders, and no copies.
const hindering = sql`kind <> 'payment-in-process' and lifted_at is null
  and (until is null or until >= current_date)`

/** Answers of a customer that ask for copies and have not been served, the newest first. */
export function openCopyRequests(tx: TenantTx, customerNumber: string): Promise<CopyRequest[]> {
  return tx.rows(sql`
    select reply.reply_id as "replyId", customer.customer_number as "customerNumber", customer.name, customer.segment,
      customer.currency, customer.language, customer.time_zone as "timeZone", customer.contacts, reply.sender,
      reply.content, reply.received_at as "receivedAt",
      exists (select from outreach_message as waiting where waiting.tenant_id = ${tx.tenantId}
        and waiting.reply_id = reply.reply_id and waiting.status = 'queued') as "isOnItsWay",
      coalesce((select message.invoice_numbers from mail_reply join outreach_message as message
        on message.message_id = mail_reply.message_id and message.tenant_id = mail_reply.tenant_id
        where mail_reply.reply_id = reply.reply_id and mail_reply.tenant_id = ${tx.tenantId}
          and message.customer_number = reply.customer_number limit 1), '[]'::jsonb) as "letterInvoices",
      coalesce((select jsonb_agg(distinct lower(recipient ->> 'email')) from outreach_message
        where outreach_message.tenant_id = ${tx.tenantId} and outreach_message.customer_number = reply.customer_number
          and status = 'bounced' and queued_at > now() - interval '90 days'), '[]'::jsonb) as bounced,
      coalesce((select jsonb_agg(kind || ': ' || reason order by placed_at) from customer_stop
        where customer_stop.tenant_id = ${tx.tenantId} and customer_stop.customer_number = reply.customer_number
          and ${hindering}), '[]'::jsonb) as stops
    from dunning_reply as reply join customer
      on customer.tenant_id = reply.tenant_id and customer.customer_number = reply.customer_number
    where reply.tenant_id = ${tx.tenantId} and reply.customer_number = ${customerNumber}
      and reply.reply_class = 'copy-request' and reply.received_at > now() - interval '30 days'
      and not exists (select from outreach_message as sent where sent.tenant_id = ${tx.tenantId}
        and sent.reply_id = reply.reply_id and sent.status in ('sent', 'in-doubt'))
    order by reply.received_at desc, reply.reply_id desc limit 10`)
}

/** The invoices of a customer whose number stands in a text, whatever stands around it. */
export async function ownInvoicesIn(
  tx: TenantTx,
  { customerNumber, text }: { readonly customerNumber: string; readonly text: string },
): Promise<string[]> {
  const rows = await tx.rows<{ invoiceNumber: string }>(sql`
    select invoice_number as "invoiceNumber" from invoice
    where customer_number = ${customerNumber} and position(upper(invoice_number) in upper(${text})) > 0
    order by due_on, invoice_number limit 200`)
  return rows.map(({ invoiceNumber }) => invoiceNumber)
}
