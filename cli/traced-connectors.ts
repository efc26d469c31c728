import type { Connector, OutboundCall } from '../backbone/connectors/connector.ts'
import type { Tracer } from '../backbone/telemetry/trace.ts'

/** Gives every call of a connector a span in the trace of its order, and hands that trace on to the system called. */
export function tracedConnectors(
  connectors: readonly Connector[],
  tracer: Tracer,
): readonly Connector[] {
  return connectors.map((connector) => traced(connector, tracer))
}

function traced(connector: Connector, tracer: Tracer): Connector {
  async function inSpan<T>(
    what: string,
    call: OutboundCall,
    act: (call: OutboundCall) => Promise<T>,
  ): Promise<T> {
    const span = tracer.startSpan(`${what} ${call.operation}`, call.traceparent, {
      transaction: call.transactionId,
      attempt: call.attempt,
    })
    try {
      return await act({ ...call, traceparent: span.traceparent })
    } catch (error) {
      span.fail(error)
      throw error
    } finally {
      span.end()
    }
  }
  const { lookUp } = connector
  return {
    ...connector,
    send: (call, connection, signal) =>
      inSpan('send', call, (own) => connector.send(own, connection, signal)),
    ...(lookUp === undefined
      ? {}
      : {
          lookUp: (call, connection, signal) =>
            inSpan('look up', call, (own) => lookUp(own, connection, signal)),
        }),
  }
}
