import type { ThirdPartyAgent } from '../../canonical/agent-profile.ts'
import { newId } from '../../canonical/ids.ts'
import { CallerMistake } from '../../errors.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import {
  putThirdPartyAgent,
  roleOfKey,
  switchKey,
  thirdPartyAgents,
} from '../../store/governance/third-party-rows.ts'

/** What an admin says of an agent of somebody else. */
type ThirdPartyDraft = Omit<ThirdPartyAgent, 'agentId' | 'changedBy' | 'changedAt'>

type Act = {
  readonly tenantId: string
  readonly actor: string
  readonly draft: ThirdPartyDraft
}

/** Agents of others: who answers for them, what they may use, and the switch that shuts their key. */
export type ThirdPartyAgentsService = {
  list(tenantId: string): Promise<ThirdPartyAgent[]>
  register(act: Act): Promise<ThirdPartyAgent>
  /** Writes an agent anew; undefined when there is no such agent. */
  change(act: Act & { readonly agentId: string }): Promise<ThirdPartyAgent | undefined>
}

// A key that could do more than read and propose is no agent's key.
const agentRoles = ['agent', 'mcp']

async function assertAgentKey(tx: TenantTx, credentialId: string | null): Promise<void> {
  if (credentialId === null) return
  const role = await roleOfKey(tx, credentialId)
  if (role === undefined)
    throw new CallerMistake(422, 'unknown-key', 'There is no such key.', { credentialId })
  if (!agentRoles.includes(role))
    throw new CallerMistake(
      422,
      'not-an-agents-key',
      `That key has the role ${role}; an agent comes with a key of the role ${agentRoles.join(' or ')}.`,
      { credentialId, role },
    )
}

async function written(
  tx: TenantTx,
  { actor, draft }: Act,
  agentId: string,
): Promise<ThirdPartyAgent> {
  await assertAgentKey(tx, draft.credentialId)
  const agent = await putThirdPartyAgent(tx, { ...draft, agentId, changedBy: actor })
  if (agent === undefined)
    throw new CallerMistake(
      409,
      'agent-known',
      'Another agent has this name, or comes with this key.',
      { name: draft.name },
    )
  if (draft.credentialId !== null) await switchKey(tx, draft.credentialId, draft)
  const { name, provider, isEnabled, credentialId } = agent
  const event = {
    kind: 'agent.registered',
    actor,
    summary: `Agent ${name} of ${provider} is ${isEnabled ? 'on' : 'switched off'}.`,
    body: { agentId, isEnabled, credentialId },
  }
  await appendTenantEvents(tx, [event], await databaseNow(tx))
  return agent
}

/** Opens the register of agents of others over a database. */
export function thirdPartyAgentsService({
  database,
}: {
  readonly database: Database
}): ThirdPartyAgentsService {
  return {
    list: (tenantId) => database.inTenant(tenantId, thirdPartyAgents),
    register: (act) => database.inTenant(act.tenantId, (tx) => written(tx, act, newId('agp'))),
    change: ({ agentId, ...act }) =>
      database.inTenant(act.tenantId, async (tx) => {
        const known = await thirdPartyAgents(tx)
        const isKnown = known.some((agent) => agent.agentId === agentId)
        return isKnown ? written(tx, act, agentId) : undefined
      }),
  }
}
