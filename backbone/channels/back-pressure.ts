import type { CallerMistake } from '../errors.ts'
import { DatabaseAway } from '../store/database-trouble.ts'
import { openRoom, type Place } from './intake-room.ts'
import { type PressureLimits, type PressureReason, refusalWriter } from './pressure-refusals.ts'

/** What was last found out about the parts that all deliveries need. */
type Conditions = {
  readonly isDatabaseAway: boolean
  readonly disk: { readonly freeBytes: number; readonly leastBytes: number } | undefined
  readonly oldest: readonly {
    readonly queue: string
    readonly tenantId: string
    readonly seconds: number
  }[]
  /** Whether most tenants' jobs are late: then it is the house that is behind, not one of them. */
  readonly isHouseBehind: boolean
}

const calm: Conditions = {
  isDatabaseAway: false,
  disk: undefined,
  oldest: [],
  isHouseBehind: false,
}

const isNearlyFull = ({ disk }: Conditions): boolean =>
  disk !== undefined && disk.freeBytes < disk.leastBytes

/** Keeps the house from taking what it cannot keep. */
export type BackPressure = {
  /** A place for one more delivery, before its body is read; throws the refusal when it cannot be taken. */
  enter(connectionId: string, declaredBytes: number): Place
  /** Throws the refusal when nothing of this tenant can be taken now. */
  assertTakes(tenantId: string): void
  /** Throws when the database is away. */
  assertDatabase(): void
  /** Waits for a delivery's commit, but not for ever; `bytes` stay counted until it has really ended. */
  inTime<T>(bytes: number, work: Promise<T>): Promise<T>
  learn(news: Partial<Conditions>): void
  /** Called when a delivery found the database in trouble, so that it is looked at at once. */
  onTrouble(look: () => void): void
  view(): PressureView
}

/** The pressure at this moment, for health checks and metrics. */
export type PressureView = Conditions & {
  readonly deliveries: number
  readonly bytes: number
  readonly isDiskNearlyFull: boolean
  readonly lateTenants: number
  /** Whether this process has refused deliveries for want of room within the last seconds. */
  readonly isOutOfRoom: boolean
}

const outOfRoomForMs = 2_000

/** Waits for a delivery's end, but no longer than `waitMs`; then `giveUp` says what its sender hears. */
function noLongerThan<T>(
  waitMs: number,
  work: Promise<T>,
  giveUp: () => CallerMistake,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let hasEnded = false
    // One look at the sockets first: the answer may lie there, while this process was busy with something long.
    const timer = setTimeout(
      () => setImmediate(() => (hasEnded ? undefined : reject(giveUp()))),
      waitMs,
    )
    const end = () => {
      hasEnded = true
      clearTimeout(timer)
    }
    work.then(resolve, reject).finally(end)
  })
}

/** Opens the guard of the inbound door; without anybody who tells it news it knows of room only. */
export function openBackPressure(options: {
  limits: PressureLimits
  refused?: (reason: PressureReason) => void
  nowMs?: () => number
}): BackPressure {
  const { limits, nowMs = Date.now } = options
  const problemOf = refusalWriter(limits)
  let conditions: Conditions = calm
  let late = new Set<string>()
  let outOfRoomAtMs = Number.NEGATIVE_INFINITY
  let look: () => void = () => undefined

  const refuse = (reason: PressureReason): CallerMistake => {
    if (reason === 'too-many-waiting') outOfRoomAtMs = nowMs()
    options.refused?.(reason)
    return problemOf(reason)
  }
  const room = openRoom(limits, refuse)
  const assertHouse = () => {
    if (conditions.isDatabaseAway) throw refuse('database-away')
    if (isNearlyFull(conditions)) throw refuse('disk-nearly-full')
  }
  return {
    enter(connectionId, declaredBytes) {
      assertHouse()
      return room.enter(connectionId, declaredBytes)
    },
    assertTakes(tenantId) {
      assertHouse()
      if (late.has(tenantId))
        throw refuse(conditions.isHouseBehind ? 'queue-too-old' : 'tenant-queue-too-old')
    },
    assertDatabase() {
      if (conditions.isDatabaseAway) throw problemOf('database-away')
    },
    inTime(bytes, work) {
      const worded = work.catch((error: unknown) => {
        if (!(error instanceof DatabaseAway)) throw error
        look()
        throw refuse('database-away')
      })
      return noLongerThan(limits.waitMs, worded, () => {
        const leave = room.keep(bytes)
        work.then(leave, leave)
        look()
        return refuse('not-in-time')
      })
    },
    learn(news) {
      conditions = { ...conditions, ...news }
      const tooOld = conditions.oldest.filter(({ seconds }) => seconds > limits.queueSeconds)
      late = new Set(tooOld.map(({ tenantId }) => tenantId))
    },
    onTrouble(act) {
      look = act
    },
    view: () => ({
      ...conditions,
      ...room.taken(),
      isDiskNearlyFull: isNearlyFull(conditions),
      lateTenants: late.size,
      isOutOfRoom: nowMs() - outOfRoomAtMs < outOfRoomForMs,
    }),
  }
}
