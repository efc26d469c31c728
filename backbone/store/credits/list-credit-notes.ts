import { type SQL, sql } from 'drizzle-orm'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { CreditNoteUseView } from '../../canonical/views/return-view.ts'
import type { TenantTx } from '../database.ts'
import { cutPage } from '../reading/page.ts'

/** Which credit notes are wanted. */
export type CreditNoteFilter = {
  readonly customerNumber?: string | undefined
  readonly status?: string | undefined
  readonly invoiceNumber?: string | undefined
}

const isoMoment = (column: SQL) =>
  sql`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Credit notes with what they were put to, the newest first, one page. */
export async function listCreditNotes(
  tx: TenantTx,
  { customerNumber, status, invoiceNumber }: CreditNoteFilter,
  { limit, after }: PageQuery,
): Promise<Page<CreditNoteUseView>> {
  const wanted: SQL[] = [sql`true`]
  if (customerNumber !== undefined) wanted.push(sql`customer_number = ${customerNumber}`)
  if (status !== undefined) wanted.push(sql`status = ${status}`)
  if (invoiceNumber !== undefined) wanted.push(sql`invoice_number = ${invoiceNumber}`)
  if (after !== undefined) wanted.push(sql`credit_note_id < ${after}`)
  const rows = await tx.rows<CreditNoteUseView & { position: string }>(sql`
    select credit_note_id as "creditNoteId", credit_note_number as "creditNoteNumber",
      customer_number as "customerNumber", currency, net_minor as "netMinor", tax_minor as "taxMinor",
      fee_minor as "feeMinor", total_minor as "totalMinor", open_minor as "openMinor", status,
      reason_code as "reasonCode", invoice_number as "invoiceNumber", issued_on as "issuedOn",
      issued_by as "issuedBy", return_id as "returnId", deduction_id as "deductionId",
      coalesce((select json_agg(json_build_object('invoiceNumber', invoice.invoice_number, 'amountMinor', used.amount_minor,
          'paymentNumber', payment.payment_number, 'appliedBy', applied_by, 'reason', reason,
          'appliedAt', ${isoMoment(sql`applied_at`)}, 'undoneAt', ${isoMoment(sql`undone_at`)}, 'undoneBy', undone_by)
          order by credit_application_id)
        from credit_application used join invoice on invoice.invoice_id = used.invoice_id
        left join payment on payment.payment_id = used.payment_id
        where used.credit_note_id = credit_note.credit_note_id), '[]') as uses,
      credit_note_id as position
    from credit_note where ${sql.join(wanted, sql` and `)}
    order by credit_note_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}
