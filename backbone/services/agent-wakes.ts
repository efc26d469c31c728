import type { AgentSetting } from '../canonical/agent-run.ts'
import { newId } from '../canonical/ids.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import { type NewRun, queueRuns } from '../store/assistant/agent-runs.ts'
import { agentSettings } from '../store/assistant/agent-settings.ts'
import { endLostAnswers, takeUpLostRuns } from '../store/assistant/upkeep.ts'
import {
  dueToday,
  newClusters,
  newlyHeldOrders,
  roomForRuns,
  type Wake,
} from '../store/assistant/wakes.ts'
import type { TenantTx } from '../store/database.ts'
import type { AgentDescription } from './agent-runs.ts'
import { agentsOfTenant } from './governance/agents-of-tenant.ts'

// Which events an agent looks at, and when its day begins, unless the tenant sets it otherwise.
const wakesOn: ReadonlyMap<string, typeof newlyHeldOrders> = new Map([
  ['order-validation', newlyHeldOrders],
  ['triage', newClusters],
])
const dailyAtOf: ReadonlyMap<string, string> = new Map([['collections', '07:30']])

/** What holds for an agent that the tenant has not set. */
export function defaultSetting({ name, setting }: AgentDescription): AgentSetting {
  return (
    setting ?? {
      isEnabled: true,
      runsOnEvents: wakesOn.has(name),
      dailyAt: dailyAtOf.get(name) ?? null,
    }
  )
}

const mostRuns = { waiting: 20, anHour: 200 }

function runOf(
  { name, version }: AgentDescription,
  trigger: 'event' | 'schedule',
  { wakeKey, kind, id }: Wake,
  scopes: readonly string[],
): NewRun {
  return {
    ...{ runId: newId('run'), agent: name, agentVersion: version, trigger, wakeKey },
    subject: trigger === 'event' ? { kind, id } : null,
    threadId: null,
    requestedBy: { kind: 'agent', id: name, name, scopes },
    input: null,
  }
}

async function wokenByEvents(
  tx: TenantTx,
  { name, base = name }: AgentDescription,
): Promise<Wake[]> {
  const wakes = wakesOn.get(base)
  if (wakes === undefined) return []
  const room = await roomForRuns(tx, name, mostRuns)
  return room === 0 ? [] : wakes(tx, name, room)
}

/**
 * Wakes agents for what is new and for what the day brings, and takes up runs whose process went away. Cheap enough
 * for every few seconds.
 */
export async function agentRound(
  tx: TenantTx,
  queue: JobQueue,
  {
    agents: ofHouse,
    scopes,
  }: { readonly agents: readonly AgentDescription[]; readonly scopes: readonly string[] },
): Promise<{ readonly woken: number; readonly takenUp: number }> {
  const agents = await agentsOfTenant(tx, ofHouse)
  const settings = new Map((await agentSettings(tx)).map((row) => [row.agent, row]))
  const isOff = (name: string | undefined) => settings.get(name ?? '')?.isEnabled === false
  // A profile stands still with the agent whose work it narrows.
  const working = agents.flatMap((agent) => {
    const setting = settings.get(agent.name) ?? defaultSetting(agent)
    return setting.isEnabled && !isOff(agent.base) ? [{ agent, setting }] : []
  })
  const runs: NewRun[] = []
  for (const { agent, setting } of working) {
    if (!setting.runsOnEvents) continue
    const wakes = await wokenByEvents(tx, agent)
    runs.push(...wakes.map((wake) => runOf(agent, 'event', wake, scopes)))
  }
  const daily = working.flatMap(({ agent, setting: { dailyAt } }) =>
    dailyAt === null ? [] : [{ agent: agent.name, dailyAt }],
  )
  for (const wake of await dueToday(tx, daily)) {
    const agent = agents.find(({ name }) => name === wake.id)
    if (agent !== undefined) runs.push(runOf(agent, 'schedule', wake, scopes))
  }
  const woken = await queueRuns(tx, runs)
  const takenUp = await takeUpLostRuns(tx)
  await queue.enqueue(tx, 'run-agent', [...woken, ...takenUp])
  await endLostAnswers(tx)
  return { woken: woken.length, takenUp: takenUp.length }
}
