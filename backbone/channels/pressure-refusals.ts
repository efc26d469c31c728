import { CallerMistake } from '../errors.ts'

/** Why a delivery is not taken now, as it is named in problems, log and metrics. */
export type PressureReason =
  | 'database-away'
  | 'disk-nearly-full'
  | 'queue-too-old'
  | 'tenant-queue-too-old'
  | 'too-many-waiting'
  | 'connection-over-share'
  | 'not-in-time'

/** How much the house lets wait before it asks senders to come again. */
export type PressureLimits = {
  /** The oldest waiting job of a tenant in the intake and decision queues. */
  readonly queueSeconds: number
  /** Deliveries between their arrival and their commit, and the bytes of their bodies. */
  readonly deliveries: number
  readonly bytes: number
  /** How long a delivery waits for its commit before its sender is asked to repeat it. */
  readonly waitMs: number
}

type Refusal = {
  readonly status: 429 | 503
  readonly retryAfterSeconds: number
  readonly sentence: string
}

const again = 'Nothing was taken: send the same document again'

function refusals(limits: PressureLimits): Readonly<Record<PressureReason, Refusal>> {
  return {
    'database-away': {
      status: 503,
      retryAfterSeconds: 5,
      sentence:
        'The database cannot be worked with at this moment. Send the same again in a few seconds; a document that comes twice is recognised and counts once.',
    },
    'disk-nearly-full': {
      status: 503,
      retryAfterSeconds: 60,
      sentence: `The disk of the data folder is nearly full. ${again} later; whoever operates this house has to make room on it.`,
    },
    'queue-too-old': {
      status: 503,
      retryAfterSeconds: 15,
      sentence: `Documents taken earlier have waited longer than ${limits.queueSeconds} seconds for their turn. ${again} a little later.`,
    },
    'tenant-queue-too-old': {
      status: 429,
      retryAfterSeconds: 15,
      sentence: `Documents sent by this tenant earlier have waited longer than ${limits.queueSeconds} seconds for their turn. ${again} a little later, and more slowly.`,
    },
    'too-many-waiting': {
      status: 503,
      retryAfterSeconds: 1,
      sentence: `More documents are waiting to be kept than this process has room for. ${again} in a moment.`,
    },
    'connection-over-share': {
      status: 429,
      retryAfterSeconds: 1,
      sentence: `This connection has as many documents on the way as one connection may. ${again} when some of them are answered.`,
    },
    'not-in-time': {
      status: 503,
      retryAfterSeconds: 5,
      sentence: `It could not be said within ${limits.waitMs / 1_000} seconds that the document is kept. Send the same again; a document that comes twice is recognised and counts once.`,
    },
  }
}

/** Words each refusal for its sender: what is wrong, what to do, and when to come again. */
export function refusalWriter(limits: PressureLimits): (reason: PressureReason) => CallerMistake {
  const answers = refusals(limits)
  return (reason) => {
    const { status, sentence, retryAfterSeconds } = answers[reason]
    return new CallerMistake(status, reason, sentence, { retryAfterSeconds })
  }
}
