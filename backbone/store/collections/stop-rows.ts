import { type SQL, sql } from 'drizzle-orm'
import type { StopView } from '../../canonical/views/collections-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from '../reading/page.ts'

const columns = sql`
  stop_id as "stopId", customer_number as "customerNumber", kind, reason, placed_at as "placedAt",
  placed_by as "placedBy", until, lifted_at as "liftedAt", lifted_by as "liftedBy", lift_reason as "liftReason"`

/** Which stops are wanted. */
export type StopFilter = {
  readonly customerNumber?: string | undefined
  /** Only those nobody has lifted. */
  readonly isActive?: boolean | undefined
}

/** Stops, the newest first, one page. */
export async function listStops(
  tx: TenantTx,
  { customerNumber, isActive }: StopFilter,
  { limit, after }: PageQuery,
): Promise<Page<StopView>> {
  const wanted: SQL[] = [sql`true`]
  if (customerNumber !== undefined) wanted.push(sql`customer_number = ${customerNumber}`)
  if (isActive !== undefined)
    wanted.push(isActive ? sql`lifted_at is null` : sql`lifted_at is not null`)
  if (after !== undefined) {
    const { sortedBy, id } = splitPosition(after)
    wanted.push(sql`(placed_at, stop_id) < (${sortedBy}::timestamptz, ${id})`)
  }
  const rows = await tx.rows<StopView & { position: string }>(sql`
    select ${columns}, ${exactMoment(sql`placed_at`)} || '|' || stop_id as position
    from customer_stop where ${sql.join(wanted, sql` and `)}
    order by placed_at desc, stop_id desc limit ${limit + 1}`)
  return cutPage(rows, limit)
}

/** Places a stop. */
export async function insertStop(
  tx: TenantTx,
  stop: Pick<StopView, 'stopId' | 'customerNumber' | 'kind' | 'reason' | 'placedBy' | 'until'> & {
    readonly now: string
  },
): Promise<StopView | undefined> {
  const [row] = await tx.rows<StopView>(sql`
    insert into customer_stop (tenant_id, stop_id, customer_number, kind, reason, placed_at, placed_by, until)
    values (${tx.tenantId}, ${stop.stopId}, ${stop.customerNumber}, ${stop.kind}, ${stop.reason},
      ${stop.now}::timestamptz, ${stop.placedBy}, ${stop.until}::text::date)
    returning ${columns}`)
  return row
}

/** Lifts a stop; gives it as it stands then, nothing when there is none, and whether this changed it. */
export async function liftStop(
  tx: TenantTx,
  act: {
    readonly stopId: string
    readonly actor: string
    readonly reason: string
    readonly now: string
  },
): Promise<{ readonly stop: StopView; readonly isChanged: boolean } | undefined> {
  const [lifted] = await tx.rows<StopView>(sql`
    update customer_stop set lifted_at = ${act.now}::timestamptz, lifted_by = ${act.actor}, lift_reason = ${act.reason}
    where stop_id = ${act.stopId} and lifted_at is null returning ${columns}`)
  if (lifted !== undefined) return { stop: lifted, isChanged: true }
  const [known] = await tx.rows<StopView>(
    sql`select ${columns} from customer_stop where stop_id = ${act.stopId}`,
  )
  return known === undefined ? undefined : { stop: known, isChanged: false }
}
