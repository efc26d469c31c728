import { groupBy } from '../canonical/group-by.ts'
import { replayObstacle } from '../policies/retry.ts'
import { replayLimit } from '../policies/triage/replay-plan.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { TenantTx } from '../store/database.ts'
import {
  appendOrderEvents,
  appendTenantEvents,
  databaseNow,
  type EventDraft,
} from '../store/events.ts'
import { lockLanes } from '../store/outbox/lanes.ts'
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
import { closeResolved, noteReplayed } from '../store/triage/clusters.ts'
import { beginReplay, chosenCalls } from './triage/replay-cluster.ts'
import { type InboundReplay, replayInbound } from './triage/replay-inbound.ts'

/** Which given-up calls to send again: these, those of one cause with all that depends on it, or those of a filter. */
export type ReplaySelection =
  | FailedSelection
  | {
      readonly cluster: string
      readonly only?: readonly string[]
      /** What was changed since the cause last failed. */
      readonly mendedBy?: string | undefined
    }

/** What became of the calls a person asked to send again, and the documents to be read again. */
export type ReplayCounts = {
  readonly replayed: number
  /** Not wanted any more: their order is cancelled, or a later one did it. */
  readonly dropped: number
  /** Not given up, not known, or being worked on at this moment. */
  readonly skipped: number
}

/** What a replay came to, with the calls that are on their way again. */
type Replayed = {
  readonly counts: ReplayCounts
  readonly byOperation: ReadonlyMap<string, number>
  readonly transactionIds: readonly string[]
  /** Documents of the quarantine that are read again. */
  readonly quarantineIds: readonly string[]
}

/** Takes calls with their lanes and orders: lanes before orders before calls, like everybody who takes several of them. */
export async function lockWithLanes(
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

/** Sends given-up calls again with their first keys; what is not wanted any more is dropped with the reason. */
export async function replayTransactions(
  tx: TenantTx,
  { actor, selection }: { readonly actor: string; readonly selection: ReplaySelection },
  queue: JobQueue,
): Promise<Replayed> {
  const wanted = await chosenCalls(tx, selection)
  const chosen = await selectFailed(tx, wanted.selection, replayLimit)
  const calls = await lockWithLanes(tx, chosen, ['failed'])
  const now = await databaseNow(tx)
  const again = calls.filter((call) => replayObstacle(call) === undefined)
  await sendAgain(tx, { calls: again, dependants: wanted.dependants, now }, queue)
  const byReason = groupBy(calls, (call) => replayObstacle(call) ?? '')
  byReason.delete('')
  for (const [reason, dropped] of byReason)
    await dropAndWake(tx, { calls: dropped, reason, now }, queue)
  const inbound = await replayInbound(
    tx,
    { quarantineIds: wanted.quarantineIds, actor, now },
    queue,
  )
  await noteReplays(tx, { selection, calls, inbound, actor, now })
  await closeResolved(
    tx,
    calls.map((call) => call.transactionId),
    now,
  )
  await closeCleared(tx, calls)
  const events = calls.map((call) => ({
    call,
    draft: callEvent(call, actor, replayObstacle(call)),
  }))
  await appendCallEvents(tx, events, now)
  const { readAgain, dropped: leftOut } = inbound
  const asked =
    'ids' in selection ? new Set(selection.ids).size : chosen.length + wanted.quarantineIds.length
  const byOperation = new Map<string, number>()
  for (const { operation } of again)
    byOperation.set(operation, (byOperation.get(operation) ?? 0) + 1)
  const counts = {
    replayed: again.length + readAgain.length,
    dropped: calls.length - again.length + leftOut.length,
    skipped: Math.max(0, asked - calls.length - readAgain.length - leftOut.length),
  }
  const transactionIds = again.map((call) => call.transactionId)
  return { counts, byOperation, transactionIds, quarantineIds: readAgain }
}

// What was done again is remembered under its cause, which closes when all of it is through.
async function noteReplays(
  tx: TenantTx,
  done: {
    readonly selection: ReplaySelection
    readonly calls: readonly ReplayCandidate[]
    readonly inbound: InboundReplay
    readonly actor: string
    readonly now: string
  },
): Promise<void> {
  const { selection, calls, inbound, actor, now } = done
  const cluster = 'cluster' in selection ? selection.cluster : undefined
  const documents = [...inbound.readAgain, ...inbound.dropped]
  if ('cluster' in selection) {
    const { mendedBy } = selection
    const counts = { calls: calls.length, documents: documents.length }
    await beginReplay(tx, { cluster: selection.cluster, actor, ...counts, mendedBy, now })
  }
  const ofCalls = calls.flatMap(({ transactionId: id, fingerprint }) => {
    const clusterId = cluster ?? fingerprint
    return clusterId === null ? [] : [{ clusterId, id, isInbound: false }]
  })
  const ofDocuments =
    cluster === undefined
      ? []
      : documents.map((id) => ({ clusterId: cluster, id, isInbound: true }))
  await noteReplayed(tx, [...ofCalls, ...ofDocuments])
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

/** Ends calls that are not wanted any more, and wakes what waited behind them. */
export async function dropAndWake(
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

/** Nobody need look any more at kinds of failures of which none is left. */
export async function closeCleared(tx: TenantTx, calls: readonly ReplayCandidate[]): Promise<void> {
  const touched = [...new Set(calls.flatMap((call) => call.fingerprint ?? []))]
  const cleared = await clearedClusters(tx, touched)
  await closeNotices(
    tx,
    cleared.map((fingerprint) => `cluster:${fingerprint}`),
  )
}

/** What the timeline says of a call that is sent again, or is not for a reason. */
export function callEvent(
  call: ReplayCandidate,
  actor: string,
  dropped: string | undefined,
): EventDraft {
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

/** Puts what became of calls on the timelines of their orders, or on the tenant's. */
export async function appendCallEvents(
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
