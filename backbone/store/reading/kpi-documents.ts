import { type SQL, sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** Documents of one kind that one connection exchanged. */
export type DocumentCount = {
  readonly direction: 'in' | 'out'
  readonly connectionId: string
  /** What came in by its type, what went out by its operation. */
  readonly docType: string
  readonly documents: number
  readonly passed: number
  readonly tests: number
  /** The last day of them. */
  readonly lastOn: string
}

// A receipt is what a partner sent at once; the type is that of its first document, the channel's name when unread.
const cameIn = (from: SQL, before: SQL, day: SQL) => sql`
  select 'in' as direction, receipt.connection_id, coalesce(first.doc_type, receipt.channel) as doc_type,
    ${day} as day, not coalesce(first.is_test, false) as is_real,
    status not in ('rejected', 'quarantined') and conflicts_with is null
      and not findings @> '[{"severity": "error"}]'::jsonb
      and not exists (select 1 from quarantine where quarantine.receipt_id = receipt.receipt_id) as is_passed
  from receipt
  left join lateral (
    select doc_type, canonical @> '{"isTest": true}'::jsonb as is_test from document
    where document.receipt_id = receipt.receipt_id and direction = 'in' order by document_id limit 1) as first on true
  where status <> 'accepted' and received_at >= ${from} and received_at < ${before}`

const wentOut = (from: SQL, before: SQL, day: SQL) => sql`
  select 'out' as direction, connection_id, operation as doc_type, ${day} as day, true as is_real,
    status = 'succeeded' as is_passed
  from transaction
  where created_at >= ${from} and created_at < ${before}
    and (operation like 'partner.%' or operation like 'shop.%' or operation = 'webhook.event')`

const counts = sql`count(*)::int as documents, count(*) filter (where is_passed)::int as passed,
  count(*) filter (where is_passed and not is_real)::int as tests`

/**
 * Counts the documents of the next day that is over and of which nothing is under way any more, and remembers the day;
 * days with something under way are waited for, a week at most. A day of which a document was set aside later is
 * counted again. Gives the day, or nothing when all days are counted.
 */
export async function countNextDay(tx: TenantTx): Promise<string | undefined> {
  const [next] = await tx.rows<{ day: string; from: string; before: string }>(sql`
    with here as (select time_zone, (now() at time zone time_zone)::date as today from tenant),
    late as materialized (
      select (receipt.received_at at time zone time_zone)::date as day, max(quarantine.created_at) as set_aside_at
      from here, quarantine join receipt on receipt.receipt_id = quarantine.receipt_id
      where quarantine.created_at > now() - interval '1 day' group by 1
    ), wanted as (
      select late.day from late join figure_day on figure_day.day = late.day
      where late.set_aside_at > figure_day.counted_at
      union
      select passed::date from here, generate_series(
        greatest((select min(received_at) from receipt) at time zone time_zone,
          (select max(figure_day.day) + 1 from figure_day)::timestamp)::date,
        here.today - 1, interval '1 day') as passed
    ), moment as (
      select wanted.day, wanted.day::timestamp at time zone time_zone as starts_at,
        (wanted.day + 1)::timestamp at time zone time_zone as ends_at, here.today
      from wanted, here
    )
    select moment.day, starts_at as "from", ends_at as before from moment
    where moment.day < today - 7 or (
      not exists (select 1 from receipt
        where status = 'accepted' and received_at >= starts_at and received_at < ends_at)
      and not exists (select 1 from transaction where status in ('waiting', 'sending', 'in-doubt')
        and created_at >= starts_at and created_at < ends_at))
    order by moment.day limit 1`)
  if (next === undefined) return undefined
  const [from, before] = [sql`${next.from}::timestamptz`, sql`${next.before}::timestamptz`]
  const day = sql`${next.day}::text::date`
  await tx.run(sql`delete from document_figure where day = ${day}`)
  await tx.run(sql`
    insert into document_figure (tenant_id, direction, connection_id, doc_type, day, documents, passed, tests)
    select ${tx.tenantId}, direction, connection_id, doc_type, day, ${counts}
    from (${cameIn(from, before, day)} union all ${wentOut(from, before, day)}) as exchanged
    group by direction, connection_id, doc_type, day`)
  await tx.run(sql`
    insert into figure_day (tenant_id, day) values (${tx.tenantId}, ${day})
    on conflict (tenant_id, day) do update set counted_at = now()`)
  return next.day
}

/** The stretches of a period whose days are not counted yet. */
async function uncounted(
  tx: TenantTx,
  { since, until }: { readonly since: string; readonly until: string },
): Promise<readonly { from: string; before: string }[]> {
  const rows = await tx.rows<{ from: string; before: string }>(sql`
    with open as (
      select asked::date as day, asked::date - (row_number() over (order by asked))::int as island
      from generate_series(${since}::text::date, ${until}::text::date, interval '1 day') as asked
      where not exists (select 1 from figure_day where figure_day.day = asked::date)
    )
    select min(day)::timestamp at time zone time_zone as "from",
      (max(day) + 1)::timestamp at time zone time_zone as before
    from open, tenant group by island, time_zone`)
  return rows
}

/** Documents exchanged in a period by connection and kind: counted days as they are kept, the others as they stand. */
export async function documentCounts(
  tx: TenantTx,
  period: { readonly since: string; readonly until: string },
): Promise<DocumentCount[]> {
  const open = await uncounted(tx, period)
  const live = open.map(({ from, before }) => {
    const [start, end] = [sql`${from}::timestamptz`, sql`${before}::timestamptz`]
    const inZone = (column: SQL) =>
      sql`(${column} at time zone (select time_zone from tenant))::date`
    return sql`union all
      select direction, connection_id, doc_type, day, ${counts}
      from (${cameIn(start, end, inZone(sql`received_at`))} union all
        ${wentOut(start, end, inZone(sql`created_at`))}) as exchanged
      group by direction, connection_id, doc_type, day`
  })
  return tx.rows<DocumentCount>(sql`
    select direction, connection_id as "connectionId", doc_type as "docType", sum(documents)::int as documents,
      sum(passed)::int as passed, sum(tests)::int as tests, max(day) as "lastOn"
    from (
      select direction, connection_id, doc_type, day, documents, passed, tests from document_figure
      where day >= ${period.since}::text::date and day <= ${period.until}::text::date
      ${sql.join(live, sql` `)}
    ) as counted
    group by direction, connection_id, doc_type order by connection_id, direction, doc_type`)
}

/** What has ever passed as a test message on the days that are counted. */
export function testedDocuments(
  tx: TenantTx,
): Promise<readonly Pick<DocumentCount, 'direction' | 'connectionId' | 'docType'>[]> {
  return tx.rows(sql`
    select distinct direction, connection_id as "connectionId", doc_type as "docType" from document_figure
    where tests > 0`)
}

/** A connection that exchanges documents, and the partner behind it. */
export type PartnerConnection = {
  readonly connectionId: string
  readonly name: string
  readonly kind: string
  readonly partnerId: string | null
}

/** The connections of the tenant. */
export function partnerConnections(tx: TenantTx): Promise<PartnerConnection[]> {
  return tx.rows<PartnerConnection>(sql`
    select connection_id as "connectionId", name, kind, partner_id as "partnerId" from connection
    order by partner_id, connection_id`)
}
