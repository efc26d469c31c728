import { callTimeoutMs } from '../../canonical/call-timeout.ts'
import type {
  CallOutcome,
  Connector,
  ControlNumbers,
  OpenConnection,
  Operation,
  OutboundCall,
} from '../../connectors/connector.ts'
import { ActionableError } from '../../errors.ts'
import { isNeverRepeated } from '../../policies/retry.ts'
import {
  budgetAfter,
  freshBudget,
  lookAgainAt,
  repeatsAllowed,
} from '../../policies/retry-budget.ts'
import type { TenantTx } from '../../store/database.ts'
import { type Allowance, type ClaimedCall, claimCalls } from '../../store/outbox/claim-calls.ts'
import { keepRendered, takeNumbers } from '../../store/outbox/control-numbers.ts'
import { type Lane, saveLanes, sendingCalls } from '../../store/outbox/lanes.ts'
import { freeCancellations } from '../triage/follow-failures.ts'
import { openPlaces, type RateLimits } from './allowance.ts'
import { awaitedOf } from './awaited.ts'
import { notWanted, type PreparedCall } from './call.ts'
import { deliveryPace } from './delivery-settings.ts'
import type { LookUpGuard } from './look-up-guard.ts'
import { operationOf } from './operation.ts'

/** What claiming of calls needs beside the lanes. */
export type ClaimTools = {
  readonly connectors: readonly Connector[]
  /** A connection with its secrets opened; undefined when it is gone or switched off. */
  readonly openConnection: (
    tx: TenantTx,
    connectionId: string,
  ) => Promise<OpenConnection | undefined>
  readonly rateLimits: RateLimits
  readonly lookUps: LookUpGuard
  /** Looks once more, at the last moment, at calls that a person approved earlier: what speaks against each, by id. */
  readonly objections?: (
    tx: TenantTx,
    calls: readonly ClaimedCall[],
  ) => Promise<ReadonlyMap<string, Objection>>
}

/** Why a call does not go out now: not at all any more, or not before some time has passed. */
export type Objection =
  | { readonly outcome: 'refused'; readonly message: string }
  | {
      readonly outcome: 'failed'
      readonly code: string
      readonly message: string
      readonly retryAfterMs: number
    }

/** Calls that go out now, and where to look again: at once, or after a wait. */
export type ClaimedBatch = {
  readonly calls: readonly PreparedCall[]
  readonly mayHaveMore: readonly string[]
  readonly waits: readonly { readonly connectionId: string; readonly waitMs: number }[]
}

const defaultTimeoutMs = 10_000

/** How long after a try its effect may be looked up at the earliest: the call's own time-out with the margin. */
export function patienceOf(lane: Lane, connectors: readonly Connector[]): number {
  return timeoutOf(lane, connectors) + deliveryPace(lane.settings).marginMs
}

function timeoutOf(lane: Lane, connectors: readonly Connector[]): number {
  const times = connectors.filter(({ kind }) => kind === lane.kind).map((x) => x.timeoutMs)
  return callTimeoutMs(lane.settings, times.length === 0 ? defaultTimeoutMs : Math.max(...times))
}

type Room = {
  readonly lane: Lane
  readonly calls: number
  readonly waitMs: number | undefined
  readonly ratePerSecond: number | undefined
}

function roomOf(
  lane: Lane,
  { sending, rateLimits, now }: { sending: number; rateLimits: RateLimits; now: Date },
): Room {
  const pace = deliveryPace(lane.settings)
  const places = openPlaces(lane, { sending, pace, now })
  const { ratePerSecond } = pace
  if (ratePerSecond === undefined || places === 0)
    return { lane, calls: places, waitMs: undefined, ratePerSecond: undefined }
  const ask = { ratePerSecond, wanted: places, now: now.getTime() }
  const { granted, waitMs } = rateLimits.take(lane.connectionId, ask)
  return { lane, calls: granted, waitMs: granted < places ? waitMs : undefined, ratePerSecond }
}

// Probes of a system that is away have a measure of their own: the circuit.
function repeatsOf(
  { circuit, retryBudget, kind }: Lane,
  connectors: readonly Connector[],
  now: Date,
): Pick<Allowance, 'repeats'> {
  if (circuit !== 'closed') return {}
  const budget = retryBudget ?? freshBudget
  const waitUntil = (createdAt: string) =>
    lookAgainAt(budget, { now: now.getTime(), createdAt: Date.parse(createdAt) })
  const ofKind = connectors.filter((connector) => connector.kind === kind)
  const canLookUp = ofKind.length > 0 && ofKind.every(({ lookUp }) => lookUp !== undefined)
  return { repeats: { calls: repeatsAllowed(budget, now.getTime()), waitUntil, canLookUp } }
}

function allowanceOf(
  { lane, calls }: Room,
  { connectors, lookUps }: ClaimTools,
  now: Date,
): Allowance {
  const { connectionId } = lane
  const timeoutMs = timeoutOf(lane, connectors)
  const { marginMs } = deliveryPace(lane.settings)
  const remainingMs = (id: string) => lookUps.remainingMs(id, patienceOf(lane, connectors))
  return {
    connectionId,
    calls,
    timeoutMs,
    marginMs,
    remainingMs,
    ...repeatsOf(lane, connectors, now),
  }
}

/** Claims what may go out on these lanes and makes everything ready for the calls. The caller holds the lanes. */
export async function claimBatch(
  tx: TenantTx,
  { lanes, now, claimedAtMs }: { lanes: readonly Lane[]; now: Date; claimedAtMs: number },
  tools: ClaimTools,
): Promise<ClaimedBatch> {
  const { rateLimits } = tools
  if (lanes.length === 0) return { calls: [], mayHaveMore: [], waits: [] }
  const ids = lanes.map((lane) => lane.connectionId)
  const sendingOf = await sendingCalls(tx, ids, now)
  const rooms = lanes.map((lane) =>
    roomOf(lane, { sending: sendingOf.get(lane.connectionId) ?? 0, rateLimits, now }),
  )
  const allowances = rooms.map((room) => allowanceOf(room, tools, now))
  const { calls: claimed, full, hidden, repeats, ...others } = await claimCalls(tx, allowances, now)
  const freed = await freeCancellations(tx, others.cancellationsBehind, now)
  const countOf = (lane: Lane) =>
    claimed.filter((call) => call.connectionId === lane.connectionId).length
  for (const { lane, calls, ratePerSecond } of rooms)
    if (ratePerSecond !== undefined) rateLimits.giveBack(lane.connectionId, calls - countOf(lane))
  await saveLanes(
    tx,
    lanes.flatMap((lane) =>
      laneAfterClaim(lane, { calls: countOf(lane), repeats: repeats.get(lane.connectionId), now }),
    ),
  )
  const calls = await prepareCalls(tx, { claimed, lanes, now, claimedAtMs }, tools)
  // A lane without a free place has not been looked at: there may be calls once a place is free.
  const unseen = rooms.filter(({ lane, calls: room }) => room === 0 && lane.circuit === 'closed')
  const isFull = new Set([...full, ...unseen.map(({ lane }) => lane.connectionId)])
  const waits = rooms.flatMap(({ lane: { connectionId }, waitMs }) =>
    waitMs !== undefined && isFull.has(connectionId) ? [{ connectionId, waitMs }] : [],
  )
  const again = [...hidden, ...freed].map((connectionId) => ({ connectionId, waitMs: 0 }))
  return { calls, mayHaveMore: [...isFull], waits: [...waits, ...again, ...others.early] }
}

// Only what has changed is written: a turn of first tries writes no lane here.
function laneAfterClaim(
  lane: Lane,
  { calls, repeats = 0, now }: { calls: number; repeats: number | undefined; now: Date },
): Lane[] {
  if (lane.circuit === 'open' && calls > 0) return [{ ...lane, circuit: 'half-open' }]
  if (repeats === 0) return []
  const budget = lane.retryBudget ?? freshBudget
  return [{ ...lane, retryBudget: budgetAfter(budget, { firsts: 0, repeats, now: now.getTime() }) }]
}

type Draft = PreparedCall & { readonly lane: Lane }

function impossible(
  code: string,
  message: string,
  errorClass: 'UNKNOWN' | 'SCHEMA' | 'AUTH_EXPIRED' = 'UNKNOWN',
): CallOutcome & { outcome: 'refused' } {
  return { outcome: 'refused', errorClass, code, message }
}

function outboundCall(claimed: ClaimedCall, operation: Operation): OutboundCall {
  const { transactionId, idempotencyKey, document, attempt, rendered, traceParent } = claimed
  return {
    transactionId,
    operation,
    idempotencyKey,
    document,
    attempt,
    ...(rendered === null ? {} : { rendered }),
    ...(traceParent === null ? {} : { traceparent: traceParent }),
  }
}

function draftCall(
  claimed: ClaimedCall,
  open: { lane: Lane; connection: OpenConnection | undefined; claimedAtMs: number },
  connectors: readonly Connector[],
): Draft {
  const { lane, connection, claimedAtMs } = open
  const operation = operationOf(claimed.operation)
  const { marginMs } = deliveryPace(lane.settings)
  const connector = connectors.find(
    ({ kind, operations }) => kind === lane.kind && operations.includes(operation),
  )
  const timeoutMs = callTimeoutMs(lane.settings, connector?.timeoutMs ?? defaultTimeoutMs)
  const facts = { claimed, operation, marginMs, claimedAtMs, timeoutMs, lane }
  if (connector === undefined) {
    const message = `A connection of kind ${lane.kind} cannot do ${operation}.`
    return { ...facts, impossible: impossible('NO_CONNECTOR', message) }
  }
  if (connection === undefined) {
    const message = 'The connection cannot be opened: look at its settings and secrets.'
    const closed = impossible('CONNECTION_CLOSED', message, 'AUTH_EXPIRED')
    return { ...facts, impossible: closed, sign: 'locked-out' }
  }
  return { ...facts, connector, connection, call: outboundCall(claimed, operation) }
}

async function prepareCalls(
  tx: TenantTx,
  batch: {
    claimed: readonly ClaimedCall[]
    lanes: readonly Lane[]
    now: Date
    claimedAtMs: number
  },
  { connectors, openConnection, objections }: ClaimTools,
): Promise<PreparedCall[]> {
  const drafts: Draft[] = []
  for (const lane of batch.lanes) {
    const claimed = batch.claimed.filter((call) => call.connectionId === lane.connectionId)
    if (claimed.length === 0) continue
    const connection = await openConnection(tx, lane.connectionId)
    const open = { lane, connection, claimedAtMs: batch.claimedAtMs }
    drafts.push(...claimed.map((call) => draftCall(call, open, connectors)))
  }
  return renderNew(tx, await withObjections(tx, drafts, objections), batch.now)
}

function againstSending(draft: Draft, objection: Objection | undefined): Draft {
  if (objection === undefined || !('connector' in draft)) return draft
  const { connector, connection, call, ...facts } = draft
  const { message } = objection
  return objection.outcome === 'refused'
    ? { ...facts, impossible: { ...objection, errorClass: 'STALE', code: notWanted, message } }
    : { ...facts, impossible: { ...objection, errorClass: 'RATE_LIMIT' } }
}

// In the transaction of the claim: nothing it rests on changes between this look and the sending.
async function withObjections(
  tx: TenantTx,
  drafts: readonly Draft[],
  objections: ClaimTools['objections'],
): Promise<readonly Draft[]> {
  const doubted = drafts.filter(
    ({ claimed, operation }) => isNeverRepeated(operation) && !claimed.isInDoubt,
  )
  if (objections === undefined || doubted.length === 0) return drafts
  const found = await objections(
    tx,
    doubted.map(({ claimed }) => claimed),
  )
  return drafts.map((draft) => againstSending(draft, found.get(draft.claimed.transactionId)))
}

function isUnrendered(draft: Draft): boolean {
  return (
    'connector' in draft &&
    draft.connector.render !== undefined &&
    draft.call.rendered === undefined
  )
}

// Control numbers are taken and the bytes kept in the transaction of the claim: no number goes out twice,
// and every later try sends the same bytes.
async function renderNew(
  tx: TenantTx,
  drafts: readonly Draft[],
  now: Date,
): Promise<PreparedCall[]> {
  const unrendered = drafts.filter(isUnrendered)
  const counts = new Map<string, number>()
  for (const { claimed } of unrendered)
    counts.set(claimed.connectionId, (counts.get(claimed.connectionId) ?? 0) + 1)
  const wanted = [...counts].flatMap(([connectionId, count]) => [
    { series: `interchange:${connectionId}`, count },
    { series: `group:${connectionId}`, count },
  ])
  const last = await takeNumbers(tx, wanted)
  const rendered: Parameters<typeof keepRendered>[1][number][] = []
  const ready = drafts.map((draft) => {
    if (!isUnrendered(draft)) return draft
    const { connectionId, transactionId } = draft.claimed
    const before = (counts.get(connectionId) ?? 1) - 1
    counts.set(connectionId, before)
    const numbers = {
      interchange: (last.get(`interchange:${connectionId}`) ?? 0) - before,
      group: (last.get(`group:${connectionId}`) ?? 0) - before,
      issuedAt: now,
    }
    const done = withBytes(draft, numbers)
    const { operation, lane } = draft
    const awaited = awaitedOf(draft.claimed, { operation, numbers, settings: lane.settings })
    if ('call' in done && done.call.rendered !== undefined)
      rendered.push({ transactionId, rendered: done.call.rendered, awaited })
    return done
  })
  await keepRendered(tx, rendered)
  return ready
}

function withBytes(draft: Draft, numbers: ControlNumbers): PreparedCall {
  if (!('connector' in draft) || draft.connector.render === undefined) return draft
  const { connector, connection, call, ...facts } = draft
  try {
    const rendered = draft.connector.render(call, connection, numbers)
    return { ...facts, connector, connection, call: { ...call, rendered } }
  } catch (error) {
    const message =
      error instanceof ActionableError
        ? error.message
        : 'The document could not be written in the format of the connection.'
    return { ...facts, impossible: impossible('NOT_RENDERED', message, 'SCHEMA') }
  }
}
