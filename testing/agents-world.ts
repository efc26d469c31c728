import type { Agent, AgentAsk, AgentEvent, BoundTools, ToolNote } from '../agents/agent.ts'
import { openRulesModel } from '../agents/model/rules-model.ts'
import type { RunModel } from '../agents/model/run-model.ts'
import type { CallTool } from '../tools/call-tool.ts'
import { callerOf } from './tools-world.ts'

/** One call that an agent made in a test. */
type SeenCall = {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly note: ToolNote
}

/** What a run told, put together. */
export type Told = {
  readonly text: string
  readonly events: readonly AgentEvent[]
  readonly calls: readonly SeenCall[]
  readonly cards: readonly Extract<AgentEvent, { type: 'proposal' }>['card'][]
  readonly tables: readonly Extract<AgentEvent, { type: 'evidence' }>['table'][]
}

/** Tools bound as the host binds them, with every call on record. */
function recorded(tools: BoundTools, calls: SeenCall[]): BoundTools {
  return {
    ...tools,
    call(name, args, note = {}) {
      calls.push({ name, args, note })
      return tools.call(name, args, note)
    },
  }
}

/** The tools of a tenant, called as a person of it. */
export function toolsOf(callTool: CallTool, tenantId: string, agent: Agent): BoundTools {
  const caller = callerOf(tenantId)
  return {
    names: agent.tools,
    call: (name, args, { words, isTainted = false } = {}) =>
      callTool(
        {
          ...caller,
          agent: { agent: agent.name, isTainted, ...(words === undefined ? {} : { words }) },
        },
        name,
        args,
      ),
  }
}

/** Runs an agent to its end. */
export async function runAgent(
  agent: Agent,
  given: {
    readonly tools: BoundTools
    readonly ask?: Partial<AgentAsk>
    readonly model?: RunModel
    readonly signal?: AbortSignal
  },
): Promise<Told> {
  const { tools, ask = {}, model = openRulesModel(), signal = new AbortController().signal } = given
  const calls: SeenCall[] = []
  const events: AgentEvent[] = []
  const asked: AgentAsk = {
    tenantId: 'tenant',
    trigger: ask.text === undefined ? 'demand' : 'chat',
    now: new Date().toISOString(),
    timeZone: 'America/Chicago',
    ...ask,
  }
  const run = agent.run(asked, { tools: recorded(tools, calls), model, runId: 'run_test', signal })
  for await (const event of run) events.push(event)
  return {
    events,
    calls,
    text: events.map((event) => (event.type === 'text' ? event.text : '')).join(''),
    cards: events.flatMap((event) => (event.type === 'proposal' ? [event.card] : [])),
    tables: events.flatMap((event) => (event.type === 'evidence' ? [event.table] : [])),
  }
}
