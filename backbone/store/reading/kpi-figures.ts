import { type SQL, sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'
import type { KpiMoments } from './kpi.ts'

/** What one order contributes to the figures, as it is kept. */
export type OrderFigureRow = {
  readonly orderId: string
  readonly partnerId: string | null
  readonly receivedAt: string
  readonly isTouchless: boolean
  readonly exceptions: number
  readonly isAcknowledgedOnTime: boolean | null
  readonly isOnTime: boolean | null
  readonly isComplete: boolean | null
  readonly isUndamaged: boolean | null
  readonly hasRightDocuments: boolean | null
  readonly validating: number | null
  readonly releasing: number | null
  readonly shipping: number | null
  readonly invoicing: number | null
  readonly paying: number | null
  readonly orderCycle: number | null
  readonly orderToInvoice: number | null
  readonly touches: Readonly<Record<string, number>> | null
}

const given = (rows: readonly OrderFigureRow[]): SQL => sql`
  jsonb_to_recordset(${asJson(rows)}) as given("orderId" text, "partnerId" text, "receivedAt" timestamptz,
    "isTouchless" boolean, exceptions int, "isAcknowledgedOnTime" boolean, "isOnTime" boolean,
    "isComplete" boolean, "isUndamaged" boolean, "hasRightDocuments" boolean, validating float8,
    releasing float8, shipping float8, invoicing float8, paying float8, "orderCycle" float8,
    "orderToInvoice" float8, touches jsonb)`

const givenColumns = sql`"orderId", "partnerId", "receivedAt", "isTouchless", exceptions,
  "isAcknowledgedOnTime", "isOnTime", "isComplete", "isUndamaged", "hasRightDocuments", validating, releasing,
  shipping, invoicing, paying, "orderCycle", "orderToInvoice", touches`

const keptColumns = sql`order_id, partner_id, received_at, is_touchless, exceptions, is_acknowledged_on_time,
  is_on_time, is_complete, is_undamaged, has_right_documents, validating, releasing, shipping, invoicing, paying,
  order_cycle, order_to_invoice, touches`

/** Writes the figures of orders over what was there. */
export async function writeOrderFigures(
  tx: TenantTx,
  rows: readonly OrderFigureRow[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.run(sql`
    insert into order_figure (tenant_id, ${keptColumns})
    select ${tx.tenantId}, ${givenColumns} from ${given(rows)} order by "orderId"
    on conflict (tenant_id, order_id) do update set partner_id = excluded.partner_id,
      is_touchless = excluded.is_touchless, exceptions = excluded.exceptions,
      is_acknowledged_on_time = excluded.is_acknowledged_on_time, is_on_time = excluded.is_on_time,
      is_complete = excluded.is_complete, is_undamaged = excluded.is_undamaged,
      has_right_documents = excluded.has_right_documents, validating = excluded.validating,
      releasing = excluded.releasing, shipping = excluded.shipping, invoicing = excluded.invoicing,
      paying = excluded.paying, order_cycle = excluded.order_cycle,
      order_to_invoice = excluded.order_to_invoice, touches = excluded.touches`)
}

/** Up to which event figures are written, up to which they could be, and how far back they reach. */
export type FigureProgress = {
  readonly upToEventId: number
  /** Later events are not sealed yet. */
  readonly sealedEventId: number
  /** Orders received before have no figures unless they have moved since; null when all have. */
  readonly backTo: string | null
}

const sealed = sql`coalesce((select up_to_event_id from event_checkpoint
  order by checkpoint_no desc limit 1), 0)`

/** Where the figures of orders stand. */
export async function figureProgress(tx: TenantTx): Promise<FigureProgress | undefined> {
  const [row] = await tx.rows<FigureProgress>(sql`
    select figure_progress.up_to_event_id as "upToEventId", ${sealed} as "sealedEventId", back_to::text as "backTo"
    from figure_progress`)
  return row
}

/** The same for writing on: whoever asks first gets it, others nothing. The first time it begins at the last seal. */
export async function lockFigureProgress(tx: TenantTx): Promise<FigureProgress | undefined> {
  await tx.run(sql`
    insert into figure_progress (tenant_id, up_to_event_id, back_to)
    select ${tx.tenantId}, ${sealed}, now() where not exists (select 1 from figure_progress)
    on conflict do nothing`)
  const [row] = await tx.rows<FigureProgress>(sql`
    select figure_progress.up_to_event_id as "upToEventId", ${sealed} as "sealedEventId", back_to::text as "backTo"
    from figure_progress for update skip locked`)
  return row
}

/** Remembers how far figures are written. */
export async function moveFigureProgress(
  tx: TenantTx,
  { upToEventId, backTo }: Pick<FigureProgress, 'upToEventId' | 'backTo'>,
): Promise<void> {
  await tx.run(sql`
    update figure_progress set up_to_event_id = ${upToEventId}::bigint,
      back_to = ${backTo}::text::timestamptz, at = now()`)
}

/** Counts of a period, before they are divided. */
export type OrderCounts = {
  readonly orders: number
  readonly touchless: number
  readonly withException: number
  readonly withSeveral: number
  readonly acknowledged: number
  readonly acknowledgedOnTime: number
  readonly delivered: number
  readonly onTime: number
  readonly complete: number
  readonly undamaged: number
  readonly rightDocuments: number
  readonly perfect: number
}

/** The stretches of an order's way as the figures keep them. */
const keptStretches = [
  'validating',
  'releasing',
  'shipping',
  'invoicing',
  'paying',
  'order_cycle',
  'order_to_invoice',
] as const
type Stretch = (typeof keptStretches)[number]

/** How long the stretches took: [count, median, 95th percentile]. */
export type StretchTimes = Readonly<
  Record<Stretch, readonly [number, number | null, number | null]>
>

/** Kept figures of a period, with those of orders that have gone on since in their place. */
function figures({ from, before }: KpiMoments, fresh: readonly OrderFigureRow[]): SQL {
  const kept = sql`
    select ${keptColumns} from order_figure
    where received_at >= ${from}::timestamptz and received_at < ${before}::timestamptz`
  if (fresh.length === 0) return sql`(${kept}) as figure`
  return sql`(
    ${kept} and not exists (select 1 from fresh where fresh."orderId" = order_figure.order_id)
    union all select ${givenColumns} from fresh) as figure`
}

function withFresh(fresh: readonly OrderFigureRow[]): SQL {
  if (fresh.length === 0) return sql``
  return sql`with fresh as materialized (select ${givenColumns} from ${given(fresh)})`
}

const timesOf = (stretch: Stretch): SQL => {
  const column = sql.identifier(stretch)
  return sql`to_jsonb(array[count(${column})]::float8[]
    || coalesce(percentile_cont(array[0.5, 0.95]::float8[]) within group (order by ${column}), array[null, null]::float8[]))
    as ${column}`
}

/** Counts and times of the orders received in a period. */
export async function orderCounts(
  tx: TenantTx,
  moments: KpiMoments,
  fresh: readonly OrderFigureRow[],
): Promise<(OrderCounts & StretchTimes) | undefined> {
  const [row] = await tx.rows<OrderCounts & StretchTimes>(sql`
    ${withFresh(fresh)}
    select count(*)::int as orders,
      count(*) filter (where is_touchless)::int as touchless,
      count(*) filter (where exceptions > 0)::int as "withException",
      count(*) filter (where exceptions > 1)::int as "withSeveral",
      count(is_acknowledged_on_time)::int as acknowledged,
      count(*) filter (where is_acknowledged_on_time)::int as "acknowledgedOnTime",
      count(is_on_time)::int as delivered,
      count(*) filter (where is_on_time)::int as "onTime",
      count(*) filter (where is_complete)::int as complete,
      count(*) filter (where is_undamaged)::int as undamaged,
      count(*) filter (where has_right_documents)::int as "rightDocuments",
      count(*) filter (where is_on_time and is_complete and is_undamaged and has_right_documents)::int as perfect,
      ${sql.join(keptStretches.map(timesOf), sql`, `)}
    from ${figures(moments, fresh)}`)
  return row
}

/** What people did to the orders of one partner. */
export type PartnerTouches = {
  readonly partnerId: string | null
  readonly orders: number
  readonly touchedOrders: number
  readonly acts: Readonly<Record<string, number>>
}

/** Human acts between receipt and invoice of the orders received in a period, partner by partner. */
export function partnerTouches(
  tx: TenantTx,
  moments: KpiMoments,
  fresh: readonly OrderFigureRow[],
): Promise<PartnerTouches[]> {
  const rows = fresh.length === 0 ? sql`with` : sql`${withFresh(fresh)},`
  return tx.rows<PartnerTouches>(sql`
    ${rows} own as materialized (
      select partner_id, touches from ${figures(moments, fresh)}
    ), act as (
      select partner_id, key, sum(value::int)::int as count
      from own, jsonb_each_text(touches) where touches is not null group by partner_id, key
    )
    select own.partner_id as "partnerId", count(*)::int as orders, count(touches)::int as "touchedOrders",
      coalesce((select jsonb_object_agg(key, act.count) from act
        where act.partner_id is not distinct from own.partner_id), '{}') as acts
    from own group by own.partner_id order by count(touches) desc, own.partner_id`)
}
