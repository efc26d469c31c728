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
  const agent = { agent: name.slice(0, 80), isTainted: true }
  // Whoever let the host in asks through it, and may not decide about it as somebody else.
  if (who.onBehalfOf !== undefined)
    return {
      requestedBy: { kind: 'person', id: who.onBehalfOf.userId, name: who.onBehalfOf.name },
      agent,
    }
  if (!agentRoles.has(who.role)) return { requestedBy: { kind: 'key', id, name } }
  return {
    requestedBy: { kind: 'agent', id, name },
    agent,
  }
}
