import { sql } from 'drizzle-orm'
import { newId } from '../../canonical/ids.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** What of a credit note is put to an invoice. */
export type NewCreditApplication = {
  readonly creditNoteId: string
  readonly invoiceId: string
  readonly amountMinor: number
  readonly postingNumber: string
  readonly paymentId?: string | undefined
  readonly deductionId?: string | undefined
  readonly appliedBy: string
  readonly reason: string
}

/** Records what credits were put to. */
export async function recordCreditApplications(
  tx: TenantTx,
  applications: readonly NewCreditApplication[],
  at: string,
): Promise<void> {
  if (applications.length === 0) return
  const rows = applications.map((application) => ({
    creditApplicationId: newId('cra'),
    ...application,
  }))
  await tx.run(sql`
    insert into credit_application (tenant_id, credit_application_id, credit_note_id, invoice_id, amount_minor,
      posting_number, payment_id, deduction_id, applied_by, reason, applied_at)
    select ${tx.tenantId}, "creditApplicationId", "creditNoteId", "invoiceId", "amountMinor", "postingNumber",
      "paymentId", "deductionId", "appliedBy", reason, ${at}::text::timestamptz
    from jsonb_to_recordset(${asJson(rows)}) as row(
      "creditApplicationId" text, "creditNoteId" text, "invoiceId" text, "amountMinor" bigint, "postingNumber" text,
      "paymentId" text, "deductionId" text, "appliedBy" text, reason text)`)
}

/** What of a credit note is put to an invoice and stands. */
export type CreditApplicationRow = {
  readonly creditApplicationId: string
  readonly creditNoteId: string
  readonly invoiceId: string
  readonly invoiceNumber: string
  readonly orderId: string
  readonly amountMinor: number
  readonly postingNumber: string
  readonly paymentId: string | null
  readonly deductionId: string | null
}

/** Whose uses are meant: those that came with payments, or those of credit notes. */
export type CreditsMeant = {
  readonly paymentIds?: readonly string[]
  readonly creditNoteIds?: readonly string[]
}

/** The uses of credits that stand. */
export async function standingCreditUses(
  tx: TenantTx,
  { paymentIds = [], creditNoteIds = [] }: CreditsMeant,
): Promise<CreditApplicationRow[]> {
  return tx.rows<CreditApplicationRow>(sql`
    select credit_application_id as "creditApplicationId", credit_note_id as "creditNoteId", invoice_id as "invoiceId",
      invoice.invoice_number as "invoiceNumber", invoice.order_id as "orderId", amount_minor as "amountMinor",
      posting_number as "postingNumber", payment_id as "paymentId", deduction_id as "deductionId"
    from credit_application join invoice using (tenant_id, invoice_id)
    where undone_at is null
      and (payment_id = any(${asTextList(paymentIds)}) or credit_note_id = any(${asTextList(creditNoteIds)}))
    order by credit_application_id`)
}

/** Marks uses as undone; gives those that stood until now. The caller holds the credit notes. */
export async function undoCreditUses(
  tx: TenantTx,
  ids: readonly string[],
  { by, reason, at }: { readonly by: string; readonly reason: string; readonly at: string },
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx.rows<{ id: string }>(sql`
    update credit_application set undone_at = ${at}::text::timestamptz, undone_by = ${by}, undo_reason = ${reason}
    where credit_application_id = any(${asTextList(ids)}) and undone_at is null
    returning credit_application_id as id`)
  return new Set(rows.map((row) => row.id))
}
