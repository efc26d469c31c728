import type { AgentProfile } from '../canonical/agent-profile.ts'
import type {
  AgentRun,
  AgentSetting,
  AgentView,
  DaySpend,
  RunEnd,
  RunSubject,
} from '../canonical/agent-run.ts'
import { newId } from '../canonical/ids.ts'
import type { Requester } from '../canonical/proposal.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import { CallerMistake, OurBug } from '../errors.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import {
  beginRun,
  type ClaimedRow,
  claimRuns,
  finishRun,
  getRun,
  listRuns,
  type NewRun,
  noteAlive,
  queueRuns,
} from '../store/assistant/agent-runs.ts'
import { addSpend, agentSettings, lastRuns, setAgent } from '../store/assistant/agent-settings.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import { defaultSetting } from './agent-wakes.ts'
import { agentsOfTenant } from './governance/agents-of-tenant.ts'

/** An agent of the house as its code describes it, or a profile of the tenant's over one of them. */
export type AgentDescription = Pick<AgentView, 'name' | 'about' | 'version' | 'tools'> & {
  /** Of a profile: the agent whose work it narrows. */
  readonly base?: string
  readonly profile?: AgentProfile
  /** What holds unless the tenant sets it otherwise. */
  readonly setting?: AgentSetting
}

/** Who asks for a run, and the scopes of tools that they have. */
type RunCaller = { readonly requester: Requester; readonly scopes: readonly string[] }

type Whose = { readonly tenantId: string }
type OfRun = Whose & { readonly runId: string }

/** The agents of a house, their settings and the log of their runs. */
export type AgentRunsService = {
  agents(tenantId: string): Promise<AgentView[]>
  /** Sets the kill switch and what wakes an agent; undefined when there is no such agent. */
  change(
    act: Whose & {
      readonly agent: string
      readonly setting: AgentSetting
      readonly actor: string
      readonly reason: string
    },
  ): Promise<AgentView | undefined>
  /** Puts a run in the queue; undefined when there is no such agent. */
  start(
    ask: Whose &
      RunCaller & {
        readonly agent: string
        readonly subject?: RunSubject | undefined
        readonly text?: string | undefined
      },
  ): Promise<AgentRun | undefined>
  runs(question: Whose & { readonly agent: string }, page: PageQuery): Promise<Page<AgentRun>>
  get(question: OfRun): Promise<AgentRun | undefined>
}

/** A run that has begun, as the host of the agents works on it. */
type BegunRun = OfRun & {
  readonly now: string
  readonly timeZone: string
  readonly daySpentMicros: number
}

type RunStart = Whose &
  RunCaller & {
    readonly agent: string
    readonly trigger: AgentRun['trigger']
    readonly subject?: { readonly kind: string; readonly id: string } | undefined
    readonly threadId?: string | undefined
    readonly text?: string | undefined
  }

/** The log that the host of the agents writes. */
export type RunLog = {
  /** Begins a run at once; a `CallerMistake` when its agent is switched off. */
  begin(start: RunStart): Promise<BegunRun>
  alive(run: OfRun): Promise<void>
  finish(run: OfRun, end: RunEnd): Promise<void>
  /** Adds to what models cost the tenant today; gives the sum, in millionths of a dollar. */
  spend(tenantId: string, spent: DaySpend): Promise<number>
}

/** Queued runs that this process takes; their jobs are done with it. */
export type ClaimRuns = (
  tenantId: string,
  jobs: readonly { readonly id: string; readonly jobId: string }[],
) => Promise<readonly (ClaimedRow & Whose)[]>

const longestInput = 2_000

type Tools = {
  readonly database: Database
  readonly queue: JobQueue
  readonly agents: readonly AgentDescription[]
}

async function agentViews(
  tx: TenantTx,
  ofHouse: readonly AgentDescription[],
): Promise<AgentView[]> {
  const agents = await agentsOfTenant(tx, ofHouse)
  const settings = new Map((await agentSettings(tx)).map((row) => [row.agent, row]))
  const runs = new Map((await lastRuns(tx)).map(({ agent, ...run }) => [agent, run]))
  return agents.map((agent) => {
    const { name, about, version, tools, base = null } = agent
    const row = settings.get(name)
    const { isEnabled, runsOnEvents, dailyAt } = row ?? defaultSetting(agent)
    return {
      ...{ name, about, version, base, tools: [...tools] },
      setting: { isEnabled, runsOnEvents, dailyAt },
      changedBy: row?.changedBy ?? null,
      reason: row?.reason ?? null,
      changedAt: row?.changedAt ?? null,
      lastRun: runs.get(name) ?? null,
    }
  })
}

const switchedOff = (agent: string) =>
  new CallerMistake(409, 'agent-off', `The agent ${agent} is switched off.`, { agent })

const settingText = ({ isEnabled, runsOnEvents, dailyAt }: AgentSetting) =>
  [
    isEnabled ? 'on' : 'off',
    runsOnEvents ? 'woken by events' : 'not woken by events',
    dailyAt === null ? 'no daily run' : `daily at ${dailyAt}`,
  ].join(', ')

/** Opens the agents' settings and the log of their runs. */
export function agentRunsService({ database, queue, agents }: Tools): AgentRunsService {
  const described = async (tx: TenantTx, name: string) =>
    (await agentsOfTenant(tx, agents)).find((agent) => agent.name === name)
  return {
    agents: (tenantId) => database.inTenant(tenantId, (tx) => agentViews(tx, agents)),
    async change({ tenantId, agent, setting, actor, reason }) {
      return database.inTenant(tenantId, async (tx) => {
        if ((await described(tx, agent)) === undefined) return undefined
        await setAgent(tx, { agent, ...setting, changedBy: actor, reason })
        const summary = `Agent ${agent} is set: ${settingText(setting)}. ${reason}`
        const body = { agent, ...setting }
        const now = await databaseNow(tx)
        await appendTenantEvents(tx, [{ kind: 'agent.set', actor, summary, body }], now)
        return (await agentViews(tx, agents)).find(({ name }) => name === agent)
      })
    },
    async start({ tenantId, agent, subject, text, requester, scopes }) {
      return database.inTenant(tenantId, async (tx) => {
        const known = await described(tx, agent)
        if (known === undefined) return undefined
        const settings = await agentSettings(tx)
        const off = settings.find(
          ({ agent: name, isEnabled }) => !isEnabled && (name === agent || name === known.base),
        )
        if (off !== undefined) throw switchedOff(off.agent)
        const run: NewRun = {
          ...{ runId: newId('run'), agent, agentVersion: known.version, trigger: 'demand' },
          ...{ subject: subject ?? null, threadId: null, wakeKey: null },
          requestedBy: { ...requester, scopes },
          input: text?.slice(0, longestInput) ?? null,
        }
        await queue.enqueue(tx, 'run-agent', await queueRuns(tx, [run]))
        return getRun(tx, run.runId)
      })
    },
    runs: ({ tenantId, agent }, page) =>
      database.inTenant(tenantId, (tx) => listRuns(tx, agent, page)),
    get: ({ tenantId, runId }) => database.inTenant(tenantId, (tx) => getRun(tx, runId)),
  }
}

async function begunRun(
  tx: TenantTx,
  agents: readonly AgentDescription[],
  { tenantId, agent, trigger, subject, threadId, text, requester, scopes }: RunStart,
): Promise<BegunRun | CallerMistake> {
  const runId = newId('run')
  const begun = await beginRun(tx, {
    ...{ runId, agent, trigger, subject: subject ?? null, threadId: threadId ?? null },
    agentVersion: agents.find(({ name }) => name === agent)?.version ?? 'unknown',
    requestedBy: { ...requester, scopes },
    input: text?.slice(0, longestInput) ?? null,
    wakeKey: null,
  })
  if (begun === undefined) throw new OurBug('A run names a tenant that does not exist.')
  if (!begun.isBegun) return switchedOff(agent)
  const { now, timeZone, daySpentMicros } = begun
  return { tenantId, runId, now, timeZone, daySpentMicros }
}

/** A run within the transactions of what it answers: begun with the question, ended with the end of the answer. */
type RunOfTurn = {
  /** The run, or why there is none: the question is kept all the same. */
  readonly begun: BegunRun | CallerMistake
  end(tx: TenantTx, end: RunEnd): Promise<void>
}

/** Begins runs of the chat, each within the transaction that keeps its question. */
export function runOfTurn(
  agents: readonly AgentDescription[],
): (tx: TenantTx, start: RunStart) => Promise<RunOfTurn> {
  return async (tx, start) => {
    const begun = await begunRun(tx, agents, start)
    return {
      begun,
      async end(ending, end) {
        if (!(begun instanceof CallerMistake)) await finishRun(ending, begun.runId, end)
      },
    }
  }
}

/** Opens the log for the host of the agents. */
export function runLog({ database, agents }: Omit<Tools, 'queue'>): RunLog {
  return {
    async begin(start) {
      const begun = await database.inTenant(start.tenantId, (tx) => begunRun(tx, agents, start))
      if (begun instanceof CallerMistake) throw begun
      return begun
    },
    alive: ({ tenantId, runId }) => database.inTenant(tenantId, (tx) => noteAlive(tx, runId)),
    finish: ({ tenantId, runId }, end) =>
      database.inTenant(tenantId, (tx) => finishRun(tx, runId, end)),
    spend: (tenantId, spent) => database.inTenant(tenantId, (tx) => addSpend(tx, spent)),
  }
}

/** Takes queued runs for this process, so that no other works on them. */
export function claimQueuedRuns({ database, queue }: Omit<Tools, 'agents'>): ClaimRuns {
  return async (tenantId, jobs) =>
    database.inTenant(tenantId, async (tx) => {
      const claimed = await claimRuns(
        tx,
        jobs.map(({ id }) => id),
      )
      await queue.complete(
        tx,
        'run-agent',
        jobs.map(({ jobId }) => jobId),
      )
      return claimed.map((run) => ({ ...run, tenantId }))
    })
}
