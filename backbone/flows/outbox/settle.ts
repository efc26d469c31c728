import type { FailureClass } from '../../canonical/failures/failure-class.ts'
import { type FailedTry, retryDecision } from '../../policies/retry.ts'
import type { JobQueue } from '../../queue/job-queue.ts'
import type { TenantTx } from '../../store/database.ts'
import { raiseNotices } from '../../store/notices/notice-rows.ts'
import { notSent } from '../../store/outbox/claim-calls.ts'
import { type Lane, saveLanes } from '../../store/outbox/lanes.ts'
import { closeNotices, type NoticeDraft } from '../../store/outbox/notices.ts'
import {
  type CallResult,
  lockTries,
  recordResults,
  wakeNextOfKeys,
} from '../../store/outbox/record-results.ts'
import { followFailures, freeCancellations } from '../triage/follow-failures.ts'
import { rootKeyOf } from '../triage/root-key.ts'
import {
  type FailureRules,
  failureRules,
  recognise,
  withOwnSignatures,
} from '../triage/rules-of-turn.ts'
import { notWanted, pastDeadline, type TryEnd } from './call.ts'
import { deliveryPace } from './delivery-settings.ts'
import { type LaneChange, laneAfter } from './lane-after.ts'
import type { FinishedCall, OnFinished } from './outbound-intent.ts'

/** What recording of results needs beside the results. */
export type SettleTools = {
  readonly queue: JobQueue
  readonly onFinished: OnFinished
  readonly random: () => number
}

/** What recording of results changed, for those who count. */
export type Settled = {
  /** The lanes as they stand now. */
  readonly lanes: readonly Lane[]
  readonly finished: readonly FinishedCall[]
  readonly circuits: readonly LaneChange[]
  /** Connections where the next call of a key may go now. */
  readonly woken: readonly string[]
}

// What verdicts go by beside the facts.
type Weighing = { readonly rules: FailureRules; readonly random: number }

type Verdict = { readonly end: TryEnd; readonly result: CallResult }

function retryAfterOf({ outcome }: TryEnd): number | undefined {
  return outcome.outcome === 'failed' ? outcome.retryAfterMs : undefined
}

function classOf({ outcome, label }: TryEnd): FailureClass {
  if ('errorClass' in outcome) return outcome.errorClass
  return label === 'unrecorded' ? 'POISON' : 'TRANSPORT'
}

function doubtOf({ outcome, claimed, canLookUp, endedAt }: TryEnd): Pick<FailedTry, 'doubt'> {
  if (outcome.outcome !== 'unknown' && !claimed.isInDoubt) return {}
  const keyAgeMs = endedAt.getTime() - Date.parse(claimed.createdAt)
  return { doubt: { operation: claimed.operation, canLookUp, keyAgeMs } }
}

function nextStep(
  end: TryEnd,
  lane: Lane,
  { rules, random }: Weighing,
): Pick<CallResult, 'status' | 'at'> & { readonly isPastDeadline?: true } {
  const { outcome, endedAt } = end
  if (outcome.outcome === 'done') return { status: 'succeeded', at: endedAt.toISOString() }
  const isCircuitOpen = lane.circuit !== 'closed'
  const { retry } = deliveryPace(lane.settings, rules.settings)
  const { deadlineAt } = end.claimed
  const next = retryDecision(
    {
      outcome: outcome.outcome,
      errorClass: classOf(end),
      attempt: end.claimed.attempt,
      replays: end.claimed.replays,
      retryAfterMs: retryAfterOf(end),
      isCircuitOpen,
      isOurDelay: 'code' in outcome && outcome.code === notSent,
      ...doubtOf(end),
    },
    { pace: retry, random },
  )
  if (next.decision === 'give-up') return { status: 'failed', at: endedAt.toISOString() }
  // Behind an open circuit the probe decides when to go on, not each record's own back-off.
  const again =
    isCircuitOpen && lane.probeAt !== null
      ? Date.parse(lane.probeAt)
      : endedAt.getTime() + next.delayMs
  if (next.decision === 'retry') {
    if (deadlineAt !== null && again >= Date.parse(deadlineAt))
      return { status: 'failed', at: endedAt.toISOString(), isPastDeadline: true }
    return { status: 'waiting', at: new Date(again).toISOString() }
  }
  const at = new Date(Math.max(again, end.lookUpFrom.getTime())).toISOString()
  return { status: 'in-doubt', at }
}

function failureOf(
  end: TryEnd,
  lane: Lane,
  rules: FailureRules,
): Pick<CallResult, 'errorClass' | 'code' | 'message' | 'fingerprint'> {
  const { outcome, claimed } = end
  if (outcome.outcome === 'done') return {}
  const { code, message } = outcome
  const errorClass = classOf(end)
  const { seen, match } = recognise(outcome, rules)
  const fingerprint = rootKeyOf({
    connectionKind: lane.kind,
    connectionId: lane.connectionId,
    operation: claimed.operation,
    errorClass,
    code,
    message,
    path: seen.path,
    entity: match?.entity,
  })
  return { errorClass, code, message, fingerprint }
}

/** The end of a call that is given up because its next try would come too late, told as that. */
function asTooLate(end: TryEnd): TryEnd {
  const { claimed, outcome } = end
  if (outcome.outcome === 'done') return end
  const tries = claimed.attempt === 1 ? 'The one try' : `The last of ${claimed.attempt} tries`
  const what = `${tries} ended with ${outcome.code}, and the next would come after that.`
  return { ...end, outcome: pastDeadline(claimed, what) }
}

function verdictOf(tried: TryEnd, lane: Lane, weighing: Weighing): Verdict {
  const { isPastDeadline, ...step } = nextStep(tried, lane, weighing)
  const end = isPastDeadline === true ? asTooLate(tried) : tried
  const { claimed, outcome, label } = end
  const { externalId, response } = { externalId: undefined, response: undefined, ...outcome }
  const result: CallResult = {
    transactionId: claimed.transactionId,
    attempt: claimed.attempt,
    ...step,
    startedAt: end.startedAt.toISOString(),
    endedAt: end.endedAt.toISOString(),
    outcome: label,
    ...failureOf(end, lane, weighing.rules),
    externalId,
    response,
  }
  return { end, result }
}

function finishedCall({ end, result }: Verdict): FinishedCall[] {
  const { claimed, operation, outcome, label } = end
  const facts = {
    transactionId: claimed.transactionId,
    operation,
    connectionId: claimed.connectionId,
    ...(claimed.orderId === null ? {} : { orderId: claimed.orderId }),
    documentId: claimed.documentId,
    naturalKey: claimed.naturalKey,
  }
  if (outcome.outcome === 'done') {
    const { externalId } = outcome
    const wasLookedUp = label === 'looked-up'
    const id = externalId === undefined ? {} : { externalId }
    return [{ ...facts, result: { status: 'succeeded', ...id, wasLookedUp } }]
  }
  if (result.status !== 'failed') return []
  const { code, message } = outcome
  return [{ ...facts, result: { status: 'failed', errorClass: classOf(end), code, message } }]
}

function clusterNotice({ end, result }: Verdict, lane: Lane): NoticeDraft[] {
  if (result.status !== 'failed' || result.fingerprint === undefined) return []
  // Nothing failed: what it was about has changed.
  if (result.code === notWanted) return []
  const { operation, naturalKey } = end.claimed
  return [
    {
      kind: 'failure-cluster',
      cause: `cluster:${result.fingerprint}`,
      severity: 'warning',
      subject: `${operation} to ${lane.kind} fails: ${result.code ?? ''}`,
      body: `${naturalKey} was given up with "${result.message ?? ''}" (${result.errorClass ?? ''}). It waits for a person; others may fail for the same cause.`,
    },
  ]
}

function circuitNotice({ lane, change }: LaneChange): NoticeDraft[] {
  if (change !== 'opened') return []
  return [
    {
      kind: 'circuit-open',
      cause: `circuit:${lane.connectionId}`,
      severity: 'critical',
      subject: `Connection ${lane.connectionId} (${lane.kind}) does not work`,
      body: `Calls to it wait in order and go out by themselves once it answers again. Last answer: ${lane.lastError ?? 'none'}`,
    },
  ]
}

async function tellPeople(
  tx: TenantTx,
  queue: JobQueue,
  told: { notices: readonly NoticeDraft[]; circuits: readonly LaneChange[] },
): Promise<void> {
  await raiseNotices(tx, queue, told.notices)
  const over = told.circuits.filter(({ change }) => change === 'closed')
  await closeNotices(
    tx,
    over.map(({ lane }) => `circuit:${lane.connectionId}`),
  )
}

// One job for every moment, and one for the probe of each opened circuit.
async function enqueueAgain(
  tx: TenantTx,
  queue: JobQueue,
  again: { verdicts: readonly Verdict[]; circuits: readonly LaneChange[] },
): Promise<void> {
  const openLanes = new Map(
    again.circuits.filter(({ change }) => change === 'opened').map((x) => [x.lane.connectionId, x]),
  )
  const moments = new Map<string, string[]>()
  for (const { result } of again.verdicts)
    if (result.status === 'waiting' || result.status === 'in-doubt')
      moments.set(result.at, [...(moments.get(result.at) ?? []), result.transactionId])
  for (const { end } of again.verdicts) {
    const probeAt = openLanes.get(end.claimed.connectionId)?.lane.probeAt
    if (typeof probeAt === 'string') moments.set(probeAt, [end.claimed.transactionId])
  }
  for (const [at, ids] of moments)
    await queue.enqueue(tx, 'deliver-transaction', ids, { startAt: new Date(at) })
}

async function followEnds(
  tx: TenantTx,
  verdicts: readonly Verdict[],
  now: Date,
): Promise<string[]> {
  const ended = verdicts.flatMap(({ end: { claimed }, result }) => {
    const { status, fingerprint } = result
    if (status !== 'succeeded' && status !== 'failed') return []
    if (result.code === notWanted) return []
    const isAtOnce = status === 'succeeded' && claimed.attempt === 1 && claimed.replays === 0
    return isAtOnce ? [] : [{ ...claimed, status, cause: fingerprint }]
  })
  if (ended.length === 0) return []
  const woken = await followFailures(tx, ended, now)
  const refused = ended.filter(
    ({ status, operation }) => status === 'failed' && operation === 'erp.create-order',
  )
  const freed = await freeCancellations(
    tx,
    refused.map((call) => call.transactionId),
    now,
  )
  return [...woken, ...freed]
}

/**
 * Records how tries ended: done, due again, in doubt or given up, together with the lanes' health, the
 * next call of each key, the notices and what the flow makes of it. The caller holds the lanes.
 */
export async function settleCalls(
  tx: TenantTx,
  { ends, lanes, now }: { ends: readonly TryEnd[]; lanes: readonly Lane[]; now: Date },
  { queue, onFinished, random }: SettleTools,
): Promise<Settled> {
  const mine = await lockTries(
    tx,
    ends.map(({ claimed }) => claimed),
  )
  const rules = await failureRules(tx, ends)
  const counted = ends
    .filter(({ claimed }) => mine.has(claimed.transactionId))
    .map((end) => withOwnSignatures(end, rules))
  const changes = lanes.map((lane) =>
    laneAfter(lane, {
      ends: counted.filter(({ claimed }) => claimed.connectionId === lane.connectionId),
      now,
      triage: rules.settings,
    }),
  )
  const laneOf = new Map(changes.map(({ lane }) => [lane.connectionId, lane]))
  const verdicts = counted.flatMap((end) => {
    const lane = laneOf.get(end.claimed.connectionId)
    return lane === undefined ? [] : [verdictOf(end, lane, { rules, random: random() })]
  })
  const circuits = changes.filter(({ change }) => change !== undefined)
  await recordResults(
    tx,
    verdicts.map(({ result }) => result),
  )
  await saveLanes(
    tx,
    changes.map(({ lane }) => lane),
  )
  const woken = await wakeNextOfKeys(
    tx,
    verdicts.flatMap(({ end, result }) => (result.status === 'succeeded' ? [end.claimed] : [])),
    now,
  )
  await enqueueAgain(tx, queue, { verdicts, circuits })
  const clusters = verdicts.flatMap((verdict) => {
    const lane = laneOf.get(verdict.end.claimed.connectionId)
    return lane === undefined ? [] : clusterNotice(verdict, lane)
  })
  const notices = [...circuits.flatMap(circuitNotice), ...clusters]
  await tellPeople(tx, queue, { notices, circuits })
  const finished = verdicts.flatMap(finishedCall)
  if (finished.length > 0) await onFinished(tx, finished)
  const followed = await followEnds(tx, verdicts, now)
  return { lanes: [...laneOf.values()], finished, circuits, woken: [...woken, ...followed] }
}
