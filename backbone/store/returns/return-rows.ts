import { type SQL, sql } from 'drizzle-orm'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type {
  CreditNoteView,
  ReturnCondition,
  ReturnStatus,
  ReturnSummary,
} from '../../canonical/views/return-view.ts'
import { asJson, type TenantTx } from '../database.ts'
import { cutPage } from '../reading/page.ts'

/** A line of a return as it is kept. */
export type ReturnLineRow = {
  readonly line: string
  readonly sku: string | null
  readonly reason: string
  readonly disputeCode: string | null
  readonly disputeId: string | null
  readonly condition: ReturnCondition
  readonly quantityEach: number
  readonly receivedEach: number | null
  readonly acceptedEach: number | null
  readonly creditedNetMinor: number
  readonly creditedTaxMinor: number
  readonly feeMinor: number
}

/** A return as it is kept; `decisions` are those of its request, line by line. */
export type ReturnRow = ReturnSummary & {
  readonly invoiceId: string
  readonly decisions: Readonly<Record<string, unknown>>
  readonly lines: readonly ReturnLineRow[]
}

const summary = sql`
  return_id as "returnId", return_number as "returnNumber", status, order_id as "orderId",
  invoice_number as "invoiceNumber", customer_number as "customerNumber", currency, requested_on as "requestedOn",
  requested_by as "requestedBy", note, created_at as "createdAt", updated_at as "updatedAt"`

const lines = sql`
  coalesce((select json_agg(json_build_object('line', line, 'sku', sku, 'reason', reason, 'disputeCode', dispute_code,
      'disputeId', dispute_id, 'condition', condition, 'quantityEach', quantity_each, 'receivedEach', received_each,
      'acceptedEach', accepted_each, 'creditedNetMinor', credited_net_minor,
      'creditedTaxMinor', credited_tax_minor, 'feeMinor', fee_minor) order by line)
    from rma_line where rma_line.return_id = rma.return_id), '[]') as lines`

/** The return with an id or number; locked when it is about to move. */
export async function getReturn(
  tx: TenantTx,
  reference: string,
  { isLocked = false }: { readonly isLocked?: boolean } = {},
): Promise<ReturnRow | undefined> {
  const [row] = await tx.rows<ReturnRow>(sql`
    select ${summary}, invoice_id as "invoiceId", decision as decisions, ${lines} from rma
    where return_id = ${reference} or return_number = ${reference} limit 1 ${isLocked ? sql`for update of rma` : sql``}`)
  return row
}

/** Which returns are wanted. */
export type ReturnFilter = {
  readonly status?: ReturnStatus | undefined
  readonly customerNumber?: string | undefined
  readonly invoiceNumber?: string | undefined
}

/** Returns, the newest first, one page. */
export async function listReturns(
  tx: TenantTx,
  filter: ReturnFilter,
  { limit, after }: PageQuery,
): Promise<Page<ReturnSummary>> {
  const wanted: SQL[] = [sql`true`]
  if (filter.status !== undefined) wanted.push(sql`status = ${filter.status}`)
  if (filter.customerNumber !== undefined)
    wanted.push(sql`customer_number = ${filter.customerNumber}`)
  if (filter.invoiceNumber !== undefined) wanted.push(sql`invoice_number = ${filter.invoiceNumber}`)
  if (after !== undefined) wanted.push(sql`return_id < ${after}`)
  const rows = await tx.rows<ReturnSummary & { position: string }>(sql`
    select ${summary}, return_id as position from rma where ${sql.join(wanted, sql` and `)}
    order by return_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}

/** A return as it is first recorded. */
export type NewReturn = Omit<ReturnRow, 'createdAt' | 'updatedAt'>

/** Records a return with its lines. */
export async function insertReturn(tx: TenantTx, row: NewReturn): Promise<void> {
  await tx.run(sql`
    insert into rma (tenant_id, return_id, return_number, order_id, invoice_id, invoice_number, customer_number,
      currency, status, requested_on, decision, note, requested_by)
    values (${tx.tenantId}, ${row.returnId}, ${row.returnNumber}, ${row.orderId}, ${row.invoiceId},
      ${row.invoiceNumber}, ${row.customerNumber}, ${row.currency}, ${row.status},
      ${row.requestedOn}::text::date, ${asJson(row.decisions)}, ${row.note}, ${row.requestedBy})`)
  await tx.run(sql`
    insert into rma_line (tenant_id, return_id, line, sku, reason, dispute_code, dispute_id, condition, quantity_each)
    select ${tx.tenantId}, ${row.returnId}, line, sku, reason, "disputeCode", "disputeId", condition, "quantityEach"
    from jsonb_to_recordset(${asJson(row.lines)}) as row(line text, sku text, reason text, "disputeCode" text,
      "disputeId" text, condition text, "quantityEach" int)`)
}

/** Moves a return on, with its lines as they stand then. */
export async function moveReturn(
  tx: TenantTx,
  { returnId, status, lines: moved }: Pick<ReturnRow, 'returnId' | 'status' | 'lines'>,
): Promise<void> {
  await tx.run(sql`
    update rma set status = ${status}, version = version + 1, updated_at = now() where return_id = ${returnId}`)
  await tx.run(sql`
    update rma_line set received_each = row."receivedEach", accepted_each = row."acceptedEach",
      credited_net_minor = row."creditedNetMinor", credited_tax_minor = row."creditedTaxMinor",
      fee_minor = row."feeMinor"
    from jsonb_to_recordset(${asJson(moved)}) as row(line text, "receivedEach" int, "acceptedEach" int,
      "creditedNetMinor" bigint, "creditedTaxMinor" bigint, "feeMinor" bigint)
    where rma_line.return_id = ${returnId} and rma_line.line = row.line`)
}

/** The credit note of a return. */
export async function creditNoteOf(
  tx: TenantTx,
  returnId: string,
): Promise<CreditNoteView | undefined> {
  const [note] = await tx.rows<CreditNoteView>(sql`
    select credit_note_id as "creditNoteId", credit_note_number as "creditNoteNumber",
      customer_number as "customerNumber", currency, net_minor as "netMinor", tax_minor as "taxMinor",
      fee_minor as "feeMinor", total_minor as "totalMinor", open_minor as "openMinor", status,
      reason_code as "reasonCode", invoice_number as "invoiceNumber", issued_on as "issuedOn", issued_by as "issuedBy"
    from credit_note where return_id = ${returnId}`)
  return note
}
