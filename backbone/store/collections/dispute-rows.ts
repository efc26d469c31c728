import { type SQL, sql } from 'drizzle-orm'
import type { DisputeView } from '../../canonical/views/collections-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import { asTextList, type TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from '../reading/page.ts'

const columns = sql`
  dispute_id as "disputeId", customer_number as "customerNumber", currency, invoice_number as "invoiceNumber",
  instalment, amount_minor as "amountMinor", code, route, note, status, reply_id as "replyId",
  opened_at as "openedAt", recorded_by as "recordedBy", resolved_at as "resolvedAt", resolved_by as "resolvedBy",
  resolution`

/** Which disputes are wanted. */
export type DisputeFilter = {
  readonly customerNumber?: string | undefined
  readonly invoiceNumber?: string | undefined
  readonly status?: string | undefined
  readonly code?: string | undefined
  readonly route?: string | undefined
}

function wantedBy(filter: DisputeFilter): SQL[] {
  const { customerNumber, invoiceNumber, status, code, route } = filter
  const wanted: SQL[] = [sql`true`]
  if (customerNumber !== undefined) wanted.push(sql`customer_number = ${customerNumber}`)
  if (invoiceNumber !== undefined) wanted.push(sql`invoice_number = ${invoiceNumber}`)
  if (status !== undefined) wanted.push(sql`status = ${status}`)
  if (code !== undefined) wanted.push(sql`code = ${code}`)
  if (route !== undefined) wanted.push(sql`route = ${route}`)
  return wanted
}

/** Disputes, the newest first, one page. */
export async function listDisputes(
  tx: TenantTx,
  filter: DisputeFilter,
  { limit, after }: PageQuery,
): Promise<Page<DisputeView>> {
  const wanted = wantedBy(filter)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(opened_at, dispute_id) < (${sortedBy}::timestamptz, ${id})`)
  }
  const rows = await tx.rows<DisputeView & { position: string }>(sql`
    select ${columns}, ${exactMoment(sql`opened_at`)} || '|' || dispute_id as position
    from invoice_dispute where ${sql.join(wanted, sql` and `)}
    order by opened_at desc, dispute_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}

/** A dispute as it is first recorded. */
export type NewDispute = Omit<
  DisputeView,
  'status' | 'openedAt' | 'resolvedAt' | 'resolvedBy' | 'resolution'
> & { readonly now: string }

/** Records a dispute. */
export async function insertDispute(
  tx: TenantTx,
  dispute: NewDispute,
): Promise<DisputeView | undefined> {
  const [row] = await tx.rows<DisputeView>(sql`
    insert into invoice_dispute (tenant_id, dispute_id, customer_number, currency, invoice_number, instalment,
      amount_minor, code, route, note, status, reply_id, opened_at, recorded_by)
    values (${tx.tenantId}, ${dispute.disputeId}, ${dispute.customerNumber}, ${dispute.currency}, ${dispute.invoiceNumber},
      ${dispute.instalment}::int, ${dispute.amountMinor}, ${dispute.code}, ${dispute.route}, ${dispute.note}, 'open',
      ${dispute.replyId}, ${dispute.now}::timestamptz, ${dispute.recordedBy})
    returning ${columns}`)
  return row
}

/** Resolves a dispute that is open; gives it as it stands then, nothing when there is none, and whether this changed it. */
export async function resolveDispute(
  tx: TenantTx,
  act: {
    readonly disputeId: string
    readonly status: 'accepted' | 'rejected' | 'withdrawn'
    readonly actor: string
    readonly reason: string
    readonly now: string
  },
): Promise<{ readonly dispute: DisputeView; readonly isChanged: boolean } | undefined> {
  const [resolved] = await tx.rows<DisputeView>(sql`
    update invoice_dispute set status = ${act.status}, resolved_at = ${act.now}::timestamptz,
      resolved_by = ${act.actor}, resolution = ${act.reason}
    where dispute_id = ${act.disputeId} and status = 'open' returning ${columns}`)
  if (resolved !== undefined) return { dispute: resolved, isChanged: true }
  const [known] = await tx.rows<DisputeView>(
    sql`select ${columns} from invoice_dispute where dispute_id = ${act.disputeId}`,
  )
  return known === undefined ? undefined : { dispute: known, isChanged: false }
}

/** An invoice as a dispute or contact names it. */
export type NamedInvoice = {
  readonly invoiceNumber: string
  readonly customerNumber: string
  readonly currency: string
  readonly openMinor: number
}

/** The invoices with these numbers. */
export async function namedInvoices(
  tx: TenantTx,
  invoiceNumbers: readonly string[],
): Promise<NamedInvoice[]> {
  if (invoiceNumbers.length === 0) return []
  return tx.rows(sql`
    select invoice_number as "invoiceNumber", customer_number as "customerNumber", currency, open_minor as "openMinor"
    from invoice where invoice_number = any(${asTextList(invoiceNumbers)}) order by invoice_number`)
}
