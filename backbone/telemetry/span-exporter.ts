import type { Log } from './log.ts'
import type { EndedSpan, SpanExporter } from './trace.ts'

/** Where spans are sent: the base address of an OTLP collector, as in OTEL_EXPORTER_OTLP_ENDPOINT. */
type SpanExporterOptions = {
  readonly endpoint: string
  readonly serviceName?: string
  /** Sent with every export, for collectors that want a key. */
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  /** Spans that may wait for the collector; more are dropped, orders never wait for a trace. */
  readonly maxWaiting?: number
  /** Told once when tracing cannot start; orders go on without it. */
  readonly log?: Log
}

type Sender = { send(span: EndedSpan): void; close(): Promise<void> }

async function openSender({
  endpoint,
  serviceName = 'quittance',
  headers = {},
  timeoutMs = 5000,
  maxWaiting = 2048,
}: SpanExporterOptions): Promise<Sender> {
  const [api, { BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ])
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
  })
  // The ids were given out when the span started; the SDK is handed them here.
  let next = { traceId: '', spanId: '' }
  const service = { 'service.name': serviceName }
  const provider = new BasicTracerProvider({
    resource: {
      attributes: service,
      getRawAttributes: () => Object.entries(service),
      merge(other) {
        return other ?? this
      },
    },
    idGenerator: {
      generateTraceId: () => next.traceId,
      generateSpanId: () => next.spanId,
    },
    spanProcessors: [
      new BatchSpanProcessor(exporter, {
        maxQueueSize: maxWaiting,
        exportTimeoutMillis: timeoutMs,
      }),
    ],
  })
  const tracer = provider.getTracer(serviceName)
  return {
    send(span) {
      next = span
      const within =
        span.parentSpanId === undefined
          ? api.ROOT_CONTEXT
          : api.trace.setSpanContext(api.ROOT_CONTEXT, {
              traceId: span.traceId,
              spanId: span.parentSpanId,
              traceFlags: api.TraceFlags.SAMPLED,
              isRemote: true,
            })
      const sent = tracer.startSpan(
        span.name,
        { startTime: span.startedAtMs, attributes: span.attributes },
        within,
      )
      if (span.failure !== undefined) {
        sent.setStatus({ code: api.SpanStatusCode.ERROR, message: span.failure })
      }
      sent.end(span.endedAtMs)
    },
    close: () => provider.shutdown(),
  }
}

/** Sends ended spans to an OTLP collector; the SDK is loaded with the first span. */
export function createSpanExporter(options: SpanExporterOptions): SpanExporter {
  const waiting: EndedSpan[] = []
  const maxWaiting = options.maxWaiting ?? 2048
  let opening: Promise<void> | undefined
  let sender: Sender | undefined

  const open = async (): Promise<void> => {
    try {
      sender = await openSender(options)
      for (const span of waiting.splice(0)) sender.send(span)
    } catch (error) {
      options.log?.error({ err: error }, 'Traces are not sent: the exporter did not start.')
    }
  }

  return {
    export(span) {
      if (sender !== undefined) return sender.send(span)
      if (waiting.length < maxWaiting) waiting.push(span)
      opening ??= open()
    },
    async close() {
      await opening
      // A collector that is away at the end costs the last spans, never a clean stop.
      await sender?.close().catch((error: unknown) => {
        options.log?.warn({ err: error }, 'The last traces could not be sent.')
      })
    },
  }
}
