import type { AgentProfile } from '../../canonical/agent-profile.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { activeProfiles } from '../../store/governance/profile-rows.ts'
import type { AgentDescription } from '../agent-runs.ts'
import { profileView } from './agent-profiles.ts'

/** A profile that runs, as an agent: its base's work, narrowed. */
function profileAsAgent(
  profile: AgentProfile,
  agents: readonly AgentDescription[],
): AgentDescription[] {
  const base = agents.find(({ name }) => name === profile.agent)
  if (base === undefined) return []
  const { runsOnEvents, dailyAt } = profile
  return [
    {
      ...{ name: profile.name, about: profile.goal, base: base.name, profile },
      version: `${base.version}, profile ${profile.version}`,
      tools: base.tools.filter((tool) => profile.tools.includes(tool)),
      setting: { isEnabled: true, runsOnEvents, dailyAt },
    },
  ]
}

/** The agents of the house, and the profiles of the tenant that are active. */
export async function agentsOfTenant(
  tx: TenantTx,
  agents: readonly AgentDescription[],
): Promise<AgentDescription[]> {
  const profiles = (await activeProfiles(tx)).map(profileView)
  return [...agents, ...profiles.flatMap((profile) => profileAsAgent(profile, agents))]
}

/** Finds the active profile of a name; undefined where there is none. */
export function profileFinder({ database }: { readonly database: Database }) {
  return (tenantId: string, name: string): Promise<AgentProfile | undefined> =>
    database.inTenant(tenantId, async (tx) =>
      (await activeProfiles(tx)).map(profileView).find((profile) => profile.name === name),
    )
}
