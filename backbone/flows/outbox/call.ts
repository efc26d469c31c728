import type {
  CallOutcome,
  Connector,
  ErrorClass,
  OpenConnection,
  Operation,
  OutboundCall,
} from '../../connectors/connector.ts'
import { ActionableError } from '../../errors.ts'
import type { Sign } from '../../policies/circuit.ts'
import { isNeverRepeated } from '../../policies/retry.ts'
import { type ClaimedCall, notSent } from '../../store/outbox/claim-calls.ts'

/** A claimed call with all it takes to make it, or with the reason why it cannot be made. */
export type PreparedCall = {
  readonly claimed: ClaimedCall
  readonly operation: Operation
  readonly timeoutMs: number
  readonly marginMs: number
  /** Moment of the claim on the process's monotonic clock. */
  readonly claimedAtMs: number
} & (
  | {
      readonly connector: Connector
      readonly connection: OpenConnection
      readonly call: OutboundCall
    }
  | {
      readonly impossible: Exclude<CallOutcome, { outcome: 'done' | 'unknown' }>
      readonly sign?: Sign
    }
)

/** How a try ended. */
export type TryEnd = {
  readonly claimed: ClaimedCall
  readonly operation: Operation
  readonly outcome: CallOutcome
  /** The attempt's word on the record. */
  readonly label:
    | 'done'
    | 'looked-up'
    | 'sent-again'
    | 'refused'
    | 'failed'
    | 'unknown'
    | 'look-up-failed'
    | 'unrecorded'
  /** What the try says about the system; nothing when it never got there. */
  readonly sign: Sign | undefined
  readonly startedAt: Date
  readonly endedAt: Date
  /** From when on the effect of an unknown try may be looked up. */
  readonly lookUpFrom: Date
  /** The system can be asked for the effect by its natural key. */
  readonly canLookUp: boolean
}

type Ending = Pick<TryEnd, 'outcome' | 'label' | 'sign'> & { readonly wasSentAtMs?: number }

const awayClasses: ReadonlySet<ErrorClass> = new Set(['TRANSPORT', 'OUTAGE'])

/** What an outcome says about the system it came from. */
export function signOf(outcome: CallOutcome): Sign {
  if (outcome.outcome === 'done') return 'answered'
  if (outcome.outcome === 'unknown') return 'away'
  if (outcome.errorClass === 'AUTH_EXPIRED') return 'locked-out'
  return outcome.outcome === 'failed' && awayClasses.has(outcome.errorClass) ? 'away' : 'answered'
}

// Our own sentences may be kept; a driver's text may quote what it was given.
function ownWords(error: unknown, otherwise: string): string {
  return error instanceof ActionableError ? error.message : otherwise
}

const silent = (timeoutMs: number): CallOutcome => ({
  outcome: 'unknown',
  code: 'TIMEOUT',
  message: `No answer within ${timeoutMs} ms; it may have happened.`,
})

type Doable = Extract<PreparedCall, { connector: Connector }>

/** Waits for work under a time limit even when the work does not heed its signal. */
async function within<T>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => T,
): Promise<T> {
  const aborter = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      aborter.abort(new DOMException('The call took too long.', 'TimeoutError'))
      // The connector may still want to say what it knows of the broken call.
      timer = setTimeout(() => resolve(late()), 100)
    }, timeoutMs)
  })
  try {
    return await Promise.race([work(aborter.signal), over])
  } finally {
    clearTimeout(timer)
  }
}

// A call that is sent in time must not be waited for beyond the deadline it was sent for.
function limitMs(prepared: Doable): number {
  const { timeoutMs, claimed } = prepared
  const leftMs = untilDeadlineMs(prepared)
  const hasPassed = leftMs <= 0 && claimed.attempt === 1
  return hasPassed ? timeoutMs : Math.min(timeoutMs, Math.max(leastCallMs, Math.floor(leftMs)))
}

async function send(prepared: Doable): Promise<CallOutcome> {
  const { connector, connection, call } = prepared
  const timeoutMs = limitMs(prepared)
  try {
    return await within(
      timeoutMs,
      (signal) => connector.send(call, connection, signal),
      () => silent(timeoutMs),
    )
  } catch (error) {
    const message = ownWords(error, 'The call broke off; it may have happened.')
    return { outcome: 'unknown', code: 'CALL_BROKE_OFF', message }
  }
}

/** The code of a call that is not wanted any more at the moment it would go out. */
export const notWanted = 'WITHDRAWN'

/** How long a call still has before its business deadline, on the database's clock. */
function untilDeadlineMs({ claimed, claimedAtMs }: PreparedCall): number {
  if (claimed.deadlineAt === null) return Number.POSITIVE_INFINITY
  const now = Date.parse(claimed.sentAt) + performance.now() - claimedAtMs
  return Date.parse(claimed.deadlineAt) - now
}

// Less than that is no time for an answer.
const leastCallMs = 1_000

/** What a call is given up with that would come too late for the business. */
export function pastDeadline(
  claimed: Pick<ClaimedCall, 'deadlineAt' | 'attempt'>,
  what: string,
): Extract<CallOutcome, { outcome: 'refused' }> {
  const by = `${claimed.deadlineAt?.slice(0, 16).replace('T', ' ')} UTC`
  const message = `It had to be there by ${by}. ${what} Ask whether it is still wanted, then send it again or drop it.`
  return { outcome: 'refused', errorClass: 'BUSINESS_RULE', code: 'DEADLINE_PASSED', message }
}

// The first try always goes: late is better than never, and only a repeat may do harm (domain rules 3.3.2).
function tooLateToRepeat(prepared: Doable): Ending | undefined {
  const { claimed, connector } = prepared
  if (claimed.attempt === 1 || untilDeadlineMs(prepared) >= leastCallMs) return undefined
  const mayBeThere = claimed.isInDoubt && connector.lookUp === undefined
  const what = mayBeThere
    ? 'An earlier try may have got there; nobody can look it up.'
    : 'It is not there, and was not sent again.'
  return { outcome: pastDeadline(claimed, what), label: 'refused', sign: undefined }
}

async function sendNow(prepared: Doable): Promise<Ending> {
  const late = tooLateToRepeat(prepared)
  if (late !== undefined) return late
  const wasSentAtMs = performance.now()
  // Another process takes over after the time-out and margin: a call that starts this late could go out twice.
  if (wasSentAtMs - prepared.claimedAtMs > sendBeforeMs(prepared)) {
    const message = 'This process was too slow to send it safely; nothing was sent.'
    const late = { outcome: 'failed', errorClass: 'TRANSPORT', code: notSent, message } as const
    return { outcome: late, label: 'failed', sign: undefined }
  }
  const outcome = await send(prepared)
  return { outcome, label: outcome.outcome, sign: signOf(outcome), wasSentAtMs }
}

function sendBeforeMs({ claimed, timeoutMs, marginMs }: PreparedCall): number {
  return (claimed.isInDoubt ? timeoutMs : 0) + marginMs / 2
}

/** The code of a call that may have had its effect and must not have it twice. */
const mayHaveHappened = 'OUTCOME_UNKNOWN'

function leftToPerson(): Ending {
  const message = 'It may have gone out, and nobody can look it up: it is not sent again.'
  const outcome = { outcome: 'refused', errorClass: 'PARTIAL_SUCCESS', message } as const
  return { outcome: { ...outcome, code: mayHaveHappened }, label: 'unknown', sign: undefined }
}

async function lookUpFirst(prepared: Doable): Promise<Ending> {
  const { connector, connection, call } = prepared
  if (connector.lookUp === undefined)
    return isNeverRepeated(prepared.operation) ? leftToPerson() : sendAgain(prepared)
  try {
    const found = await within(
      prepared.timeoutMs,
      async (signal) => connector.lookUp?.(call, connection, signal),
      () => undefined,
    )
    if (found === undefined) return notLookedUp('The look-up had no answer in time.')
    if (!found.found) return sendNow(prepared)
    if (found.isSame) {
      const { externalId } = found
      const outcome = {
        outcome: 'done',
        ...(externalId === undefined ? {} : { externalId }),
      } as const
      return { outcome, label: 'looked-up', sign: 'answered' }
    }
    const message = `Something else is kept there under ${prepared.claimed.naturalKey}.`
    const other = { errorClass: 'DUPLICATE', code: 'OTHER_CONTENT', message } as const
    return { outcome: { outcome: 'refused', ...other }, label: 'refused', sign: 'answered' }
  } catch (error) {
    return notLookedUp(ownWords(error, 'The look-up broke off.'))
  }
}

// Without a look-up the same key goes out again: the system drops the repeat by the key.
async function sendAgain(prepared: Doable): Promise<Ending> {
  const ending = await sendNow(prepared)
  return ending.label === 'done' ? { ...ending, label: 'sent-again' } : ending
}

function notLookedUp(message: string): Ending {
  const outcome = { outcome: 'unknown', code: 'LOOK_UP_FAILED', message } as const
  return { outcome, label: 'look-up-failed', sign: 'away' }
}

/** Makes one call, looking for its effect first when an earlier try is in doubt. Never throws. */
export async function makeCall(prepared: PreparedCall): Promise<TryEnd> {
  const { claimed, operation, claimedAtMs, timeoutMs, marginMs } = prepared
  const claimedAt = Date.parse(claimed.sentAt)
  // Durations on the monotonic clock, moments on the database's: clocks of processes may differ.
  const moment = (monotonicMs: number) => new Date(claimedAt + monotonicMs - claimedAtMs)
  const startedAtMs = performance.now()
  const { wasSentAtMs, ...ending } = await endingOf(prepared)
  const endedAtMs = performance.now()
  const lookUpFromMs = wasSentAtMs === undefined ? endedAtMs : wasSentAtMs + timeoutMs + marginMs
  return {
    claimed,
    operation,
    ...ending,
    startedAt: moment(startedAtMs),
    endedAt: moment(endedAtMs),
    lookUpFrom: moment(lookUpFromMs),
    canLookUp: 'connector' in prepared && prepared.connector.lookUp !== undefined,
  }
}

async function endingOf(prepared: PreparedCall): Promise<Ending> {
  if ('impossible' in prepared)
    return {
      outcome: prepared.impossible,
      label: prepared.impossible.outcome,
      sign: prepared.sign,
    }
  return prepared.claimed.isInDoubt ? lookUpFirst(prepared) : sendNow(prepared)
}

/** The end of a call whose consequences could not be recorded: its effect is to be looked up again. */
export function asUnrecorded(end: TryEnd): TryEnd {
  const message = 'The call was made, but what follows from it could not be recorded.'
  const outcome = { outcome: 'unknown', code: 'NOT_RECORDED', message } as const
  return { ...end, outcome, label: 'unrecorded', sign: undefined }
}
