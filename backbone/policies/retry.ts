import type { FailureClass } from '../canonical/failures/failure-class.ts'

/** How a class of failure is taken: try the same call again, hold the whole connection, or leave it to a person. */
type RetryRule = {
  readonly take: 'retry' | 'hold-connection' | 'give-up'
  /** Tries after which a person is asked; without it the pace's own number counts. */
  readonly maxTries?: number
  /** Longest wait between two tries; without it the pace's own cap counts. */
  readonly capMs?: number
}

// Domain rules 3.3.1, column "auto-retry?".
const ruleByClass = {
  TRANSPORT: { take: 'retry' },
  OUTAGE: { take: 'retry' },
  // The system asks us to wait: that is no failure of the record, so it is never given up for it.
  RATE_LIMIT: { take: 'retry', maxTries: Number.POSITIVE_INFINITY },
  AUTH_EXPIRED: { take: 'hold-connection' },
  PERMISSION: { take: 'give-up' },
  SCHEMA: { take: 'give-up' },
  MAPPING: { take: 'give-up' },
  BUSINESS_RULE: { take: 'give-up' },
  DUPLICATE: { take: 'give-up' },
  // A lock of the other side passes within moments.
  STALE: { take: 'retry', capMs: 5_000 },
  DEPENDENCY: { take: 'retry' },
  PARTIAL_SUCCESS: { take: 'give-up' },
  POISON: { take: 'give-up' },
  TOO_LARGE: { take: 'give-up' },
  DATA_QUALITY: { take: 'give-up' },
  // One probe, then a person.
  UNKNOWN: { take: 'retry', maxTries: 2 },
} as const satisfies Readonly<Record<FailureClass, RetryRule>>

/** How fast and how often calls are tried again. */
export type RetryPace = {
  readonly maxTries: number
  readonly baseMs: number
  readonly capMs: number
  /** How long a system keeps an idempotency key. */
  readonly keyValidMs: number
}

/** Full jitter up to 5 minutes, 8 tries, a key that counts for a day (domain rules 3.3.2). */
export const defaultRetryPace: RetryPace = {
  maxTries: 8,
  baseMs: 1_000,
  capMs: 300_000,
  keyValidMs: 86_400_000,
}

/** What a try came to, as far as the next step depends on it. */
export type FailedTry = {
  /** `unknown`: it may have happened. */
  readonly outcome: 'failed' | 'refused' | 'unknown'
  readonly errorClass: FailureClass
  /** 1 for the first try. */
  readonly attempt: number
  /** How often a person sent it again; each gives it its tries anew. */
  readonly replays: number
  readonly retryAfterMs?: number | undefined
  /** The connection's circuit is open: the system is away, which is no failure of this record. */
  readonly isCircuitOpen: boolean
  /** Our own process came too late to send it: nothing was tried, so nothing is used up. */
  readonly isOurDelay?: boolean
  /** This or an earlier try may have had its effect; absent when nothing is in doubt. */
  readonly doubt?: DoubtfulCall
}

/** What keeps a call in doubt from having its effect twice. */
type DoubtfulCall = {
  readonly operation: string
  /** The system can be asked for the effect by its natural key. */
  readonly canLookUp: boolean
  readonly keyAgeMs: number
}

/** What happens next with a call that did not work. */
export type RetryDecision =
  | { readonly decision: 'retry' | 'look-up'; readonly delayMs: number }
  | { readonly decision: 'give-up' }

/** Full jitter: anything between nothing and the doubled wait, so that waiting calls do not come back together. */
function backOffMs(attempt: number, pace: RetryPace, random: number): number {
  return Math.floor(random * Math.min(pace.capMs, pace.baseMs * 2 ** attempt))
}

// Listeners drop an event they know by its id, mailboxes a mail by its Message-ID.
const repeatable: ReadonlySet<string> = new Set(['webhook.event', 'notify.people'])

// A customer reads a repeat as a second letter, and no mail server can be asked for the first.
const neverRepeated: ReadonlySet<string> = new Set(['customer.message'])

/** Whether a call in doubt must never go out again by itself, because nobody can find out whether it arrived. */
export function isNeverRepeated(operation: string): boolean {
  return neverRepeated.has(operation)
}

/** Whether sending a call in doubt once more cannot double its effect (domain rules 3.3.2, safe retry). */
function isSafe({ doubt }: FailedTry, { keyValidMs }: RetryPace): boolean {
  if (doubt === undefined) return true
  if (isNeverRepeated(doubt.operation)) return false
  if (doubt.canLookUp || repeatable.has(doubt.operation)) return true
  return doubt.keyAgeMs <= keyValidMs
}

/** Decides whether a failed call is tried again, looked up first, or given up. `random` is in [0, 1). */
export function retryDecision(
  tried: FailedTry,
  { pace = defaultRetryPace, random }: { pace?: RetryPace; random: number },
): RetryDecision {
  const rule: RetryRule = ruleByClass[tried.errorClass]
  const limits = { ...pace, capMs: Math.min(pace.capMs, rule.capMs ?? pace.capMs) }
  const delayMs = Math.max(backOffMs(tried.attempt, limits, random), tried.retryAfterMs ?? 0)
  if (rule.take === 'hold-connection') return { decision: 'retry', delayMs }
  if (tried.outcome === 'refused') return { decision: 'give-up' }
  if (tried.outcome === 'failed' && rule.take === 'give-up') return { decision: 'give-up' }
  // Nobody can tell any more whether it happened: a person must ask before it is sent again.
  if (!isSafe(tried, pace)) return { decision: 'give-up' }
  const maxTries = (rule.maxTries ?? pace.maxTries) * (1 + tried.replays)
  const isExcused = tried.isCircuitOpen || tried.isOurDelay === true
  if (tried.attempt >= maxTries && !isExcused) return { decision: 'give-up' }
  return { decision: tried.outcome === 'unknown' ? 'look-up' : 'retry', delayMs }
}

// What is pointless, or harmful, once its order is cancelled. Cancellations, answers and bills still go out.
const pointlessWhenCancelled: ReadonlySet<string> = new Set([
  'erp.create-order',
  'erp.change-order',
  'wms.request-pick',
  'partner.ship-notice',
])

/** A given-up call read again before it is sent again, with what has become of its order since. */
export type ReplayFacts = {
  readonly operation: string
  /** Null when the call has no order of ours. */
  readonly orderStage: string | null
  /** A later call has had this effect, or a newer form of it, already. */
  readonly isDone: boolean
  /** A newer version of the same document waits to be sent. */
  readonly isSuperseded?: boolean
  /** The outside system gave the order its number by another way. */
  readonly isPosted?: boolean
  /** How the pick stands that the call asks for or withdraws. */
  readonly pickStatus?: string | null
}

/** Why a given-up call must not be sent again, or undefined when it may (domain rules 3.3.1, before a replay). */
export function replayObstacle(call: ReplayFacts): string | undefined {
  const { operation, orderStage, isDone } = call
  if (isDone) return 'Dropped: a later call has had this effect already.'
  if (isNeverRepeated(operation))
    return 'Dropped: a message to a customer is not sent again; propose it anew from the ledger as it is now.'
  const isOver = orderStage === 'cancelled' || orderStage === 'rejected'
  if (isOver && pointlessWhenCancelled.has(operation)) return `Dropped: its order is ${orderStage}.`
  if (call.isSuperseded === true) return 'Dropped: a newer version of it waits to be sent.'
  if (call.isPosted === true && operation === 'erp.create-order')
    return 'Dropped: the ERP has the order already.'
  return pickObstacle(call)
}

function pickObstacle({ operation, pickStatus }: ReplayFacts): string | undefined {
  if (operation === 'wms.request-pick')
    return pickStatus === 'cancelled' ? 'Dropped: its pick was given back.' : undefined
  if (operation !== 'wms.cancel-pick') return undefined
  if (pickStatus === 'cancelled') return 'Dropped: the pick is given back already.'
  return pickStatus === 'done' ? 'Dropped: the pick has left already.' : undefined
}
