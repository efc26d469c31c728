import { type AgentHost, type HostParts, openAgentHost } from '../agents/host/agent-host.ts'
import type { RunAsk } from '../agents/host/run-log.ts'
import { openModels } from '../agents/model/open-models.ts'
import type { ToolServers } from '../agents/tool-servers/outside-tools.ts'
import type { RunEnd } from '../backbone/canonical/agent-run.ts'
import type { ChatEvent } from '../backbone/canonical/chat.ts'
import { groupBy } from '../backbone/canonical/group-by.ts'
import { CallerMistake } from '../backbone/errors.ts'
import { startWorker, type Worker, type WorkerReport } from '../backbone/queue/worker.ts'
import {
  type AgentDescription,
  type AgentRunsService,
  agentRunsService,
  claimQueuedRuns,
  runLog,
  runOfTurn,
} from '../backbone/services/agent-runs.ts'
import { agentRound } from '../backbone/services/agent-wakes.ts'
import { chatThreads } from '../backbone/services/chat-threads.ts'
import { profileFinder } from '../backbone/services/governance/agents-of-tenant.ts'
import type { BeginTurn, ChatService, NewTurn } from '../backbone/services/ports.ts'
import { forgetOldRuns, forgetOldThreads } from '../backbone/store/assistant/upkeep.ts'
import { doneAgainWhenLost } from '../backbone/store/database-trouble.ts'
import { forgetOldMcpCalls } from '../backbone/store/mcp/call-rows.ts'
import { toolScopes } from '../tools/tool.ts'
import { toolCallerOf } from '../tools/tool-door.ts'
import type { House } from './house.ts'

type AgentParts = Pick<HostParts, 'agents' | 'callTool'> & {
  readonly toolServers?: Pick<ToolServers, 'opened' | 'fetch'>
}

/** What the agents of a house stand on. */
export type AgentHouse = Pick<House, 'config' | 'database' | 'queue' | 'log' | 'tracer'>

/** The agents of a running house: their log, the conversations, and the work of the queue. */
export type HouseAgents = {
  readonly runs: AgentRunsService
  readonly chat: ChatService
  /** Works on queued runs in this process. */
  startWork(report: WorkerReport): Worker
  /** The sweeper's round of a tenant. */
  round(tenantId: string): Promise<void>
}

const assistant = 'assistant'

function askedBy({ who, threadId, text, subject }: NewTurn): RunAsk {
  const { tenantId, requester, scopes } = toolCallerOf(who)
  return {
    ...{ agent: assistant, tenantId, trigger: 'chat', threadId, text, subject },
    caller: { requester, scopes },
  }
}

async function* refused(mistake: CallerMistake): AsyncGenerator<ChatEvent> {
  yield* []
  throw mistake
}

/** The assistant as the chat asks it: its run begins with the question and ends with the answer, in their transactions. */
function assistantTurns(host: AgentHost, beginRun: ReturnType<typeof runOfTurn>): BeginTurn {
  return async (tx, turn) => {
    const ask = askedBy(turn)
    const { caller, history: _, ...start } = ask
    const run = await beginRun(tx, { ...start, ...caller })
    const { begun } = run
    let end: RunEnd | undefined
    return {
      tell: ({ history, signal }) =>
        begun instanceof CallerMistake
          ? refused(begun)
          : host.run({ ...ask, history }, signal, { ...begun, keepEnd: (last) => (end = last) }),
      end: async (ending) => (end === undefined ? undefined : run.end(ending, end)),
    }
  }
}

async function readToItsEnd(told: AsyncIterable<ChatEvent>): Promise<void> {
  for await (const event of told) if (event.type === 'done') return
}

type QueuedRun = Awaited<ReturnType<ReturnType<typeof claimQueuedRuns>>>[number]

function askOf({ agent, tenantId, trigger, subject, input, requestedBy }: QueuedRun): RunAsk {
  const { scopes, ...requester } = requestedBy
  return {
    ...{ agent, tenantId, trigger },
    caller: { requester, scopes: toolScopes.filter((scope) => scopes.includes(scope)) },
    ...(subject === null ? {} : { subject }),
    ...(input === null ? {} : { text: input }),
  }
}

/** Works on queued runs, one after the other in each of two places. */
function startRuns(house: AgentHouse, host: AgentHost, report: WorkerReport): Worker {
  const claim = claimQueuedRuns(house)
  const stopping = new AbortController()
  const worker = startWorker(house.queue, {
    queue: 'run-agent',
    batchSize: 1,
    concurrency: 2,
    pollMs: 1_000,
    report,
    async process(jobs) {
      const startedAtMs = performance.now()
      for (const [tenantId, own] of groupBy(jobs, (job) => job.tenantId))
        for (const run of await claim(tenantId, own))
          await readToItsEnd(host.run(askOf(run), stopping.signal, run))
      report.worked('run-agent', jobs.length, performance.now() - startedAtMs)
    },
  })
  return {
    async stop() {
      stopping.abort()
      await worker.stop()
    },
  }
}

const wakeEveryMs = 10_000
const forgetEveryMs = 3_600_000

/** Wakes the agents of a tenant, and forgets what is older than it is kept; not at every round of the sweeper. */
function assistantRound(
  { database, queue, config }: AgentHouse,
  agents: readonly AgentDescription[],
) {
  const wokenAtMs = new Map<string, number>()
  const forgotAtMs = new Map<string, number>()
  const isDue = (last: Map<string, number>, tenantId: string, everyMs: number) => {
    if (performance.now() - (last.get(tenantId) ?? Number.NEGATIVE_INFINITY) < everyMs) return false
    last.set(tenantId, performance.now())
    return true
  }
  return async (tenantId: string): Promise<void> => {
    if (isDue(wokenAtMs, tenantId, wakeEveryMs))
      await database.inTenant(tenantId, (tx) =>
        agentRound(tx, queue, { agents, scopes: toolScopes }),
      )
    if (isDue(forgotAtMs, tenantId, forgetEveryMs))
      await database.inTenant(tenantId, async (tx) => {
        await forgetOldRuns(tx, config.agents.runDays)
        await forgetOldThreads(tx, config.agents.chatDays)
        await forgetOldMcpCalls(tx, config.agents.runDays)
      })
  }
}

/** Puts the agents of a house together. */
export function openAgents(
  house: AgentHouse,
  { agents, callTool, toolServers }: AgentParts,
): HouseAgents {
  const { config, queue, log, tracer } = house
  const database = doneAgainWhenLost(house.database)
  const described = agents.map(({ name, about, version, tools }) => ({
    ...{ name, about, version },
    tools: [...tools],
  }))
  const host = openAgentHost({
    agents,
    findProfile: profileFinder({ database }),
    callTool,
    ...(toolServers === undefined
      ? {}
      : {
          toolServers: {
            ...toolServers,
            onSurprise: (tenant: string, error: unknown) =>
              log.error({ err: error, tenantId: tenant }, 'Tools of others could not be reached.'),
          },
        }),
    models: openModels(config.agents.model),
    log: runLog({ database, agents: described }),
    tracer,
    runSeconds: config.agents.runSeconds,
    dayMicros: config.agents.dayMicros,
    onSurprise: (agent, runId, error) =>
      log.error({ err: error, agent, runId }, 'A run of an agent failed.'),
  })
  return {
    runs: agentRunsService({ database, queue, agents: described }),
    chat: chatThreads({ database, begin: assistantTurns(host, runOfTurn(described)) }),
    startWork: (report) => startRuns(house, host, report),
    round: assistantRound(house, described),
  }
}
