import type { Job, JobQueue } from '../../queue/job-queue.ts'
import type { TenantTx } from '../../store/database.ts'
import { databaseNow } from '../../store/events.ts'
import { connectionsOf } from '../../store/outbox/claim-calls.ts'
import { lockLanes } from '../../store/outbox/lanes.ts'
import { bringForward } from '../../store/outbox/record-results.ts'
import type { TryEnd } from './call.ts'
import { type ClaimedBatch, type ClaimTools, claimBatch, patienceOf } from './claim.ts'
import type { OnFinished } from './outbound-intent.ts'
import { type Settled, settleCalls } from './settle.ts'

/** What turns are made with. */
export type TurnTools = ClaimTools & {
  readonly queue: JobQueue
  readonly onFinished: OnFinished
  readonly random: () => number
  /** The database's clock when absent. */
  readonly now: (() => Date) | undefined
}

/** What a turn has to do: results to record, jobs to take, connections to look at again. */
export type TurnWork = {
  readonly ends: readonly TryEnd[]
  readonly jobs: readonly Job[]
  readonly connectionIds: readonly string[]
  /** False at shutdown: results are recorded and nothing new goes out. */
  readonly mayClaim: boolean
}

/** What a turn did. */
export type TurnDone = { readonly settled: Settled; readonly batch: ClaimedBatch }

/** One turn of a tenant's outbox, in one transaction: records what ended and claims what may go next. */
export async function takeTurn(
  tx: TenantTx,
  { work, claimedAtMs }: { work: TurnWork; claimedAtMs: number },
  tools: TurnTools,
): Promise<TurnDone> {
  // The database counts microseconds and we read whole milliseconds: what is due now must not look later.
  const now = tools.now?.() ?? new Date(Date.parse(await databaseNow(tx)) + 1)
  const ended = work.ends.map(({ claimed }) => claimed.connectionId)
  const asked =
    work.jobs.length === 0
      ? []
      : await connectionsOf(
          tx,
          work.jobs.map((job) => job.id),
        )
  const lanes = await lockLanes(tx, [...ended, ...asked, ...work.connectionIds])
  const settled = await settleEnds(tx, { lanes, ends: work.ends, now }, tools)
  for (const { lane, change } of settled.circuits)
    if (change === 'closed')
      await bringForward(tx, {
        connectionId: lane.connectionId,
        patienceMs: patienceOf(lane, tools.connectors),
      })
  const wanted = new Set([...asked, ...work.connectionIds, ...settled.woken])
  // A lane whose circuit moved, or has yet to move, is always worth a look.
  for (const { lane } of settled.circuits) wanted.add(lane.connectionId)
  for (const lane of settled.lanes) if (lane.circuit !== 'closed') wanted.add(lane.connectionId)
  const open = settled.lanes.filter((lane) => work.mayClaim && wanted.has(lane.connectionId))
  const batch = await claimBatch(tx, { lanes: open, now, claimedAtMs }, tools)
  await tools.queue.complete(
    tx,
    'deliver-transaction',
    work.jobs.map((job) => job.jobId),
  )
  return { settled, batch }
}

async function settleEnds(
  tx: TenantTx,
  { lanes, ends, now }: { lanes: Settled['lanes']; ends: readonly TryEnd[]; now: Date },
  tools: TurnTools,
): Promise<Settled> {
  if (ends.length === 0) return { lanes, finished: [], circuits: [], woken: [] }
  return settleCalls(tx, { ends, lanes, now }, tools)
}
