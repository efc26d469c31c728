import type { CallToolResult } from '@modelcontextprotocol/server'
import { CallerMistake } from '../backbone/errors.ts'
import type { CallTool } from '../tools/call-tool.ts'
import type { Tool, ToolCaller } from '../tools/tool.ts'
import { toolSchemas } from '../tools/tool-schemas.ts'
import { shortText } from './short-text.ts'
import type { Asked, HostedTool } from './surface.ts'

type Span = {
  readonly traceId: string
  fail(error: unknown): void
  end(): void
}

/** Starts a span of our traces, as a part of the caller's where there is one. */
export type StartSpan = (
  name: string,
  traceparent: string | undefined,
  attributes: Readonly<Record<string, string>>,
) => Span

/** Calls a tool in the name of a host. */
export type CallForHost = (
  asked: Asked,
  name: string,
  args: unknown,
) => Promise<Record<string, unknown>>

export type HostParts = {
  readonly callTool: CallTool
  readonly startSpan: StartSpan
  readonly inHand: <T>(callerId: string, work: () => Promise<T>) => Promise<T>
}

// The trace context of the message says more than that of the HTTP request around it (MCP 2026-07-28, _meta).
function traceOf({ context, traceparent }: Asked): string | undefined {
  const told = context.mcpReq._meta?.['traceparent']
  return typeof told === 'string' ? told : traceparent
}

const keyOf = ({ tenantId, requester }: ToolCaller): string => `${tenantId}/${requester.id}`

/** Calls tools for hosts: so many at once, each in a trace that the record of the call names. */
export function callerForHosts({ callTool, startSpan, inHand }: HostParts): CallForHost {
  return async (asked, name, args) => {
    const span = startSpan('mcp.call', traceOf(asked), { tool: name.slice(0, 60) })
    try {
      return await inHand(keyOf(asked.caller), () =>
        callTool({ ...asked.caller, traceId: span.traceId }, name, args),
      )
    } catch (error) {
      span.fail(error)
      throw error
    } finally {
      span.end()
    }
  }
}

function refused(mistake: CallerMistake): CallToolResult {
  return { content: [{ type: 'text', text: mistake.message }], isError: true }
}

function hosted(tool: Tool, call: CallForHost): HostedTool {
  const { name, title, about, scope, annotations } = tool
  const { input, output } = toolSchemas(tool)
  return {
    listed: {
      ...{ name, title, description: about, annotations: { title, ...annotations } },
      inputSchema: { ...input, type: 'object' },
      outputSchema: { ...output, type: 'object' },
    },
    scope,
    call: async (args, asked) => {
      try {
        const answer = await call(asked, name, args)
        return { content: [{ type: 'text', text: shortText(answer) }], structuredContent: answer }
      } catch (error) {
        if (error instanceof CallerMistake) return refused(error)
        throw error
      }
    },
  }
}

/** The tools of a catalogue that agent hosts may see. */
export function hostedTools(catalog: readonly Tool[], call: CallForHost): HostedTool[] {
  return catalog.filter(({ publish }) => publish === 'mcp').map((tool) => hosted(tool, call))
}
