import { ActionableError } from '../backbone/errors.ts'
import type { McpDoor } from '../backbone/services/mcp-door.ts'
import type { Log } from '../backbone/telemetry/log.ts'
import type { Tracer } from '../backbone/telemetry/trace.ts'
import type { McpEndpoint } from '../mcp-server/open-mcp.ts'
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
  // Loaded at the first knock: a start does not wait for hosts that may never come.
  let opened: Promise<McpEndpoint> | undefined
  const open = async (): Promise<McpEndpoint> => {
    const { assembleEndpoint, productFace, productSurface } = await import(
      '../mcp-server/open-mcp.ts'
    )
    const surface = productSurface({
      callTool: callForHosts,
      startSpan: (name, traceparent, attributes) => tracer.startSpan(name, traceparent, attributes),
      mostInHand,
    })
    return assembleEndpoint(productFace(version), surface, (error) =>
      error instanceof ActionableError
        ? log.error({ err: error }, 'A message of an agent host could not be served.')
        : log.debug({ reason: error.name }, 'A message of an agent host was refused.'),
    )
  }
  const inHand = new Set<Promise<unknown>>()
  return {
    async answer(request, { body, who, canStepUp }) {
      opened ??= open()
      const endpoint = await opened
      const answering = endpoint.answer(request, body, {
        caller: toolCallerOf(who),
        canStepUp,
        traceparent: request.headers.get('traceparent') ?? undefined,
      })
      inHand.add(answering)
      return answering.finally(() => inHand.delete(answering))
    },
    async close() {
      // Closing breaks off what is in hand; only what hosts listen to has no end of its own.
      await Promise.allSettled(inHand)
      await (await opened)?.close()
    },
  }
}
