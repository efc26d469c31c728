import { sql } from 'drizzle-orm'
import type { ContactView, DisputeView, StopView } from '../../canonical/views/collections-view.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A paid invoice of the past. */
export type PaidInvoice = {
  readonly invoiceNumber: string
  readonly customerNumber: string
  readonly currency: string
  readonly totalMinor: number
  readonly dueOn: string
}

/** The paid invoices of some customers that fell due within a span. */
export async function paidInvoices(
  tx: TenantTx,
  customers: readonly string[],
  { since, until }: { readonly since: string; readonly until: string },
): Promise<PaidInvoice[]> {
  return tx.rows(sql`
    select invoice_number as "invoiceNumber", customer_number as "customerNumber", currency,
      total_minor as "totalMinor", due_on as "dueOn"
    from invoice where customer_number = any(${asTextList(customers)}) and open_minor = 0
      and due_on between ${since}::text::date and ${until}::text::date
    order by invoice_number`)
}

/** Whether anything of collections is on record already. */
export async function isCollectionsSeeded(tx: TenantTx): Promise<boolean> {
  const rows = await tx.rows(sql`
    select from dunning_contact union all select from customer_stop
    union all select from payment_promise union all select from invoice_dispute limit 1`)
  return rows.length > 0
}

/**
 * Makes paid invoices of the seed open again, as if their payment had never come; of those whose money `stays`,
 * it stays with us, unapplied.
 */
export async function reopenInvoices(
  tx: TenantTx,
  invoices: readonly { readonly invoiceNumber: string; readonly moneyStays: boolean }[],
): Promise<void> {
  const numbers = asTextList(invoices.map(({ invoiceNumber }) => invoiceNumber))
  const staying = asTextList(
    invoices.filter((one) => one.moneyStays).map(({ invoiceNumber }) => invoiceNumber),
  )
  await tx.run(sql`
    with reopened as (
      update invoice set open_minor = total_minor, status = 'open'
      where invoice_number = any(${numbers}) returning invoice_id, invoice_number, order_id
    ), back as (
      update orders set stage = 'invoiced' from reopened where orders.order_id = reopened.order_id
      returning orders.order_id
    ), taken as (
      delete from payment_application using reopened
      where payment_application.invoice_id = reopened.invoice_id
      returning payment_id, applied_minor, invoice_number = any(${staying}) as stays
    ), by_payment as (
      select payment_id, coalesce(sum(applied_minor) filter (where stays), 0) as staying,
        coalesce(sum(applied_minor) filter (where not stays), 0) as going
      from taken group by payment_id
    )
    update payment set amount_minor = amount_minor - going, unapplied_minor = unapplied_minor + staying
    from by_payment where payment.payment_id = by_payment.payment_id`)
  await tx.run(sql`delete from payment where amount_minor = 0 and connection_id = 'history'`)
}

/** What people had recorded before the seed's day. */
export type SeedRecords = {
  readonly contacts: readonly (ContactView & {
    readonly oldestDays: number
    readonly segment: string
  })[]
  readonly promises: readonly {
    readonly promiseId: string
    readonly customerNumber: string
    readonly currency: string
    readonly amountMinor: number
    readonly promisedOn: string
    readonly settleBy: string
    readonly status: 'pending' | 'broken'
    readonly recordedOn: string
    readonly decidedOn: string | null
  }[]
  readonly disputes: readonly Pick<
    DisputeView,
    | 'disputeId'
    | 'customerNumber'
    | 'currency'
    | 'invoiceNumber'
    | 'amountMinor'
    | 'code'
    | 'route'
    | 'note'
    | 'openedAt'
  >[]
  readonly stops: readonly Pick<
    StopView,
    'stopId' | 'customerNumber' | 'kind' | 'reason' | 'placedAt'
  >[]
}

const by = 'quittance'

/** Writes the records of the seed. */
export async function writeSeedRecords(tx: TenantTx, records: SeedRecords): Promise<void> {
  await tx.run(sql`
    insert into dunning_contact (tenant_id, contact_id, customer_number, currency, channel, level, is_reply, outcome,
      addressee, invoice_numbers, amount_minor, oldest_days, segment, note, made_at, made_on, recorded_by)
    select ${tx.tenantId}, "contactId", "customerNumber", currency, channel, level, "isReply", outcome, addressee,
      "invoiceNumbers", "amountMinor", "oldestDays", segment, note, "madeAt", "madeOn", "recordedBy"
    from jsonb_to_recordset(${asJson(records.contacts)}) as row("contactId" text, "customerNumber" text, currency text,
      channel text, level int, "isReply" boolean, outcome text, addressee jsonb, "invoiceNumbers" jsonb,
      "amountMinor" bigint, "oldestDays" int, segment text, note text, "madeAt" timestamptz, "madeOn" date,
      "recordedBy" text)`)
  await tx.run(sql`
    insert into payment_promise (tenant_id, promise_id, customer_number, currency, amount_minor, promised_on, settle_by,
      status, recorded_at, recorded_on, recorded_by, decided_on, decided_at, decided_by)
    select ${tx.tenantId}, "promiseId", "customerNumber", currency, "amountMinor", "promisedOn", "settleBy", status,
      "recordedOn", "recordedOn", ${by}, "decidedOn", "decidedOn", case when "decidedOn" is not null then ${by} end
    from jsonb_to_recordset(${asJson(records.promises)}) as row("promiseId" text, "customerNumber" text, currency text,
      "amountMinor" bigint, "promisedOn" date, "settleBy" date, status text, "recordedOn" date, "decidedOn" date)`)
  await tx.run(sql`
    insert into invoice_dispute (tenant_id, dispute_id, customer_number, currency, invoice_number, amount_minor, code,
      route, note, status, opened_at, recorded_by)
    select ${tx.tenantId}, "disputeId", "customerNumber", currency, "invoiceNumber", "amountMinor", code, route, note,
      'open', "openedAt", ${by}
    from jsonb_to_recordset(${asJson(records.disputes)}) as row("disputeId" text, "customerNumber" text, currency text,
      "invoiceNumber" text, "amountMinor" bigint, code text, route text, note text, "openedAt" timestamptz)`)
  await tx.run(sql`
    insert into customer_stop (tenant_id, stop_id, customer_number, kind, reason, placed_at, placed_by)
    select ${tx.tenantId}, "stopId", "customerNumber", kind, reason, "placedAt", ${by}
    from jsonb_to_recordset(${asJson(records.stops)}) as row("stopId" text, "customerNumber" text, kind text, reason text,
      "placedAt" timestamptz)`)
}
