import { groupBy } from '../canonical/group-by.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { TransactionSummary, TransactionView } from '../canonical/views/transaction-view.ts'
import { CallerMistake } from '../errors.ts'
import { onFinishedCalls } from '../flows/on-finished.ts'
import { operationOf } from '../flows/outbox/operation.ts'
import { replayObstacle } from '../policies/retry.ts'
import { replayLimit } from '../policies/triage/replay-plan.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { Database, TenantTx } from '../store/database.ts'
import {
  appendOrderEvents,
  appendTenantEvents,
  databaseNow,
  type EventDraft,
} from '../store/events.ts'
import { getTransaction } from '../store/outbox/get-transaction.ts'
import { lockLanes } from '../store/outbox/lanes.ts'
import { listTransactions, type TransactionFilter } from '../store/outbox/list-transactions.ts'
import { closeNotices } from '../store/outbox/notices.ts'
import { wakeNextOfKeys } from '../store/outbox/record-results.ts'
import {
  clearedClusters,
  dropCalls,
  type FailedSelection,
  lockCalls,
  lockOrders,
  type ReplayCandidate,
  replayCalls,
  selectFailed,
} from '../store/outbox/replay-calls.ts'
import { closeResolved } from '../store/triage/clusters.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { beginReplay, chosenCalls } from './triage/replay-cluster.ts'

/** Which given-up calls to send again: these, those of one cause with all that depends on it, or those of a filter. */
type ReplaySelection = FailedSelection | { readonly cluster: string }

/** What became of the calls a person asked to send again. */
type ReplayCounts = {
  readonly replayed: number
  /** Not sent again, because their order is cancelled or a later call did it. */
  readonly dropped: number
  /** Not given up, not known, or being worked on at this moment. */
  readonly skipped: number
}

/** What became of a call a person wants out of the way. */
type DropResult =
  | { readonly outcome: 'dropped' }
  | { readonly outcome: 'not-found' }
  /** It has ended already, or is on its way at this moment. */
  | { readonly outcome: 'not-droppable'; readonly status: string }

/** Calls to and from outside systems: what failed, why, and sending it again. */
export type TransactionsService = {
  list(
    query: TransactionFilter & { readonly tenantId: string; readonly page: PageQuery },
  ): Promise<Page<TransactionSummary>>
  get(tenantId: string, transactionId: string): Promise<TransactionView | undefined>
  /** Sends given-up calls again, at most a thousand at once; `actor` is the person who wants it. */
  replay(request: {
    readonly tenantId: string
    readonly actor: string
    readonly selection: ReplaySelection
  }): Promise<ReplayCounts>
  /** Ends a call that is not wanted any more, so that its key goes on. */
  drop(request: {
    readonly tenantId: string
    readonly actor: string
    readonly transactionId: string
    readonly reason: string
  }): Promise<DropResult>
}

type Tools = {
  readonly database: Database
  readonly queue: JobQueue
  readonly metrics?: Pick<Metrics, 'outboxReplayed'>
}

const droppable = ['waiting', 'in-doubt', 'failed']

/** Opens the transactions of the store for people and programs. */
export function transactionsService(tools: Tools): TransactionsService {
  const { database } = tools
  return {
    list: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listTransactions(tx, filter, page)),
    get: (tenantId, transactionId) =>
      database.inTenant(tenantId, (tx) => getTransaction(tx, transactionId)),
    async replay({ tenantId, actor, selection }) {
      assertWithinLimit(selection)
      const done = await database.inTenant(tenantId, (tx) =>
        replay(tx, { actor, selection }, tools),
      )
      for (const [operation, count] of done.byOperation)
        tools.metrics?.outboxReplayed({ operation, count })
      return done.counts
    },
    drop: ({ tenantId, ...request }) =>
      database.inTenant(tenantId, (tx) => drop(tx, request, tools.queue)),
  }
}

function assertWithinLimit(selection: ReplaySelection): void {
  if (!('ids' in selection) || selection.ids.length <= replayLimit) return
  const { length } = selection.ids
  throw new CallerMistake(
    422,
    'too-many-transactions',
    `At most ${replayLimit} transactions can be replayed at once; these are ${length}.`,
  )
}

// Lanes before orders before calls, like everybody who takes several of them.
async function lockAll(
  tx: TenantTx,
  rows: readonly { transactionId: string; connectionId: string; orderId: string | null }[],
  statuses: readonly string[],
): Promise<ReplayCandidate[]> {
  await lockLanes(
    tx,
    rows.map((row) => row.connectionId),
  )
  await lockOrders(tx, [...new Set(rows.flatMap((row) => row.orderId ?? []))])
  return lockCalls(
    tx,
    rows.map((row) => row.transactionId),
    statuses,
  )
}

async function replay(
  tx: TenantTx,
  { actor, selection }: { actor: string; selection: ReplaySelection },
  { queue }: Tools,
): Promise<{ counts: ReplayCounts; byOperation: Map<string, number> }> {
  const wanted = await chosenCalls(tx, selection)
  const chosen = await selectFailed(tx, wanted.selection, replayLimit)
  const calls = await lockAll(tx, chosen, ['failed'])
  const now = await databaseNow(tx)
  const again = calls.filter((call) => replayObstacle(call) === undefined)
  await sendAgain(tx, { calls: again, dependants: wanted.dependants, now }, queue)
  const byReason = groupBy(calls, (call) => replayObstacle(call) ?? '')
  byReason.delete('')
  for (const [reason, dropped] of byReason)
    await dropAndWake(tx, { calls: dropped, reason, now }, queue)
  const transactionIds = calls.map((call) => call.transactionId)
  if ('cluster' in selection) await beginReplay(tx, { ...selection, actor, transactionIds, now })
  await closeResolved(tx, transactionIds, now)
  await closeCleared(tx, calls)
  const events = calls.map((call) => ({ call, draft: eventOf(call, actor, replayObstacle(call)) }))
  await appendEvents(tx, events, now)
  const asked = 'ids' in selection ? new Set(selection.ids).size : chosen.length
  const byOperation = new Map<string, number>()
  for (const { operation } of again)
    byOperation.set(operation, (byOperation.get(operation) ?? 0) + 1)
  const counts = {
    replayed: again.length,
    dropped: calls.length - again.length,
    skipped: asked - calls.length,
  }
  return { counts, byOperation }
}

// How long a dependant waits at most before it is tried although its parent is not through yet.
const dependantWaitMs = 60_000

// What depends on others is due later: it is woken when they are through.
async function sendAgain(
  tx: TenantTx,
  {
    calls,
    dependants,
    now,
  }: { calls: readonly ReplayCandidate[]; dependants: ReadonlySet<string>; now: string },
  queue: JobQueue,
): Promise<void> {
  const own = calls.filter((call) => !dependants.has(call.transactionId))
  const hasOwn = own.length > 0
  const after = calls.filter((call) => dependants.has(call.transactionId))
  const later = new Date(Date.parse(now) + (hasOwn ? dependantWaitMs : 0))
  const idsOf = (some: readonly ReplayCandidate[]) => some.map((call) => call.transactionId)
  await replayCalls(tx, idsOf(own), now)
  await replayCalls(tx, idsOf(after), later.toISOString())
  await wakeConnections(tx, queue, own)
  await wakeConnections(tx, queue, after, later)
}

async function drop(
  tx: TenantTx,
  { actor, transactionId, reason }: { actor: string; transactionId: string; reason: string },
  queue: JobQueue,
): Promise<DropResult> {
  const known = await getTransaction(tx, transactionId)
  if (known === undefined || known.direction === 'in') return { outcome: 'not-found' }
  const calls = await lockAll(tx, [known], droppable)
  if (calls.length === 0) return { outcome: 'not-droppable', status: known.status }
  const now = await databaseNow(tx)
  await dropAndWake(tx, { calls, reason: `Dropped: ${reason}`, now }, queue)
  await closeCleared(tx, calls)
  await closeResolved(tx, [transactionId], now)
  const events = calls.map((call) => ({ call, draft: eventOf(call, actor, `Dropped: ${reason}`) }))
  await appendEvents(tx, events, now)
  const ended = calls.map((call) => ({
    transactionId,
    operation: operationOf(call.operation),
    connectionId: call.connectionId,
    documentId: known.documentId ?? '',
    naturalKey: call.naturalKey,
    ...(call.orderId === null ? {} : { orderId: call.orderId }),
    result: { status: 'dropped' as const, actor, reason },
  }))
  await onFinishedCalls(queue)(tx, ended)
  return { outcome: 'dropped' }
}

async function dropAndWake(
  tx: TenantTx,
  { calls, reason, now }: { calls: readonly ReplayCandidate[]; reason: string; now: string },
  queue: JobQueue,
): Promise<void> {
  const transactionIds = calls.map((call) => call.transactionId)
  await dropCalls(tx, { transactionIds, reason, now })
  await wakeNextOfKeys(tx, calls, new Date(now))
  await wakeConnections(tx, queue, calls)
}

// One job a connection: the delivery takes all that is due there.
async function wakeConnections(
  tx: TenantTx,
  queue: JobQueue,
  calls: readonly ReplayCandidate[],
  startAt?: Date,
): Promise<void> {
  const byConnection = new Map(calls.map((call) => [call.connectionId, call.transactionId]))
  const options = startAt === undefined ? {} : { startAt }
  await queue.enqueue(tx, 'deliver-transaction', [...byConnection.values()], options)
}

async function closeCleared(tx: TenantTx, calls: readonly ReplayCandidate[]): Promise<void> {
  const touched = [...new Set(calls.flatMap((call) => call.fingerprint ?? []))]
  const cleared = await clearedClusters(tx, touched)
  await closeNotices(
    tx,
    cleared.map((fingerprint) => `cluster:${fingerprint}`),
  )
}

function eventOf(call: ReplayCandidate, actor: string, dropped: string | undefined): EventDraft {
  const { transactionId, operation, naturalKey, idempotencyKey, traceParent } = call
  return {
    kind: dropped === undefined ? 'transaction.replayed' : 'transaction.dropped',
    actor,
    summary:
      dropped === undefined
        ? `${operation} for ${naturalKey} is sent again with its first key.`
        : `${operation} for ${naturalKey} is not sent. ${dropped}`,
    body: { transactionId, operation, naturalKey, replayOf: idempotencyKey },
    ...(traceParent === null ? {} : { traceParent }),
  }
}

async function appendEvents(
  tx: TenantTx,
  events: readonly { readonly call: ReplayCandidate; readonly draft: EventDraft }[],
  now: string,
): Promise<void> {
  const ofOrders = events.flatMap(({ call: { orderId }, draft }) =>
    orderId === null ? [] : [{ ...draft, orderId }],
  )
  const others = events.filter(({ call }) => call.orderId === null).map(({ draft }) => draft)
  await appendOrderEvents(tx, ofOrders, now)
  await appendTenantEvents(tx, others, now)
}
