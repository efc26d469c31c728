import { OurBug } from '../backbone/errors.ts'
import type { McpDoor } from '../backbone/services/mcp-door.ts'
import type { Log } from '../backbone/telemetry/log.ts'
import type { Tracer } from '../backbone/telemetry/trace.ts'
import { assembleEndpoint, productFace, productSurface } from '../mcp-server/open-mcp.ts'
import type { CallTool } from '../tools/call-tool.ts'
import { toolCallerOf } from '../tools/tool-door.ts'

/** Puts the MCP server of a house together, as the HTTP door mounts it. */
export function openMcpDoor({
  callForHosts,
  tracer,
  log,
  version,
  mostInHand,
}: {
  readonly callForHosts: CallTool
  readonly tracer: Tracer
  readonly log: Pick<Log, 'debug' | 'error'>
  readonly version: string
  /** Calls that one caller may have in hand at once. */
  readonly mostInHand: number
}): McpDoor {
  const surface = productSurface({
    callTool: callForHosts,
    startSpan: (name, traceparent, attributes) => tracer.startSpan(name, traceparent, attributes),
    mostInHand,
  })
  const endpoint = assembleEndpoint(productFace(version), surface, (error) =>
    error instanceof OurBug
      ? log.error({ err: error }, 'A message of an agent host could not be served.')
      : log.debug({ reason: error.name }, 'A message of an agent host was refused.'),
  )
  return {
    answer: (request, { body, who, canStepUp }) =>
      endpoint.answer(request, body, {
        caller: toolCallerOf(who),
        canStepUp,
        traceparent: request.headers.get('traceparent') ?? undefined,
      }),
    close: () => endpoint.close(),
  }
}
