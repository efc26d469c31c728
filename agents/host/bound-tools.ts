import type { ToolCallNote } from '../../backbone/canonical/agent-run.ts'
import { isOutsideTool } from '../../backbone/canonical/tool-server.ts'
import { CallerMistake } from '../../backbone/errors.ts'
import type { CallTool } from '../../tools/call-tool.ts'
import type { Agent, BoundTools, ToolNote } from '../agent.ts'
import type { OutsideRun } from '../tool-servers/outside-tools.ts'
import type { BegunRun, RunCaller, RunSpan, RunTracer } from './run-log.ts'

/** The record of what a run called, as it grows. */
export type ToolRecord = {
  readonly calls: ToolCallNote[]
  readonly proposalIds: Set<string>
}

/** More calls than this are a loop, whoever asks for them. */
const mostCalls = 80
const longestArgs = 2_000

function keptArgs(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = JSON.stringify(args)
  return text.length <= longestArgs ? { ...args } : { cut: text.slice(0, longestArgs) }
}

function assertMayCall({ agent, outside, record }: Binding, name: string): void {
  if (!agent.tools.includes(name) && !(outside !== undefined && isOutsideTool(name)))
    throw new CallerMistake(
      403,
      'tool-not-allowed',
      `The agent ${agent.name} does not use this tool; it uses ${agent.tools.join(', ')}.`,
    )
  if (record.calls.length >= mostCalls)
    throw new CallerMistake(429, 'too-many-calls', `A run calls ${mostCalls} tools at most.`)
}

const proposalOf = (answer: Readonly<Record<string, unknown>>): string | undefined =>
  typeof answer['proposal_id'] === 'string' ? answer['proposal_id'] : undefined

type Binding = {
  readonly agent: Agent
  /** The profile it runs under; the backbone holds what it proposes against it. */
  readonly profileId: string | undefined
  readonly run: BegunRun
  readonly caller: RunCaller
  readonly callTool: CallTool
  readonly record: ToolRecord
  readonly signal: AbortSignal
  readonly tracer: RunTracer
  readonly span: RunSpan
  /** The tools of others, for an agent that may use them. */
  readonly outside: OutsideRun | undefined
}

function outcomeOf(error: unknown): Pick<ToolCallNote, 'outcome' | 'message'> {
  if (error instanceof CallerMistake) return { outcome: 'refused', message: error.message }
  return { outcome: 'failed', message: null }
}

/** The tools of one run: only those its agent uses, in the name of whoever asked, each call on the record. */
export function bindTools(binding: Binding): BoundTools {
  const { agent, profileId, run, caller, callTool, record, signal, tracer, span } = binding
  const { outside } = binding
  const { tenantId, runId } = run
  const { requester, scopes } = caller
  // What tools of others are described with, and all they say, is text of somebody outside: whatever else the run
  // proposes needs a person, whoever asks for it.
  let hasOthers = false
  const offered = async (others: OutsideRun) => {
    const tools = await others.list()
    hasOthers ||= tools.length > 0
    return tools
  }
  const callerWith = ({ words, isTainted = false }: ToolNote) => ({
    ...{ tenantId, requester, scopes },
    agent: {
      ...{ agent: agent.name, runId, isTainted: isTainted || hasOthers },
      ...(words === undefined ? {} : { words }),
      ...(profileId === undefined ? {} : { profileId }),
    },
  })
  return {
    names: agent.tools,
    ...(outside === undefined ? {} : { outside: () => offered(outside) }),
    async call(name, args, said = {}) {
      signal.throwIfAborted()
      assertMayCall(binding, name)
      const startedAt = new Date().toISOString()
      const startedAtMs = performance.now()
      const toolSpan = tracer.startSpan(`execute_tool ${name}`, span.traceparent, {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': name,
      })
      const note = (found: Pick<ToolCallNote, 'outcome' | 'message'>) => {
        const durationMs = Math.round((performance.now() - startedAtMs) * 100) / 100
        record.calls.push({ tool: name, args: keptArgs(args), ...found, startedAt, durationMs })
      }
      try {
        const isOthers = outside !== undefined && isOutsideTool(name)
        const answer = isOthers
          ? await outside.call(name, args)
          : await callTool(callerWith(said), name, args)
        const proposalId = isOthers ? undefined : proposalOf(answer)
        if (proposalId !== undefined) record.proposalIds.add(proposalId)
        note({ outcome: 'answered', message: null })
        return answer
      } catch (error) {
        note(outcomeOf(error))
        toolSpan.fail(error)
        throw error
      } finally {
        toolSpan.end()
      }
    },
  }
}
