import { z } from 'zod'
import type { Agent } from '../agents/agent.ts'
import { type HostParts, openAgentHost } from '../agents/host/agent-host.ts'
import { profiledAgent } from '../agents/host/profiled-agent.ts'
import type { RunAsk, RunLog } from '../agents/host/run-log.ts'
import { openModels } from '../agents/model/open-models.ts'
import type { ProfileDraft } from '../backbone/canonical/agent-profile.ts'
import type { ChatEvent } from '../backbone/canonical/chat.ts'
import { newId } from '../backbone/canonical/ids.ts'
import type { Candidate, Subject } from '../backbone/canonical/proposal.ts'
import { CallerMistake, NeedsPerson } from '../backbone/errors.ts'
import type { DryRun, WouldPropose } from '../backbone/services/governance/agent-profiles.ts'
import type { OrdersReadService } from '../backbone/services/orders-read.ts'
import type { ProposalsService } from '../backbone/services/proposals/ports.ts'
import type { CallTool } from '../tools/call-tool.ts'
import { toolScopes } from '../tools/tool.ts'

/** What profiles are tried with. */
export type DryRunParts = Pick<
  HostParts,
  'agents' | 'callTool' | 'tracer' | 'runSeconds' | 'onSurprise'
> & {
  readonly orders: Pick<OrdersReadService, 'get'>
  readonly proposals: Pick<ProposalsService, 'candidates'>
  /** The tenant's time zone. */
  readonly timeZoneOf: (tenantId: string) => Promise<string>
}

const Arguments = z.record(z.string(), z.unknown())

// What a propose tool is about, by the name of its argument.
const subjectKinds: Readonly<Record<string, Subject['kind']>> = {
  order_id: 'order',
  customer_number: 'customer',
  cluster_id: 'cluster',
  transaction_id: 'transaction',
}

function subjectOf(args: z.infer<typeof Arguments>): Pick<Subject, 'kind' | 'id'> | undefined {
  const [found] = Object.entries(subjectKinds).flatMap(([name, kind]) => {
    const id = args[name]
    return typeof id === 'string' ? [{ kind, id }] : []
  })
  return found
}

async function customerOf({ orders }: DryRunParts, tenantId: string, { subject }: Candidate) {
  if (subject.kind === 'customer') return subject.id
  if (subject.kind !== 'order') return undefined
  return (await orders.get(tenantId, subject.id))?.customerNumber ?? undefined
}

/** Calls tools as they are, but for those that propose: they are written down and answered as if it were done. */
function dryCallTool(parts: DryRunParts, heard: WouldPropose[]): CallTool {
  return async (caller, name, given) => {
    if (!name.startsWith('propose_')) return parts.callTool(caller, name, given)
    const args = Arguments.parse(given)
    const { tenantId, agent } = caller
    const subject = subjectOf(args)
    const candidates =
      subject === undefined ? [] : await parts.proposals.candidates({ tenantId, subject })
    const chosen = candidates.find(({ candidateId }) => candidateId === args['candidate_id'])
    if (chosen === undefined)
      throw new CallerMistake(409, 'candidate-gone', 'There is no such candidate now.')
    const customerNumber = await customerOf(parts, tenantId, chosen)
    heard.push({
      ...{ kind: chosen.kind, title: chosen.title, isTainted: agent?.isTainted ?? false },
      ...(chosen.money === undefined ? {} : { money: chosen.money }),
      ...(customerNumber === undefined ? {} : { customerNumber }),
    })
    return {
      ...{ proposal_id: newId('prp'), status: 'requires_review', summary: chosen.title },
      ...{ effect_hash: 'dry-run', dashboard_url: 'dry-run', expires_at: new Date().toISOString() },
    }
  }
}

// A dry run is nobody's run: it stands on no log and spends nothing of the day's budget.
function noLog(timeZoneOf: DryRunParts['timeZoneOf']): RunLog {
  return {
    async begin({ tenantId }) {
      const timeZone = await timeZoneOf(tenantId)
      return {
        tenantId,
        runId: newId('run'),
        now: new Date().toISOString(),
        timeZone,
        daySpentMicros: 0,
      }
    },
    alive: async () => undefined,
    finish: async () => undefined,
    spend: async () => 0,
  }
}

/** What a run under a profile is given, and what it told and would have proposed. */
export type TrialRun = {
  readonly tenantId: string
  readonly profile: ProfileDraft
  readonly ask?: Pick<RunAsk, 'subject' | 'text' | 'history'>
}
export type TriedRun = {
  readonly told: readonly ChatEvent[]
  readonly used: readonly string[]
  /** Tools it reached for and does not have. */
  readonly lacked: readonly string[]
  readonly heard: readonly WouldPropose[]
}

/** An agent of which it is noted what tools it reaches for in vain. */
function noting(agent: Agent, lacked: Set<string>): Agent {
  return {
    ...agent,
    run: (ask, given) =>
      agent.run(ask, {
        ...given,
        tools: {
          ...given.tools,
          call(name, args, note) {
            if (!agent.tools.includes(name)) lacked.add(name)
            return given.tools.call(name, args, note)
          },
        },
      }),
  }
}

/** Runs a profile without making anything: in rules mode, with nothing on any log. */
export async function tryProfile(
  parts: DryRunParts,
  { tenantId, profile, ask = {} }: TrialRun,
): Promise<TriedRun> {
  const base = parts.agents.find(({ name }) => name === profile.agent)
  if (base === undefined) throw new NeedsPerson(`There is no agent ${profile.agent}.`)
  const heard: WouldPropose[] = []
  const used = new Set<string>()
  const lacked = new Set<string>()
  const agent = noting(profiledAgent(base, { ...profile, version: 0 }), lacked)
  const dryCall = dryCallTool(parts, heard)
  const host = openAgentHost({
    ...parts,
    agents: [agent],
    findProfile: async () => undefined,
    callTool: (caller, name, args) => {
      used.add(name)
      return dryCall(caller, name, args)
    },
    models: openModels(undefined),
    log: noLog(parts.timeZoneOf),
    dayMicros: 0,
  })
  const requester = { kind: 'agent', id: profile.name, name: profile.name } as const
  const trigger = ask.text === undefined ? 'demand' : 'chat'
  const started = { agent: agent.name, tenantId, trigger, ...ask } as const
  const told: ChatEvent[] = []
  const run = host.run(
    { ...started, caller: { requester, scopes: toolScopes } },
    AbortSignal.timeout(parts.runSeconds * 1_000),
  )
  for await (const event of run) told.push(event)
  return { told, used: [...used], lacked: [...lacked], heard }
}

/** Runs profiles on a tenant's records without making anything. */
export function openDryRun(parts: DryRunParts): DryRun {
  return async (asked) => {
    const { told, heard } = await tryProfile(parts, asked)
    for (const event of told) if (event.type === 'error') throw new NeedsPerson(event.message)
    return heard
  }
}
