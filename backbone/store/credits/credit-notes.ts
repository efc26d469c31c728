import { type SQL, sql } from 'drizzle-orm'
import { CreditNote } from '../../canonical/credit-note.ts'
import type { CreditNoteView } from '../../canonical/views/return-view.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A credit note as its use is decided by. */
export type CreditNoteRow = {
  readonly creditNoteId: string
  readonly creditNoteNumber: string
  readonly customerNumber: string
  readonly currency: string
  readonly totalMinor: number
  readonly openMinor: number
  readonly invoiceId: string | null
  readonly deductionId: string | null
  readonly issuedOn: string
  /** Uses of it that the ERP was told of. */
  readonly postings: number
}

const columns = sql`
  credit_note_id as "creditNoteId", credit_note_number as "creditNoteNumber", customer_number as "customerNumber",
  currency, total_minor as "totalMinor", open_minor as "openMinor", invoice_id as "invoiceId",
  deduction_id as "deductionId", issued_on as "issuedOn", postings`

async function notesWhere(
  tx: TenantTx,
  wanted: SQL,
  { isLocked = false }: { readonly isLocked?: boolean } = {},
): Promise<CreditNoteRow[]> {
  return tx.rows<CreditNoteRow>(sql`
    select ${columns} from credit_note where ${wanted}
    order by credit_note_id ${isLocked ? sql`for update` : sql``}`)
}

/** Locks credit notes by their ids. */
export function lockCreditNotes(tx: TenantTx, ids: readonly string[]): Promise<CreditNoteRow[]> {
  if (ids.length === 0) return Promise.resolve([])
  return notesWhere(tx, sql`credit_note_id = any(${asTextList(ids)})`, { isLocked: true })
}

/** A credit note by its id, held by nobody. */
export async function readCreditNote(
  tx: TenantTx,
  creditNoteId: string,
): Promise<CreditNoteRow | undefined> {
  return (await notesWhere(tx, sql`credit_note_id = ${creditNoteId}`)).at(0)
}

/** The credit note that was made for a deduction. */
export async function creditNoteOfDeduction(
  tx: TenantTx,
  deductionId: string,
): Promise<CreditNoteRow | undefined> {
  return (await notesWhere(tx, sql`deduction_id = ${deductionId}`)).at(0)
}

/** The open credit notes of a customer, each less what open deductions of theirs have set off rightly and not used yet. */
export async function usableCreditNotes(
  tx: TenantTx,
  customerNumber: string,
  { isLocked }: { readonly isLocked: boolean },
): Promise<CreditNoteRow[]> {
  const notes = await notesWhere(
    tx,
    sql`customer_number = ${customerNumber} and status = 'open' and open_minor > 0`,
    { isLocked },
  )
  if (notes.length === 0) return []
  const kept = await tx.rows<{ number: string; currency: string; minor: number }>(sql`
    select reference as number, currency, sum(justified_minor - settled_minor)::bigint as minor from deduction
    where customer_number = ${customerNumber} and status = 'open' and kind = 'credit-taken'
      and reference = any(${asTextList(notes.map((note) => note.creditNoteNumber))})
    group by reference, currency`)
  return notes.flatMap((note) => {
    const { minor = 0 } =
      kept.find(
        ({ number, currency }) => number === note.creditNoteNumber && currency === note.currency,
      ) ?? {}
    const openMinor = note.openMinor - minor
    return openMinor > 0 ? [{ ...note, openMinor }] : []
  })
}

/** How much of credit notes is used (below zero: free again), and by how many postings. */
export type CreditMove = {
  readonly creditNoteId: string
  readonly usedMinor: number
  readonly postings: number
}

/** Moves what is open of credit notes. The caller holds their locks. */
export async function moveCreditNotes(tx: TenantTx, moves: readonly CreditMove[]): Promise<void> {
  if (moves.length === 0) return
  await tx.run(sql`
    update credit_note set open_minor = open_minor - "usedMinor", postings = credit_note.postings + row.postings,
      status = case when open_minor - "usedMinor" = 0 then 'used' else 'open' end
    from jsonb_to_recordset(${asJson(moves)}) as row("creditNoteId" text, "usedMinor" bigint, postings int)
    where credit_note_id = "creditNoteId"
      and credit_note_id = any(${asTextList(moves.map((move) => move.creditNoteId))})`)
}

/** A credit note as it is issued. */
export type NewCreditNote = Omit<CreditNoteView, 'openMinor' | 'status'> & {
  readonly orderId: string
  readonly invoiceId: string
  readonly returnId?: string | undefined
  readonly deductionId?: string | undefined
  readonly lines: readonly object[]
}

/** Issues a credit note; all of it is open. */
export async function insertCreditNote(tx: TenantTx, note: NewCreditNote): Promise<void> {
  await tx.run(sql`
    insert into credit_note (tenant_id, credit_note_id, credit_note_number, customer_number, currency, net_minor,
      tax_minor, fee_minor, total_minor, open_minor, status, reason_code, order_id, invoice_id, invoice_number,
      return_id, deduction_id, lines, issued_on, issued_by)
    values (${tx.tenantId}, ${note.creditNoteId}, ${note.creditNoteNumber}, ${note.customerNumber}, ${note.currency},
      ${note.netMinor}, ${note.taxMinor}, ${note.feeMinor}, ${note.totalMinor}, ${note.totalMinor}, 'open',
      ${note.reasonCode}, ${note.orderId}, ${note.invoiceId}, ${note.invoiceNumber}, ${note.returnId ?? null},
      ${note.deductionId ?? null}, ${asJson(note.lines)}, ${note.issuedOn}::text::date, ${note.issuedBy})`)
}

/** Credit notes as they were issued, of those that a connection was never told of: older releases kept them to themselves. */
export async function unpostedCreditNotes(
  tx: TenantTx,
  ids: readonly string[],
  connectionId: string,
): Promise<CreditNote[]> {
  if (ids.length === 0) return []
  const rows = await tx.rows<{ note: unknown }>(sql`
    select jsonb_strip_nulls(jsonb_build_object('docType', 'credit-note', 'creditNoteNumber', credit_note_number,
        'customerNumber', note.customer_number, 'currency', note.currency, 'issuedOn', issued_on::text,
        'invoiceNumber', note.invoice_number, 'orderNumber', order_number,
        'purchaseOrderNumber', purchase_order_number, 'returnNumber', return_number, 'reasonCode', reason_code,
        'netMinor', net_minor, 'taxMinor', note.tax_minor, 'feeMinor', fee_minor, 'totalMinor', note.total_minor,
        'lines', (select coalesce(jsonb_agg(jsonb_build_object('line', line, 'sku', sku,
            'quantityEach', case when "creditedNetMinor" is null then "quantityEach" else "acceptedEach" end,
            'netMinor', coalesce("netMinor", "creditedNetMinor", 0),
            'taxMinor', coalesce("taxMinor", "creditedTaxMinor", 0), 'feeMinor', coalesce("feeMinor", 0))), '[]')
          from jsonb_to_recordset(note.lines) as part(line text, sku text, "quantityEach" int, "acceptedEach" int,
            "netMinor" bigint, "creditedNetMinor" bigint, "taxMinor" bigint, "creditedTaxMinor" bigint,
            "feeMinor" bigint)))) as note
    from credit_note as note join orders on orders.order_id = note.order_id
    left join rma on rma.return_id = note.return_id
    where credit_note_id = any(${asTextList(ids)}) and not exists (select from transaction as told
      where told.tenant_id = ${tx.tenantId} and told.connection_id = ${connectionId}
        and told.ordering_key = credit_note_number and told.operation = 'erp.post-credit-note')
    order by credit_note_id`)
  return rows.flatMap(({ note }) => CreditNote.safeParse(note).data ?? [])
}

/** What an invoice billed, and what all its credit notes gave back of it, before restocking fees. */
export async function creditedToInvoice(
  tx: TenantTx,
  invoiceId: string,
): Promise<{ readonly billedMinor: number; readonly creditedMinor: number }> {
  const [row] = await tx.rows<{ billedMinor: number; creditedMinor: number }>(sql`
    select total_minor as "billedMinor", coalesce((select sum(net_minor + tax_minor) from credit_note
      where credit_note.invoice_id = invoice.invoice_id and credit_note.status <> 'void'), 0)::bigint as "creditedMinor"
    from invoice where invoice_id = ${invoiceId}`)
  return row ?? { billedMinor: 0, creditedMinor: 0 }
}
