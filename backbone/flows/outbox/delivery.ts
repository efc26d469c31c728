import type { Job, JobQueue } from '../../queue/job-queue.ts'
import type { WorkerReport } from '../../queue/worker.ts'
import type { Database } from '../../store/database.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { openRateLimits } from './allowance.ts'
import type { ClaimTools } from './claim.ts'
import { Desk } from './desk.ts'
import { openLookUpGuard } from './look-up-guard.ts'
import type { OnFinished } from './outbound-intent.ts'

/** What the delivery of calls is built from. */
export type DeliveryOptions = Pick<ClaimTools, 'connectors' | 'openConnection' | 'objections'> & {
  readonly database: Database
  readonly queue: JobQueue
  readonly onFinished: OnFinished
  readonly report: WorkerReport
  readonly longestLingerMs?: number
  readonly metrics?: Pick<Metrics, 'outboxCall' | 'outboxDeadLettered' | 'circuitChanged'>
  /** The database's clock when absent. */
  readonly now?: () => Date
  /** A clock that only goes on; the process's own when absent. */
  readonly monotonicMs?: () => number
  readonly random?: () => number
}

/** The delivery of outbound calls, for a worker on 'deliver-transaction'. */
export type Delivery = {
  /** Claims what may go and resolves once that is committed; the calls themselves go on beside it. */
  process(jobs: readonly Job[]): Promise<void>
  /** Resolves when no call is on its way and all results are recorded. */
  idle(): Promise<void>
  /** Starts no new calls, and resolves when those on their way are recorded. Stop the worker first. */
  stop(): Promise<void>
}

/** Opens the delivery of outbound calls: one desk for every tenant with something to send. */
export function deliveryProcess(given: DeliveryOptions): Delivery {
  const { now, metrics, monotonicMs = () => performance.now(), ...options } = given
  const isClockOurs = options.database.kind === 'pglite'
  const lookUps = openLookUpGuard({ isClockOurs, monotonicMs })
  const rateLimits = openRateLimits(() => options.queue.processesAtWork())
  const tools = { random: Math.random, ...options, now, metrics, rateLimits, lookUps }
  const desks = new Map<string, Desk>()
  const deskOf = (tenantId: string) => {
    const desk = desks.get(tenantId) ?? new Desk(tenantId, tools)
    desks.set(tenantId, desk)
    return desk
  }
  const all = async (act: (desk: Desk) => Promise<void>) => {
    await Promise.all([...desks.values()].map(act))
  }
  return {
    async process(jobs) {
      const tenantIds = [...new Set(jobs.map((job) => job.tenantId))]
      await Promise.all(
        tenantIds.map((tenantId) =>
          deskOf(tenantId).submit(jobs.filter((job) => job.tenantId === tenantId)),
        ),
      )
    },
    idle: () => all((desk) => desk.idle()),
    stop: () => all((desk) => desk.stop()),
  }
}
