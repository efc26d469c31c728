import type { Principal } from '../backbone/services/api-principal.ts'
import { askerOf } from '../backbone/services/proposals/asker.ts'
import type { ToolDescription, ToolDoor } from '../backbone/services/tool-door.ts'
import { roomsOfToolScopes } from '../backbone/services/tool-scopes.ts'
import type { CallTool } from './call-tool.ts'
import { type Tool, type ToolCaller, type ToolScope, toolScopes } from './tool.ts'
import { toolSchemas } from './tool-schemas.ts'

// Asking for a decision has no effect by itself, yet not everybody's asking is wanted.
const proposingBy: Readonly<Record<string, readonly ToolScope[]>> = {
  agent: ['order:propose', 'ops:propose', 'ar:propose'],
  mcp: ['order:propose', 'ops:propose', 'ar:propose'],
  operator: ['order:propose', 'ops:propose', 'ar:propose'],
  approver: ['order:propose', 'ops:propose', 'ar:propose'],
  admin: ['order:propose', 'ops:propose', 'ar:propose'],
  collector: ['ar:propose'],
}

/** The scopes of tools that a person or key has: what its role may, narrowed by what the key was made for. */
export function toolScopesOf({
  role,
  scopes,
  toolScopes: only,
}: Pick<Principal, 'role' | 'scopes' | 'toolScopes'>): ToolScope[] {
  const proposing = proposingBy[role] ?? []
  return toolScopes.filter(
    (scope) =>
      (scope.endsWith(':read') || proposing.includes(scope)) &&
      (roomsOfToolScopes[scope] ?? []).every((needed) => scopes.includes(needed)) &&
      (only === undefined || only.includes(scope)),
  )
}

/** Under whose name somebody at the HTTP door calls tools. */
export function toolCallerOf(who: Principal): ToolCaller {
  const { requestedBy: requester, ...agent } = askerOf(who)
  return { tenantId: who.tenantId, requester, scopes: toolScopesOf(who), ...agent }
}

function describedTool(tool: Tool): ToolDescription {
  const { name, title, about, effect, scope, annotations } = tool
  const { input, output } = toolSchemas(tool)
  return {
    ...{ name, title, description: about, effect, scope, annotations },
    ...{ inputSchema: input, outputSchema: output },
  }
}

/** The tools of a catalogue behind the HTTP door. */
export function toolDoor(catalog: readonly Tool[], call: CallTool): ToolDoor {
  const described = catalog.map(describedTool)
  return {
    list: (who) => {
      const scopes: readonly string[] = toolScopesOf(who)
      return described.filter(({ scope }) => scopes.includes(scope))
    },
    call: (who, name, args) => call(toolCallerOf(who), name, args),
  }
}
