import { type ReplayFacts, replayObstacle } from '../retry.ts'
import type { FailedCall, RootCause } from './cluster-failures.ts'

/** A given-up call as it stands now. */
export type PlannedCall = ReplayFacts & {
  readonly transactionId: string
  readonly naturalKey: string
  readonly keySeq: number
}

/** What a replay of a cause would do: which calls go, in which order, and which do not, with why. */
export type ReplayPlan = {
  readonly steps: readonly {
    readonly transactionId: string
    readonly operation: string
    readonly naturalKey: string
    /** It waits until the calls of the cause itself are through. */
    readonly isDependant: boolean
  }[]
  readonly dropped: readonly {
    readonly transactionId: string
    readonly operation: string
    readonly naturalKey: string
    readonly reason: string
  }[]
  /** Calls behind a connection that is away: they go by themselves, in order, once it is back. */
  readonly parked: number
  /** Documents in quarantine: they are read again when somebody releases them. */
  readonly quarantined: readonly string[]
  /** Calls beyond the first thousand: they go with the next replay. */
  readonly more: number
  /** The plan in a sentence or two. */
  readonly text: string
}

/** A sentence about some calls, or nothing about none: `one` and `several` follow the number. */
function told(count: number, one: string, several: string): string[] {
  if (count === 0) return []
  return [count === 1 ? `1 ${one}.` : `${count} ${several}.`]
}

function inWords(
  { own, dependants, dropped }: { own: number; dependants: number; dropped: number },
  { parked, quarantined, more }: { parked: number; quarantined: number; more: number },
): string {
  const parts = [
    ...told(
      own,
      'call goes again with its first key',
      'calls go again in the order they came, each with its first key',
    ),
    ...told(
      dependants,
      'call that waited for them follows when they are through',
      'calls that waited for them follow when they are through',
    ),
    ...told(
      dropped,
      'call is dropped because it is not wanted any more',
      'calls are dropped because they are not wanted any more',
    ),
    ...told(more, 'call goes with the next replay', 'calls go with the next replay'),
    ...told(
      parked,
      'call is parked and goes by itself once the connection is back',
      'calls are parked and go by themselves once the connection is back',
    ),
    ...told(
      quarantined,
      'document in quarantine is read again when it is released',
      'documents in quarantine are read again when they are released',
    ),
  ]
  return parts.length === 0 ? 'There is nothing to send again.' : parts.join(' ')
}

/** How many calls one replay sends at the most. */
export const replayLimit = 1_000

/** The given-up calls of a cause that one replay sends: its own first, then what depends on them. */
export function callsToReplay(cause: RootCause): FailedCall[] {
  return [...cause.calls, ...cause.dependants].filter(
    (call) => !call.isParked && call.setAside === undefined,
  )
}

/**
 * Plans the replay of a cause: its own calls before those that depend on them, each key in its order, and whatever a
 * second reading finds cancelled, superseded or already posted dropped with the reason.
 */
export function replayPlan(cause: RootCause, standing: readonly PlannedCall[]): ReplayPlan {
  const dependants = new Set(cause.dependants.map((call) => call.transactionId))
  const inOrder = standing.toSorted((a, b) => a.keySeq - b.keySeq)
  const read = inOrder.map((call) => ({
    ...call,
    isDependant: dependants.has(call.transactionId),
    reason: replayObstacle(call),
  }))
  const going = read.filter(({ reason }) => reason === undefined)
  const own = going.filter(({ isDependant }) => !isDependant)
  const after = going.filter(({ isDependant }) => isDependant)
  const dropped = read.flatMap(({ transactionId, operation, naturalKey, reason }) =>
    reason === undefined ? [] : [{ transactionId, operation, naturalKey, reason }],
  )
  const parked = cause.calls.filter((call) => call.isParked).length
  const more = Math.max(0, callsToReplay(cause).length - replayLimit)
  const quarantined = cause.calls.flatMap((call) => call.setAside?.quarantineId ?? [])
  const counts = { own: own.length, dependants: after.length, dropped: dropped.length }
  return {
    steps: [...own, ...after].map(({ transactionId, operation, naturalKey, isDependant }) => ({
      transactionId,
      operation,
      naturalKey,
      isDependant,
    })),
    dropped,
    parked,
    quarantined,
    more,
    text: inWords(counts, { parked, quarantined: quarantined.length, more }),
  }
}
