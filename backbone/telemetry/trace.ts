import { randomFillSync } from 'node:crypto'
import { ActionableError } from '../errors.ts'
import { formatTraceparent, parseTraceparent, type TraceContext } from './traceparent.ts'

/** Facts of a span: ids and counts, never a document. */
type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** A span that has ended, as it goes to those who keep traces. */
export type EndedSpan = TraceContext & {
  readonly name: string
  readonly parentSpanId: string | undefined
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly attributes: SpanAttributes
  /** What went wrong, in our own words. */
  readonly failure: string | undefined
}

/** One piece of work on an order's way. */
type Span = {
  readonly traceId: string
  readonly spanId: string
  /** What goes into the job or the outgoing call, so that the trace goes on there. */
  readonly traceparent: string
  note(attributes: SpanAttributes): void
  fail(error: unknown): void
  end(): void
}

/** Takes ended spans away; made by `createSpanExporter` when a collector is configured. */
export type SpanExporter = {
  export(span: EndedSpan): void
  close(): Promise<void>
}

/** Starts spans. Without an exporter a span is two numbers and costs next to nothing. */
export type Tracer = {
  startSpan(name: string, parentTraceparent?: string, attributes?: SpanAttributes): Span
  /** Sends what is left and stops. */
  close(): Promise<void>
}

// Only our own sentences leave the house: a driver's message may quote what it was given.
const failureOf = (error: unknown): string => {
  if (error instanceof ActionableError) return `${error.name}: ${error.message}`
  return error instanceof Error ? error.name : 'unknown failure'
}

function createIds(): (digits: 16 | 32) => string {
  const pool = Buffer.alloc(4096)
  let used = pool.length
  const take = (digits: 16 | 32): string => {
    const length = digits / 2
    if (used + length > pool.length) {
      randomFillSync(pool)
      used = 0
    }
    const id = pool.toString('hex', used, used + length)
    used += length
    // W3C Trace Context 3.2.2.3: all zeroes is not an id.
    return /[^0]/.test(id) ? id : take(digits)
  }
  return take
}

/** Makes the tracer of one running house. */
export function createTracer({
  exporter,
  nowMs = Date.now,
}: {
  readonly exporter?: SpanExporter | undefined
  readonly nowMs?: () => number
} = {}): Tracer {
  const newId = createIds()
  return {
    startSpan(name, parentTraceparent, attributes = {}) {
      const parent = parseTraceparent(parentTraceparent)
      const context: TraceContext = {
        traceId: parent?.traceId ?? newId(32),
        spanId: newId(16),
        isSampled: parent?.isSampled ?? true,
      }
      const startedAtMs = nowMs()
      let noted = attributes
      let failure: string | undefined
      let isOpen = true
      return {
        traceId: context.traceId,
        spanId: context.spanId,
        traceparent: formatTraceparent(context),
        note(more) {
          noted = { ...noted, ...more }
        },
        fail(error) {
          failure = failureOf(error)
        },
        end() {
          if (!isOpen) return
          isOpen = false
          if (exporter === undefined || !context.isSampled) return
          const parentSpanId = parent?.spanId
          const endedAtMs = nowMs()
          exporter.export({
            ...context,
            name,
            parentSpanId,
            startedAtMs,
            endedAtMs,
            attributes: noted,
            failure,
          })
        },
      }
    },
    close: async () => exporter?.close(),
  }
}
