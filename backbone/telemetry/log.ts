import { type DestinationStream, destination, pino } from 'pino'
import { withoutSecrets } from './redaction.ts'

/** Facts of a log line, as fields beside the sentence. */
type LogFacts = Readonly<Record<string, unknown>>

/** Where the house writes what it does: one sentence with the facts beside it. */
export type Log = {
  debug(facts: LogFacts, sentence: string): void
  info(facts: LogFacts, sentence: string): void
  warn(facts: LogFacts, sentence: string): void
  error(facts: LogFacts, sentence: string): void
  /** The same log with these facts on every line. */
  child(facts: LogFacts): Log
}

/** How loud the log is and where it goes. */
type LogOptions = {
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly destination?: DestinationStream
}

type Logger = ReturnType<typeof pino>

// Facts are cleaned here and not by pino's `redact`: its paths name a depth, a secret does not.
const cleaning = (logger: Logger): Log => ({
  debug: (facts, sentence) => {
    if (logger.isLevelEnabled('debug')) logger.debug(withoutSecrets(facts), sentence)
  },
  info: (facts, sentence) => {
    if (logger.isLevelEnabled('info')) logger.info(withoutSecrets(facts), sentence)
  },
  warn: (facts, sentence) => {
    if (logger.isLevelEnabled('warn')) logger.warn(withoutSecrets(facts), sentence)
  },
  error: (facts, sentence) => {
    if (logger.isLevelEnabled('error')) logger.error(withoutSecrets(facts), sentence)
  },
  child: (facts) => cleaning(logger.child(withoutSecrets(facts))),
})

/** Opens the log: JSON lines on standard error, secrets taken out at any depth. */
export function createLog({ level = 'info', destination: to }: LogOptions = {}): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // Errors arrive cleaned; pino's own serializer would take them apart a second time.
    serializers: { err: (error: unknown) => error },
    hooks: { streamWrite: withoutSecretText },
  }
  // Synchronous: the last line before a crash is the one that is needed. Standard output belongs to the protocol.
  return cleaning(pino(options, to ?? destination({ fd: 2, sync: true })))
}

// A driver's message may quote the address it failed to reach, password and all.
const withoutSecretText = (line: string): string =>
  line
    .replace(/(:\/\/[^/\s:@"\\]*):[^/\s@"\\]+@/g, '$1:[redacted]@')
    .replace(/\b(Bearer|Basic) +[\w.~+/=-]{6,}/gi, '$1 [redacted]')
