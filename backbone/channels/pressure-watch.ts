import { setImmediate } from 'node:timers/promises'
import { oldestWaiting } from '../queue/oldest-waiting.ts'
import type { QueueName } from '../queue/queues.ts'
import type { Database } from '../store/database.ts'
import { DatabaseAway, databaseTrouble } from '../store/database-trouble.ts'
import type { DiskRoom } from '../store/disk-room.ts'
import { listTenantIds } from '../store/unscoped/tenants.ts'
import type { Log } from '../telemetry/log.ts'
import type { BackPressure, PressureView } from './back-pressure.ts'

// Intake and decisions. Never the outbox: a system that is away for long refuses no order.
const watchedQueues: readonly QueueName[] = ['read-receipt', 'apply-document', 'advance-order']

/** Looks about every second at what back-pressure needs to know. */
export type PressureWatch = { stop(): Promise<void> }

type WatchOptions = {
  readonly database: Database
  readonly pressure: BackPressure
  readonly log: Log
  /** The disk of the built-in database, and the room it must keep; a server's own disk we cannot see. */
  readonly disk?: { readonly room: () => Promise<DiskRoom>; readonly leastBytes: number }
  readonly queueSeconds: number
  readonly everyMs?: number
  /** So long the database may take to say how old the queues are. */
  readonly patienceMs?: number
}

// A twentieth of a small disk is room enough.
const leastShare = 0.05

// A question that hangs holds a connection; with so many of them none is asked anew until one ends.
const mostQuestions = 3

const mostPauseMs = 5_000

async function lookAtDisk({ disk, pressure }: WatchOptions): Promise<void> {
  if (disk === undefined) return
  const { freeBytes, totalBytes } = await disk.room()
  const leastBytes = Math.min(disk.leastBytes, totalBytes * leastShare)
  pressure.learn({ disk: { freeBytes, leastBytes } })
}

async function lookAtQueues({ database, pressure, queueSeconds }: WatchOptions): Promise<void> {
  const oldest = await oldestWaiting(database.jobs, watchedQueues)
  const tooOld = oldest.filter(({ seconds }) => seconds > queueSeconds)
  const late = new Set(tooOld.map(({ tenantId }) => tenantId))
  const tenants = late.size === 0 ? 0 : (await listTenantIds(database)).length
  pressure.learn({ isDatabaseAway: false, oldest, isHouseBehind: late.size > tenants / 2 })
}

function learnFrom(error: unknown, { pressure, log }: WatchOptions): void {
  if (error instanceof DatabaseAway || databaseTrouble(error) instanceof DatabaseAway)
    pressure.learn({ isDatabaseAway: true })
  // A mistake of ours in the question is no reason to refuse orders.
  else log.error({ err: error }, 'The age of the queues could not be read; intake goes on.')
}

/** Asks, and says within the patience whether there was an answer; a late one still counts when it comes. */
function patiently(options: WatchOptions) {
  const { pressure, patienceMs = 5_000 } = options
  let asked = 0
  return async (): Promise<void> => {
    if (asked >= mostQuestions) return
    asked += 1
    let hasEnded = false
    const answer = lookAtQueues(options)
      .catch((error: unknown) => learnFrom(error, options))
      .finally(() => {
        asked -= 1
        hasEnded = true
      })
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((over) => {
      timer = setTimeout(over, patienceMs)
    })
    await Promise.race([answer, tooLong])
    clearTimeout(timer)
    // The answer may lie in the socket while this process was busy with something long.
    if (!hasEnded) await setImmediate()
    if (!hasEnded) pressure.learn({ isDatabaseAway: true })
  }
}

function standsAgainst(view: PressureView): string[] {
  return [
    ...(view.isDatabaseAway ? ['the database does not answer'] : []),
    ...(view.isDiskNearlyFull ? ['the disk is nearly full'] : []),
    ...(view.lateTenants > 0 ? ['documents wait too long for their turn'] : []),
  ]
}

/** Starts looking, and tells the log when intake begins and ends to refuse. */
export function startPressureWatch(options: WatchOptions): PressureWatch {
  const { pressure, log, everyMs = 1_000 } = options
  const askDatabase = patiently(options)
  let told = ''
  const tell = () => {
    const view = pressure.view()
    const reasons = standsAgainst(view).join(', ')
    if (reasons === told) return
    told = reasons
    const { lateTenants, disk } = view
    if (reasons === '') log.info({}, 'Intake takes everything again.')
    else log.warn({ lateTenants, freeBytes: disk?.freeBytes }, `Intake refuses: ${reasons}.`)
  }
  let isStopping = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  const round = async () => {
    // A folder that cannot be asked is no reason to refuse: the first write will tell.
    await Promise.all([askDatabase(), lookAtDisk(options).catch(() => undefined)])
    tell()
  }
  const look = () => {
    if (isStopping || running !== undefined) return
    clearTimeout(timer)
    const startedAtMs = performance.now()
    running = round().finally(() => {
      running = undefined
      // With thousands of tenants waiting a look costs something: never more than a tenth of the time.
      const pauseMs = Math.max(everyMs, 10 * (performance.now() - startedAtMs))
      if (!isStopping) timer = setTimeout(look, Math.min(pauseMs, mostPauseMs))
    })
  }
  pressure.onTrouble(look)
  look()
  return {
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await running
    },
  }
}
