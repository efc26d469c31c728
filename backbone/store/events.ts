import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { type EventChain, emptyChain } from '../canonical/order-state.ts'
import { asJson, asTextList, keepableJson, type TenantTx, type Tx } from './database.ts'

/** Something that happened, as it goes on the record. `summary` is the sentence the timeline shows. */
export type EventDraft = {
  readonly kind: string
  readonly actor: string
  readonly summary: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly traceParent?: string | undefined
}

/** An event of an order. */
export type OrderEventDraft = EventDraft & { readonly orderId: string }

/** An event as it is kept and hashed. */
export type RecordedEvent = {
  readonly orderId: string | null
  readonly orderEventNo: number | null
  readonly kind: string
  readonly actor: string
  readonly summary: string
  readonly body: unknown
  readonly at: string
  readonly traceParent: string | null
  readonly previousHash: string
}

/** The one spelling of a JSON value: keys in order, so that equal content has equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`)
      .join(',')}}`
  return JSON.stringify(value ?? null)
}

/** The hash of an event: SHA-256 over its canonical JSON, which includes the hash before it. */
export function eventHash(event: RecordedEvent): string {
  return createHash('sha256').update(canonicalJson(event)).digest('hex')
}

/** The advisory lock that event writers share and a checkpoint takes alone for a moment. */
export function eventLockKey(tenantId: string): string {
  return `event:${tenantId}`
}

async function takeWriterLock(tx: TenantTx): Promise<void> {
  await tx.run(
    sql`select pg_advisory_xact_lock_shared(hashtextextended(${eventLockKey(tx.tenantId)}, 0))`,
  )
}

type Row = RecordedEvent & { readonly hash: string }

async function insertEvents(tx: Tx & { tenantId: string }, rows: readonly Row[]): Promise<void> {
  await tx.run(sql`
    insert into event (tenant_id, order_id, order_event_no, kind, actor, summary, body, at, trace_parent, previous_hash, hash)
    select ${tx.tenantId}, "orderId", "orderEventNo", kind, actor, summary, body, at, "traceParent", "previousHash", hash
    from rows from (jsonb_to_recordset(${asJson(rows)}) as (
      "orderId" text, "orderEventNo" int, kind text, actor text, summary text, body jsonb, at timestamptz,
      "traceParent" text, "previousHash" text, hash text)) with ordinality as row(
      "orderId", "orderEventNo", kind, actor, summary, body, at, "traceParent", "previousHash", hash, place)
    order by place`)
}

function record(
  draft: EventDraft,
  at: string,
  link: Pick<RecordedEvent, 'orderId' | 'orderEventNo' | 'previousHash'>,
): Row {
  const event: RecordedEvent = {
    ...link,
    kind: draft.kind,
    actor: draft.actor,
    summary: draft.summary,
    body: draft.body ?? {},
    at,
    traceParent: draft.traceParent ?? null,
  }
  // Hashed as the database will keep it, or the record would not verify.
  const kept: RecordedEvent = JSON.parse(keepableJson(event))
  return { ...kept, hash: eventHash(kept) }
}

/**
 * Appends events of orders, each chained to the one before it, where the orders' chains stand as given;
 * tells where they stand then, for the caller to write with the orders. The caller holds the orders' locks.
 */
export async function appendToChains(
  tx: TenantTx,
  drafts: readonly OrderEventDraft[],
  chains: ReadonlyMap<string, EventChain>,
  at: string,
): Promise<Map<string, EventChain>> {
  const moved = new Map<string, EventChain>()
  if (drafts.length === 0) return moved
  await takeWriterLock(tx)
  const rows = drafts.map((draft) => {
    const { orderId } = draft
    const { count, hash } = moved.get(orderId) ?? chains.get(orderId) ?? emptyChain
    const row = record(draft, at, { orderId, orderEventNo: count + 1, previousHash: hash })
    moved.set(orderId, { count: count + 1, hash: row.hash })
    return row
  })
  await insertEvents(tx, rows)
  return moved
}

/** Appends events of orders whose rows the caller has locked and does not write otherwise. `at` is the database's clock. */
export async function appendOrderEvents(
  tx: TenantTx,
  drafts: readonly OrderEventDraft[],
  at: string,
): Promise<void> {
  if (drafts.length === 0) return
  const orderIds = [...new Set(drafts.map((draft) => draft.orderId))]
  const rows = await tx.rows<{ orderId: string; chain: EventChain }>(sql`
    select order_id as "orderId", json_build_object('count', event_count, 'hash', event_hash) as chain
    from orders where order_id = any(${asTextList(orderIds)})`)
  const chains = new Map(rows.map(({ orderId, chain }) => [orderId, chain]))
  await moveChains(tx, await appendToChains(tx, drafts, chains, at))
}

/** Writes where the chains of orders stand now. The caller holds the orders' locks. */
export async function moveChains(
  tx: TenantTx,
  chains: ReadonlyMap<string, EventChain>,
): Promise<void> {
  if (chains.size === 0) return
  const heads = [...chains].map(([orderId, chain]) => ({ orderId, ...chain }))
  await tx.run(sql`
    update orders set event_count = head.count, event_hash = head.hash
    from jsonb_to_recordset(${asJson(heads)}) as head("orderId" text, count int, hash text)
    where orders.order_id = head."orderId" and orders.order_id = any(${asTextList([...chains.keys()])})`)
}

/** Appends events that belong to no order (connections, quarantine, master data); checkpoints seal them. */
export async function appendTenantEvents(
  tx: TenantTx,
  drafts: readonly EventDraft[],
  at: string,
): Promise<void> {
  if (drafts.length === 0) return
  await takeWriterLock(tx)
  await insertEvents(
    tx,
    drafts.map((draft) =>
      record(draft, at, { orderId: null, orderEventNo: null, previousHash: '' }),
    ),
  )
}

/** The database's clock, the only one that decides about time. */
export async function databaseNow(tx: Tx): Promise<string> {
  const [row] = await tx.rows<{ now: string }>(sql`select now() as now`)
  return row?.now ?? new Date().toISOString()
}
