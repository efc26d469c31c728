import type { Agent, AgentAsk, BoundTools } from '../../agents/agent.ts'
import { openRulesModel } from '../../agents/model/rules-model.ts'
import type { RunModel } from '../../agents/model/run-model.ts'
import { runAgent, type Told } from '../../testing/agents-world.ts'
import { callerOf } from '../../testing/tools-world.ts'
import type { CallTool } from '../../tools/call-tool.ts'

/** One answer of a tool in a trial. */
type ToolSaid = {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly answer: Readonly<Record<string, unknown>>
}

/** One run of an agent on a case: what it told, what its tools said, and what it took. */
export type Trial = Told & {
  readonly said: readonly ToolSaid[]
  readonly ms: number
  readonly modelCalls: number
  readonly tokens: number
  readonly costMicros: number
}

/** Tools of one tenant, called in the name of a person who may call all of them. */
export function toolsIn(callTool: CallTool, tenantId: string, agent: Agent): BoundTools {
  const caller = callerOf(tenantId)
  return {
    names: agent.tools,
    call: (name, args, { words, isTainted = false } = {}) => {
      const note = { agent: agent.name, isTainted, ...(words === undefined ? {} : { words }) }
      return callTool({ ...caller, agent: note }, name, args)
    },
  }
}

/** The graded runs' model: by rules, unless somebody hands in another. */
export type ModelOfTrial = () => RunModel | Promise<RunModel>

/** Runs an agent once on a case. */
export async function runTrial(
  agent: Agent,
  given: {
    readonly tools: BoundTools
    readonly ask: Partial<AgentAsk>
    readonly model?: ModelOfTrial | undefined
  },
): Promise<Trial> {
  const said: ToolSaid[] = []
  const tools: BoundTools = {
    names: given.tools.names,
    async call(tool, args, note) {
      const answer = await given.tools.call(tool, args, note)
      said.push({ tool, args, answer })
      return answer
    },
  }
  const model = await (given.model ?? openRulesModel)()
  const startedAt = performance.now()
  const told = await runAgent(agent, { tools, ask: given.ask, model })
  const ms = performance.now() - startedAt
  const { calls, inputTokens, outputTokens, costMicros } = model.spent()
  return { ...told, said, ms, modelCalls: calls, tokens: inputTokens + outputTokens, costMicros }
}
