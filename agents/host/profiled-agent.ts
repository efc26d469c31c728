import type { AgentProfile } from '../../backbone/canonical/agent-profile.ts'
import { isOutsideTool } from '../../backbone/canonical/tool-server.ts'
import { CallerMistake } from '../../backbone/errors.ts'
import type { Agent } from '../agent.ts'

/** Finds the active profile of a name in a tenant. */
export type FindProfile = (tenantId: string, name: string) => Promise<AgentProfile | undefined>

/** An agent a run is made of: one of the house, or one narrowed by a profile. */
export type Runnable = { readonly agent: Agent; readonly profile?: AgentProfile }

const noSuchAgent = (name: string) =>
  new CallerMistake(404, 'unknown-agent', 'There is no such agent.', { agent: name })

/** An agent that does its base's work with the tools of a profile, under the profile's name. */
export function profiledAgent(
  base: Agent,
  profile: Pick<AgentProfile, 'name' | 'goal' | 'version' | 'tools'>,
): Agent {
  return {
    name: profile.name,
    about: profile.goal,
    version: `${base.version}, profile ${profile.version}`,
    tools: base.tools.filter((tool) => profile.tools.includes(tool)),
    ...(base.outsideTools === undefined
      ? {}
      : { outsideTools: profile.tools.filter(isOutsideTool) }),
    run: (ask, given) => base.run(ask, given),
  }
}

/** Finds who runs under a name: an agent of the house, else an active profile. */
export async function findRunnable(
  agents: readonly Agent[],
  findProfile: FindProfile,
  { tenantId, agent: name }: { readonly tenantId: string; readonly agent: string },
): Promise<Runnable> {
  const own = agents.find((agent) => agent.name === name)
  if (own !== undefined) return { agent: own }
  const profile = await findProfile(tenantId, name)
  const base = agents.find((agent) => agent.name === profile?.agent)
  if (profile === undefined || base === undefined) throw noSuchAgent(name)
  return { agent: profiledAgent(base, profile), profile }
}
