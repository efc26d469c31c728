import type { Database } from '../store/database.ts'
import { databaseNow, eventHash } from '../store/events.ts'
import { listTenantIds } from '../store/unscoped/tenants.ts'
import {
  type Checkpoint,
  finalEventId,
  insertCheckpoint,
  lastCheckpoint,
  nextCheckpoints,
  sealHasher,
} from '../store/verify/checkpoints.ts'
import {
  type ChainedEvent,
  type KeptEvent,
  nextChainedEvents,
  nextHashes,
  ordersWithoutEvents,
  tenantEventsIn,
} from '../store/verify/event-pages.ts'

const pageSize = 2_000
const mostReported = 1_000

/** Where a chain breaks first, in words. */
type BrokenPlace = {
  readonly tenantId: string
  /** `order ord_…`, `checkpoint 3` or `event 17`. */
  readonly chain: string
  readonly problem: string
}

/** What a verification looked at and found; `broken` names at most a thousand places, `brokenCount` all. */
export type Verification = {
  readonly tenants: number
  readonly orders: number
  readonly events: number
  readonly checkpoints: number
  /** Events after the last checkpoint: chained, but not sealed yet. */
  readonly unsealedEvents: number
  readonly brokenCount: number
  readonly broken: readonly BrokenPlace[]
  readonly eventsPerSecond: number
}

type Tally = {
  orders: number
  events: number
  checkpoints: number
  unsealedEvents: number
  brokenCount: number
  broken: BrokenPlace[]
}

/**
 * Seals the tenant's events since the last checkpoint. The writers' lock is taken alone only to learn up to
 * where events are final; the sealing itself holds nobody up. Gives nothing when there is nothing new.
 */
export async function sealEvents(
  database: Database,
  tenantId: string,
): Promise<Checkpoint | undefined> {
  const upToEventId = await database.inTenant(tenantId, finalEventId)
  const { last, at } = await database.inTenant(tenantId, async (tx) => ({
    last: await lastCheckpoint(tx),
    at: await databaseNow(tx),
  }))
  const afterEventId = last?.upToEventId ?? 0
  if (upToEventId <= afterEventId) return undefined
  const place = {
    checkpointNo: (last?.checkpointNo ?? 0) + 1,
    afterEventId,
    upToEventId,
    previousHash: last?.hash ?? '',
    at,
  }
  const hasher = sealHasher(tenantId, place)
  for await (const page of hashPages(database, tenantId, {
    after: afterEventId,
    upTo: upToEventId,
  }))
    for (const event of page) hasher.add(event)
  const seal = { ...place, eventCount: hasher.count, hash: hasher.digest() }
  const isOurs = await database.inTenant(tenantId, (tx) => insertCheckpoint(tx, seal))
  return isOurs ? seal : undefined
}

type HashPage = readonly { readonly eventId: number; readonly hash: string }[]

// Every page is a transaction of its own: on the embedded database a long one would hold up all work.
async function* hashPages(
  database: Database,
  tenantId: string,
  range: { readonly after: number; readonly upTo: number },
): AsyncGenerator<HashPage> {
  let after = range.after
  for (;;) {
    const from = { after, upTo: range.upTo }
    const page = await database.inTenant(tenantId, (tx) => nextHashes(tx, from, pageSize))
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last.eventId
  }
}

type ChainState = {
  readonly orderId: string
  readonly count: number
  readonly hash: string
  readonly headCount: number | null
  readonly headHash: string | null
  readonly isBroken: boolean
}

function contentOf(event: KeptEvent) {
  const { orderId, orderEventNo, kind, actor, summary, body, at, traceParent, previousHash } = event
  return { orderId, orderEventNo, kind, actor, summary, body, at, traceParent, previousHash }
}

function eventProblem(chain: ChainState, event: ChainedEvent): string | undefined {
  const no = event.orderEventNo
  if (no !== chain.count + 1)
    return `Event ${chain.count + 1} is missing; the next one there is event ${no}.`
  if (eventHash(contentOf(event)) !== event.hash)
    return `Event ${no} (id ${event.eventId}, ${event.kind}) was changed: its content does not give its hash.`
  if (event.previousHash !== chain.hash)
    return `Event ${no} (id ${event.eventId}, ${event.kind}) does not follow from event ${chain.count}: that one's hash is another.`
  return undefined
}

function headProblem(chain: ChainState): string | undefined {
  if (chain.headCount === null) return 'The order is gone and its events are still there.'
  if (chain.headCount !== chain.count)
    return `The order has had ${chain.headCount} events and ${chain.count} are there.`
  if (chain.headHash !== chain.hash)
    return `The order's own note of its last event's hash differs from event ${chain.count}.`
  return undefined
}

function note(tally: Tally, place: BrokenPlace): void {
  tally.brokenCount += 1
  if (tally.broken.length < mostReported) tally.broken.push(place)
}

function endChain(tally: Tally, tenantId: string, chain: ChainState | undefined): void {
  if (chain === undefined) return
  tally.orders += 1
  const problem = chain.isBroken ? undefined : headProblem(chain)
  if (problem !== undefined) note(tally, { tenantId, chain: `order ${chain.orderId}`, problem })
}

function follow(
  tally: Tally,
  tenantId: string,
  before: ChainState | undefined,
  event: ChainedEvent,
): ChainState {
  const isSame = before?.orderId === event.orderId
  if (!isSame) endChain(tally, tenantId, before)
  const start = { orderId: event.orderId, count: 0, hash: '', isBroken: false }
  const { headCount, headHash } = event
  const chain = { ...(isSame ? before : start), headCount, headHash }
  const problem = chain.isBroken ? undefined : eventProblem(chain, event)
  if (problem !== undefined) note(tally, { tenantId, chain: `order ${event.orderId}`, problem })
  return {
    ...chain,
    count: event.orderEventNo,
    hash: event.hash,
    isBroken: chain.isBroken || problem !== undefined,
  }
}

async function verifyOrders(database: Database, tenantId: string, tally: Tally): Promise<void> {
  let chain: ChainState | undefined
  for (;;) {
    const after = { orderId: chain?.orderId ?? '', orderEventNo: chain?.count ?? 0 }
    const page = await database.inTenant(tenantId, (tx) => nextChainedEvents(tx, after, pageSize))
    if (page.length === 0) break
    tally.events += page.length
    for (const event of page) chain = follow(tally, tenantId, chain, event)
  }
  endChain(tally, tenantId, chain)
  const bare = await database.inTenant(tenantId, (tx) => ordersWithoutEvents(tx, mostReported))
  for (const { orderId, eventCount } of bare)
    note(tally, {
      tenantId,
      chain: `order ${orderId}`,
      problem: `The order has had ${eventCount} events and none is there.`,
    })
}

async function verifyTenantEvents(
  database: Database,
  tenantId: string,
  tally: Tally,
  range: { readonly after: number; readonly upTo: number },
): Promise<void> {
  const events = await database.inTenant(tenantId, (tx) => tenantEventsIn(tx, range))
  tally.events += events.length
  for (const event of events)
    if (eventHash(contentOf(event)) !== event.hash)
      note(tally, {
        tenantId,
        chain: `event ${event.eventId}`,
        problem: `The event (${event.kind}) was changed: its content does not give its hash.`,
      })
}

/** Reads a range page by page, checks its tenant events and shows every id and hash. */
async function walk(
  database: Database,
  tenantId: string,
  tally: Tally,
  range: { readonly after: number; readonly upTo: number },
  see: (event: HashPage[number]) => void,
): Promise<void> {
  let { after } = range
  for await (const page of hashPages(database, tenantId, range)) {
    const upTo = page.at(-1)?.eventId ?? after
    await verifyTenantEvents(database, tenantId, tally, { after, upTo })
    for (const event of page) see(event)
    after = upTo
  }
}

function placeProblem(before: Checkpoint | undefined, seal: Checkpoint): string | undefined {
  const expectedNo = (before?.checkpointNo ?? 0) + 1
  if (seal.checkpointNo !== expectedNo) return `Checkpoint ${expectedNo} is missing.`
  if (
    seal.afterEventId !== (before?.upToEventId ?? 0) ||
    seal.previousHash !== (before?.hash ?? '')
  )
    return 'It does not follow from the checkpoint before it.'
  return undefined
}

async function verifyCheckpoint(
  database: Database,
  tenantId: string,
  tally: Tally,
  { before, seal }: { before: Checkpoint | undefined; seal: Checkpoint },
): Promise<void> {
  const hasher = sealHasher(tenantId, seal)
  const range = { after: seal.afterEventId, upTo: seal.upToEventId }
  await walk(database, tenantId, tally, range, (event) => hasher.add(event))
  tally.checkpoints += 1
  const sealed = `events ${seal.afterEventId + 1} to ${seal.upToEventId}`
  const countProblem =
    hasher.count === seal.eventCount
      ? undefined
      : `It sealed ${seal.eventCount} events (${sealed}) and ${hasher.count} are there.`
  const hashProblem =
    hasher.digest() === seal.hash
      ? undefined
      : `What it sealed (${sealed}) is no longer what is there: an event was changed together with its hash.`
  const problem = placeProblem(before, seal) ?? countProblem ?? hashProblem
  if (problem !== undefined)
    note(tally, { tenantId, chain: `checkpoint ${seal.checkpointNo}`, problem })
}

async function verifyCheckpoints(
  database: Database,
  tenantId: string,
  tally: Tally,
): Promise<void> {
  let before: Checkpoint | undefined
  for (;;) {
    const afterNo = before?.checkpointNo ?? 0
    const page = await database.inTenant(tenantId, (tx) => nextCheckpoints(tx, afterNo, 200))
    if (page.length === 0) break
    for (const seal of page) {
      await verifyCheckpoint(database, tenantId, tally, { before, seal })
      before = seal
    }
  }
  const open = { after: before?.upToEventId ?? 0, upTo: Number.MAX_SAFE_INTEGER }
  await walk(database, tenantId, tally, open, () => {
    tally.unsealedEvents += 1
  })
}

/**
 * Checks what is on record: every order's chain of events from the first to the one its row names, and every
 * checkpoint over them. Runs beside the work, page by page. Cutting off the newest checkpoints together with
 * the newest events that belong to no order is the one change it cannot see.
 */
export async function verifyEvents(
  database: Database,
  options: { tenantIds?: readonly string[]; clockMs?: () => number } = {},
): Promise<Verification> {
  const { clockMs = () => performance.now() } = options
  const tenantIds = options.tenantIds ?? (await listTenantIds(database))
  const tally: Tally = {
    orders: 0,
    events: 0,
    checkpoints: 0,
    unsealedEvents: 0,
    brokenCount: 0,
    broken: [],
  }
  const startedAtMs = clockMs()
  for (const tenantId of tenantIds) {
    await verifyOrders(database, tenantId, tally)
    await verifyCheckpoints(database, tenantId, tally)
  }
  const seconds = Math.max(clockMs() - startedAtMs, 1) / 1_000
  return {
    tenants: tenantIds.length,
    ...tally,
    eventsPerSecond: Math.round(tally.events / seconds),
  }
}
