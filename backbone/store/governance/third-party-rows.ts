import { sql } from 'drizzle-orm'
import type { ThirdPartyAgent } from '../../canonical/agent-profile.ts'
import { asJson, type TenantTx } from '../database.ts'

const columns = sql`agent_id as "agentId", name, owner, provider, version, purpose, tools,
  credential_id as "credentialId", is_enabled as "isEnabled", changed_by as "changedBy", changed_at as "changedAt"`

/** Agents of others, by name. */
export function thirdPartyAgents(tx: TenantTx): Promise<ThirdPartyAgent[]> {
  return tx.rows<ThirdPartyAgent>(sql`select ${columns} from third_party_agent order by name`)
}

/** Writes an agent of somebody else as it now is; undefined when its name or its key is another one's. */
export async function putThirdPartyAgent(
  tx: TenantTx,
  agent: Omit<ThirdPartyAgent, 'changedAt'>,
): Promise<ThirdPartyAgent | undefined> {
  const { agentId, name, owner, provider, version, purpose, tools, credentialId } = agent
  const taken = await tx.rows(sql`
    select from third_party_agent
    where agent_id <> ${agentId} and (name = ${name} or credential_id = ${credentialId})`)
  if (taken.length > 0) return undefined
  const [written] = await tx.rows<ThirdPartyAgent>(sql`
    insert into third_party_agent (tenant_id, agent_id, name, owner, provider, version, purpose, tools, credential_id,
      is_enabled, changed_by)
    values (${tx.tenantId}, ${agentId}, ${name}, ${owner}, ${provider}, ${version}, ${purpose}, ${asJson(tools)},
      ${credentialId}, ${agent.isEnabled}, ${agent.changedBy})
    on conflict (tenant_id, agent_id) do update set name = excluded.name, owner = excluded.owner,
      provider = excluded.provider, version = excluded.version, purpose = excluded.purpose, tools = excluded.tools,
      credential_id = excluded.credential_id, is_enabled = excluded.is_enabled, changed_by = excluded.changed_by,
      changed_at = now()
    returning ${columns}`)
  return written
}

/** The class of a key, by its role; undefined when there is no such key that still opens anything. */
export async function roleOfKey(tx: TenantTx, credentialId: string): Promise<string | undefined> {
  const [found] = await tx.rows<{ role: string }>(
    sql`select role from credential where credential_id = ${credentialId}`,
  )
  return found?.role
}

/** Shuts the key of an agent that is switched off, and opens it again; a key ended by a person stays ended. */
export async function switchKey(
  tx: TenantTx,
  credentialId: string,
  { isEnabled }: { readonly isEnabled: boolean },
): Promise<void> {
  await tx.run(sql`
    update credential set shut_at = case when ${isEnabled} then null else now() end
    where credential_id = ${credentialId}`)
}
