import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import { RetryLater } from '../../errors.ts'
import type { Job } from '../../queue/job-queue.ts'
import type { WorkerReport } from '../../queue/worker.ts'
import type { Database } from '../../store/database.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { asUnrecorded, makeCall, type PreparedCall, type TryEnd } from './call.ts'
import { type TurnDone, type TurnTools, type TurnWork, takeTurn } from './turn.ts'

/** What a desk works with. */
export type DeskTools = TurnTools & {
  readonly database: Database
  readonly report: WorkerReport
  /** How long to wait for more results at the most, while turns take at least twice as long. */
  readonly longestLingerMs?: number | undefined
  readonly metrics:
    | Pick<Metrics, 'outboxCall' | 'outboxDeadLettered' | 'circuitChanged'>
    | undefined
}

type Submission = {
  readonly jobs: readonly Job[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const afterFailureMs = 1_000

const tellNobody = async () => undefined

/**
 * Delivers the calls of one tenant. What happens is recorded in turns, one transaction at a time: what
 * ended since the last turn, then what may go next. So results are grouped without waiting, and a slow
 * system holds up nobody but itself.
 */
export class Desk {
  readonly #tenantId: string
  readonly #tools: DeskTools
  #ends: TryEnd[] = []
  /** Ends whose recording met trouble: the next turn that begins takes them first. */
  #endsForLater: TryEnd[] = []
  #submissions: Submission[] = []
  #wanted = new Set<string>()
  /** Connections where calls are believed to wait for a free place. */
  readonly #backlog = new Set<string>()
  readonly #timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly atMs: number }>()
  #onTheWay = 0
  #lastTurnMs = 0
  #isTurning = false
  #isStopping = false
  #idlers: (() => void)[] = []

  constructor(tenantId: string, tools: DeskTools) {
    this.#tenantId = tenantId
    this.#tools = tools
  }

  /** Takes jobs; resolves when the turn that claimed for them is committed. */
  submit(jobs: readonly Job[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#submissions.push({ jobs, resolve, reject })
      void this.#takeTurns()
    })
  }

  /** Resolves when nothing is on its way and nothing waits to be recorded. */
  idle(): Promise<void> {
    if (!this.#isBusy()) return Promise.resolve()
    return new Promise((resolve) => this.#idlers.push(resolve))
  }

  /** Starts nothing new, and resolves when what is on its way is recorded. */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const { timer } of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    await this.idle()
  }

  #isBusy(): boolean {
    return this.#isTurning || this.#onTheWay > 0 || this.#hasWork()
  }

  #hasWork(): boolean {
    return this.#ends.length > 0 || this.#submissions.length > 0 || this.#wanted.size > 0
  }

  async #takeTurns(): Promise<void> {
    if (this.#isTurning) return
    this.#isTurning = true
    while (this.#hasWork()) {
      // What ends in the same moment is recorded together.
      await this.#linger()
      await this.#turn()
    }
    this.#isTurning = false
    if (this.#isBusy()) return
    for (const tell of this.#idlers.splice(0)) tell()
  }

  #linger(): Promise<void> {
    const { longestLingerMs = 0 } = this.#tools
    const lingerMs = Math.min(longestLingerMs, this.#lastTurnMs / 2)
    return lingerMs < 1 ? setImmediate() : wait(lingerMs)
  }

  async #turn(): Promise<void> {
    let submissions: readonly Submission[] = []
    let work: TurnWork | undefined
    const startedAtMs = performance.now()
    try {
      // Taken when the transaction has begun: what ended while it waited for its turn is in it.
      await this.#commit(() => {
        submissions = this.#submissions.splice(0)
        work = this.#takeWork(submissions)
        return work
      })
      this.#lastTurnMs = performance.now() - startedAtMs
      for (const { resolve } of submissions) resolve()
      const count = work?.jobs.length ?? 0
      if (count > 0) this.#tools.report.worked('deliver-transaction', count, this.#lastTurnMs)
    } catch (error) {
      // Even when no transaction could begin, nobody may be left waiting for it.
      if (work === undefined) submissions = this.#submissions.splice(0)
      const { ends, connectionIds } = work ?? this.#takeWork(submissions)
      for (const { reject } of submissions) reject(error)
      for (const connectionId of connectionIds) this.#lookAgain(connectionId, afterFailureMs)
      await this.#recordAfter(error, ends)
    }
  }

  // Trouble that passes is not the fault of any result: recorded as in doubt, its call might go out twice.
  async #recordAfter(error: unknown, ends: readonly TryEnd[]): Promise<void> {
    const isPassing = error instanceof RetryLater && !this.#isStopping
    if (ends.length === 0 || isPassing) this.#tools.report.failed('deliver-transaction', error)
    if (isPassing) this.#recordLater(ends)
    else await this.#recordInHalves(ends, error)
  }

  #takeWork(submissions: readonly Submission[]): TurnWork {
    // Also those for later: what a turn claims must never be a call whose end is in hand.
    const ends = [...this.#endsForLater.splice(0), ...this.#ends.splice(0)]
    for (const { claimed } of ends)
      if (this.#backlog.has(claimed.connectionId)) this.#wanted.add(claimed.connectionId)
    const connectionIds = [...this.#wanted]
    this.#wanted.clear()
    const jobs = submissions.flatMap((submission) => submission.jobs)
    return { ends, jobs, connectionIds, mayClaim: !this.#isStopping }
  }

  async #commit(take: () => TurnWork): Promise<void> {
    let ends: readonly TryEnd[] = []
    const done = await this.#tools.database.inTenant(this.#tenantId, (tx) => {
      const claimedAtMs = performance.now()
      const work = take()
      ends = work.ends
      return takeTurn(tx, { work, claimedAtMs }, this.#tools)
    })
    this.#count(ends, done)
    this.#remember(done)
    for (const call of done.batch.calls) this.#start(call)
  }

  #remember({ settled, batch }: TurnDone): void {
    for (const { connectionId } of settled.lanes) this.#backlog.delete(connectionId)
    for (const connectionId of batch.mayHaveMore) this.#backlog.add(connectionId)
    for (const { connectionId, waitMs } of batch.waits) this.#lookAgain(connectionId, waitMs)
  }

  #lookAgain(connectionId: string, waitMs: number): void {
    if (this.#isStopping) return
    const atMs = performance.now() + waitMs
    const earlier = this.#timers.get(connectionId)
    if (earlier !== undefined && earlier.atMs <= atMs) return
    clearTimeout(earlier?.timer)
    const timer = setTimeout(() => {
      this.#timers.delete(connectionId)
      this.#wanted.add(connectionId)
      void this.#takeTurns()
    }, waitMs)
    this.#timers.set(connectionId, { timer, atMs })
  }

  #start(call: PreparedCall): void {
    this.#onTheWay += 1
    const { lookUps } = this.#tools
    const { claimed, timeoutMs, marginMs } = call
    lookUps.sent(claimed.transactionId, (claimed.isInDoubt ? 2 : 1) * timeoutMs + marginMs)
    void makeCall(call).then((end) => {
      this.#onTheWay -= 1
      lookUps.ended(claimed.transactionId, end.outcome.outcome)
      this.#ends.push(end)
      return this.#takeTurns()
    })
  }

  // One result that cannot be recorded must not keep the others from it.
  async #recordInHalves(ends: readonly TryEnd[], error: unknown): Promise<void> {
    const [first] = ends
    if (first === undefined) return
    if (ends.length === 1) return this.#recordAlone(first, error)
    const middle = Math.ceil(ends.length / 2)
    for (const half of [ends.slice(0, middle), ends.slice(middle)]) {
      try {
        await this.#commit(() => ({ ends: half, jobs: [], connectionIds: [], mayClaim: false }))
        for (const { claimed } of half) this.#wanted.add(claimed.connectionId)
      } catch (halfError) {
        await this.#recordAfter(halfError, half)
      }
    }
  }

  // The call was made and what follows from it cannot be recorded: it stays in doubt and is looked up
  // again, until its tries are used up and a person is asked.
  async #recordAlone(end: TryEnd, error: unknown): Promise<void> {
    const { database, report } = this.#tools
    report.failed('deliver-transaction', error)
    const work = { ends: [asUnrecorded(end)], jobs: [], connectionIds: [], mayClaim: false }
    const claimedAtMs = performance.now()
    try {
      await database.inTenant(this.#tenantId, (tx) =>
        takeTurn(tx, { work, claimedAtMs }, { ...this.#tools, onFinished: tellNobody }),
      )
      this.#wanted.add(end.claimed.connectionId)
    } catch (databaseError) {
      report.failed('deliver-transaction', databaseError)
      this.#recordLater([end])
    }
  }

  // The database is away. At shutdown the row stays as it is and is looked up after the next start.
  #recordLater(ends: readonly TryEnd[]): void {
    if (this.#isStopping || ends.length === 0) return
    this.#onTheWay += 1
    this.#endsForLater.push(...ends)
    setTimeout(() => {
      this.#onTheWay -= 1
      this.#ends.push(...this.#endsForLater.splice(0))
      void this.#takeTurns()
    }, afterFailureMs)
  }

  #count(ends: readonly TryEnd[], { settled }: TurnDone): void {
    const { metrics } = this.#tools
    if (metrics === undefined) return
    for (const { operation, outcome, startedAt, endedAt } of ends) {
      const durationMs = endedAt.getTime() - startedAt.getTime()
      metrics.outboxCall({ operation, outcome: outcome.outcome, durationMs })
    }
    for (const { operation, result } of settled.finished)
      if (result.status === 'failed') metrics.outboxDeadLettered({ operation })
    for (const { lane, change } of settled.circuits)
      metrics.circuitChanged({ connection: lane.connectionId, isOpen: change === 'opened' })
  }
}
