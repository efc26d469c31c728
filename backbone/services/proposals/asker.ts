import type { AgentNote, Requester } from '../../canonical/proposal.ts'
import type { Principal } from '../api-principal.ts'

/** In whose name something is proposed, with the agent where one does it. */
type Asker = { readonly requestedBy: Requester; readonly agent?: AgentNote }

const agentRoles: ReadonlySet<string> = new Set(['agent', 'mcp'])

/** In whose name a caller proposes: what an agent outside has read we do not know, so a person looks. */
export function askerOf(who: Principal): Asker {
  const { name } = who
  if (who.kind === 'person') return { requestedBy: { kind: 'person', id: who.userId, name } }
  const id = who.credentialId
  if (!agentRoles.has(who.role)) return { requestedBy: { kind: 'key', id, name } }
  return {
    requestedBy: { kind: 'agent', id, name },
    agent: { agent: name.slice(0, 80), isTainted: true },
  }
}
