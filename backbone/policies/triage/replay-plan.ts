import { type ReplayFacts, replayObstacle } from '../retry.ts'
import type { FailedCall, RootCause } from './cluster-failures.ts'
import { type AsideFacts, asideFate } from './inbound-replay.ts'

/** A given-up call as it stands now. */
export type PlannedCall = ReplayFacts & {
  readonly transactionId: string
  readonly naturalKey: string
  readonly keySeq: number
}

/** A document in quarantine as it stands now. */
type PlannedAside = AsideFacts & {
  readonly quarantineId: string
  readonly operation: string
  readonly naturalKey: string
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
  /** Documents in quarantine that are read again through the usual door. */
  readonly quarantined: readonly string[]
  /** Documents in quarantine that reading again decides nothing about. */
  readonly forPerson: readonly { readonly quarantineId: string; readonly reason: string }[]
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
  {
    parked,
    quarantined,
    forPerson,
    more,
  }: { parked: number; quarantined: number; forPerson: number; more: number },
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
      'is dropped because it is not wanted any more',
      'are dropped because they are not wanted any more',
    ),
    ...told(more, 'call goes with the next replay', 'calls go with the next replay'),
    ...told(
      parked,
      'call is parked and goes by itself once the connection is back',
      'calls are parked and go by themselves once the connection is back',
    ),
    ...told(
      quarantined,
      'document in quarantine is read again',
      'documents in quarantine are read again',
    ),
    ...told(
      forPerson,
      'document in quarantine is for a person to decide about',
      'documents in quarantine are for a person to decide about',
    ),
  ]
  return parts.length === 0 ? 'There is nothing to send again.' : parts.join(' ')
}

/** How many calls one replay sends at the most. */
export const replayLimit = 1_000

/** The documents in quarantine that belong to a cause, as many as one replay takes. */
export function asidesOf(cause: RootCause): string[] {
  return [...cause.calls, ...cause.dependants]
    .flatMap((call) => call.setAside?.quarantineId ?? [])
    .slice(0, replayLimit)
}

function plannedAsides(asides: readonly PlannedAside[]) {
  const judged = asides.map((aside) => ({ ...aside, judged: asideFate(aside) }))
  return {
    quarantined: judged.flatMap(({ quarantineId, judged: { fate } }) =>
      fate === 'read-again' ? [quarantineId] : [],
    ),
    forPerson: judged.flatMap(({ quarantineId, judged: told }) =>
      told.fate === 'for-person' ? [{ quarantineId, reason: told.reason }] : [],
    ),
    dropped: judged.flatMap(({ quarantineId, operation, naturalKey, judged: told }) =>
      told.fate === 'dropped'
        ? [{ transactionId: quarantineId, operation, naturalKey, reason: told.reason }]
        : [],
    ),
  }
}

/** The given-up calls of a cause that one replay sends: its own first, then what depends on them. */
export function callsToReplay(cause: RootCause): FailedCall[] {
  return [...cause.calls, ...cause.dependants].filter(
    (call) => !call.isParked && call.setAside === undefined,
  )
}

/** How many calls of a cause stand behind a connection that is away. */
export function parkedCalls(cause: RootCause): number {
  return cause.calls.filter((call) => call.isParked).length
}

/**
 * Plans the replay of a cause: its own calls before those that depend on them, each key in its order, and whatever a
 * second reading finds cancelled, superseded or already posted dropped with the reason.
 */
export function replayPlan(
  cause: RootCause,
  standing: readonly PlannedCall[],
  asides: readonly PlannedAside[] = [],
): ReplayPlan {
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
  const inbound = plannedAsides(asides)
  const calls = read.flatMap(({ transactionId, operation, naturalKey, reason }) =>
    reason === undefined ? [] : [{ transactionId, operation, naturalKey, reason }],
  )
  const dropped = [...calls, ...inbound.dropped]
  const parked = parkedCalls(cause)
  const more = Math.max(0, callsToReplay(cause).length - replayLimit)
  const { quarantined, forPerson } = inbound
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
    forPerson,
    more,
    text: inWords(counts, {
      ...{ parked, more },
      quarantined: quarantined.length,
      forPerson: forPerson.length,
    }),
  }
}
