import type { TenantTx } from '../../store/database.ts'
import { appendOrderEvents, appendTenantEvents, type OrderEventDraft } from '../../store/events.ts'
import { closeNotices } from '../../store/outbox/notices.ts'
import { wakeNextOfKeys } from '../../store/outbox/record-results.ts'
import { clearedClusters, dropCalls, lockOrders } from '../../store/outbox/replay-calls.ts'
import { closeResolved, noteGivenUp } from '../../store/triage/clusters.ts'
import {
  type StuckCancellation,
  stuckCancellations,
  type WokenCall,
  wakeDependants,
} from '../../store/triage/dependants.ts'

/** A call that has ended, as far as its cause and those that wait for it are concerned. */
export type EndedCall = {
  readonly transactionId: string
  readonly connectionId: string
  readonly orderId: string | null
  readonly operation: string
  readonly attempt: number
  readonly replays: number
  readonly status: 'succeeded' | 'failed'
  readonly cause: string | undefined
}

/**
 * Follows calls to what hangs on them: given-up ones open their cause (again), replayed ones that are through may
 * close it, and what waited for an order goes on when the system has it. Gives the connections that were woken.
 */
export async function followFailures(
  tx: TenantTx,
  calls: readonly EndedCall[],
  now: Date,
): Promise<string[]> {
  const at = now.toISOString()
  const causes = calls.flatMap(({ status, cause }) => (status === 'failed' ? (cause ?? []) : []))
  const again = await noteGivenUp(tx, causes, at)
  const events = again.map(({ clusterId, recurrences }) => ({
    kind: 'failure-cluster.reopened',
    actor: 'outbox',
    summary: `The cause ${clusterId.slice(clusterId.indexOf('/') + 1)} has come again (${recurrences}).`,
    body: { clusterId, recurrences },
  }))
  const through = calls.filter(({ status }) => status === 'succeeded')
  const replayed = through.filter(({ replays }) => replays > 0)
  const closed = await closeResolved(
    tx,
    replayed.map((call) => call.transactionId),
    at,
  )
  const ends = closed.map((clusterId) => ({
    kind: 'failure-cluster.closed',
    actor: 'outbox',
    summary: `The cause ${clusterId.slice(clusterId.indexOf('/') + 1)} is closed: all its calls are through.`,
    body: { clusterId },
  }))
  await appendTenantEvents(tx, [...events, ...ends], at)
  // A call that went through at once has had nobody waiting for it.
  const parents = through.flatMap(({ attempt, orderId, connectionId }) =>
    attempt > 1 && orderId !== null ? [{ orderId, connectionId }] : [],
  )
  const woken = await wakeDependants(tx, parents, now)
  await tellReleased(
    tx,
    woken.filter(({ wasGivenUp }) => wasGivenUp),
    at,
  )
  return [...new Set(woken.map(({ connectionId }) => connectionId))]
}

// What had been given up for want of its parent is a replay like any other, and on the record as one.
async function tellReleased(
  tx: TenantTx,
  released: readonly WokenCall[],
  at: string,
): Promise<void> {
  if (released.length === 0) return
  await lockOrders(tx, [...new Set(released.map(({ orderId }) => orderId))])
  const events = released.map(({ orderId, traceParent, ...call }) => ({
    orderId,
    kind: 'transaction.replayed',
    actor: 'outbox',
    summary: `${call.operation} for ${call.naturalKey} is sent again with its first key: what it waited for is there.`,
    body: {
      transactionId: call.transactionId,
      operation: call.operation,
      naturalKey: call.naturalKey,
      replayOf: call.idempotencyKey,
    },
    ...(traceParent === null ? {} : { traceParent }),
  }))
  await appendOrderEvents(tx, events, at)
}

const creationDropped = 'Dropped: its order is cancelled.'
const cancellationDropped = 'Dropped: the ERP never took the order.'

/**
 * Lets cancellations through that stand behind the given-up creation of their order. What the ERP has refused for
 * certain need not be cancelled there; where that is in doubt, the cancellation goes out. The caller holds the lanes.
 */
export async function freeCancellations(
  tx: TenantTx,
  transactionIds: readonly string[],
  now: Date,
): Promise<string[]> {
  if (transactionIds.length === 0) return []
  const stuck = await stuckCancellations(tx, transactionIds)
  if (stuck.length === 0) return []
  const at = now.toISOString()
  await lockOrders(tx, [...new Set(stuck.map((call) => call.orderId))])
  const refused = stuck.filter(({ isRefused }) => isRefused)
  const drop = (ids: readonly string[], reason: string) =>
    dropCalls(tx, { transactionIds: ids, reason, now: at })
  await drop(
    stuck.map((call) => call.createId),
    creationDropped,
  )
  await drop(
    refused.map((call) => call.cancelId),
    cancellationDropped,
  )
  await appendOrderEvents(tx, stuck.flatMap(droppedEvents), at)
  const cleared = await clearedClusters(
    tx,
    stuck.flatMap((call) => call.fingerprint ?? []),
  )
  await closeNotices(
    tx,
    cleared.map((cause) => `cluster:${cause}`),
  )
  return wakeNextOfKeys(tx, stuck, now)
}

function droppedEvents(call: StuckCancellation): OrderEventDraft[] {
  const { orderId, orderNumber, createId, cancelId, isRefused } = call
  const event = (operation: string, transactionId: string, reason: string) => ({
    orderId,
    kind: 'transaction.dropped',
    actor: 'outbox',
    summary: `${operation} for ${orderNumber} is not sent. ${reason}`,
    body: { transactionId, operation, naturalKey: orderNumber },
  })
  return [
    event('erp.create-order', createId, creationDropped),
    ...(isRefused ? [event('erp.cancel-order', cancelId, cancellationDropped)] : []),
  ]
}
