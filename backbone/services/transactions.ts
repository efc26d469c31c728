import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { TransactionSummary, TransactionView } from '../canonical/views/transaction-view.ts'
import { CallerMistake } from '../errors.ts'
import { onFinishedCalls } from '../flows/on-finished.ts'
import { operationOf } from '../flows/outbox/operation.ts'
import { replayLimit } from '../policies/triage/replay-plan.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { databaseNow } from '../store/events.ts'
import { getTransaction } from '../store/outbox/get-transaction.ts'
import { listTransactions, type TransactionFilter } from '../store/outbox/list-transactions.ts'
import { closeResolved } from '../store/triage/clusters.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import {
  appendCallEvents,
  callEvent,
  closeCleared,
  dropAndWake,
  lockWithLanes,
  type ReplayCounts,
  type ReplaySelection,
  replayTransactions,
} from './replay-transactions.ts'

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
        replayTransactions(tx, { actor, selection }, tools.queue),
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

async function drop(
  tx: TenantTx,
  { actor, transactionId, reason }: { actor: string; transactionId: string; reason: string },
  queue: JobQueue,
): Promise<DropResult> {
  const known = await getTransaction(tx, transactionId)
  if (known === undefined || known.direction === 'in') return { outcome: 'not-found' }
  const calls = await lockWithLanes(tx, [known], droppable)
  if (calls.length === 0) return { outcome: 'not-droppable', status: known.status }
  const now = await databaseNow(tx)
  await dropAndWake(tx, { calls, reason: `Dropped: ${reason}`, now }, queue)
  await closeCleared(tx, calls)
  await closeResolved(tx, [transactionId], now)
  const events = calls.map((call) => ({
    call,
    draft: callEvent(call, actor, `Dropped: ${reason}`),
  }))
  await appendCallEvents(tx, events, now)
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
