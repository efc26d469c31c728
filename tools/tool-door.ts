import type { Principal } from '../backbone/services/api-principal.ts'
import { askerOf } from '../backbone/services/proposals/asker.ts'
import type { ToolDescription, ToolDoor } from '../backbone/services/tool-door.ts'
import type { CallTool } from './call-tool.ts'
import type { Tool, ToolCaller, ToolScope } from './tool.ts'
import { toolSchemas } from './tool-schemas.ts'

// What the house's own scopes come to for tools: who may not see a room does not see it through a tool.
const readingBy: Readonly<Record<Extract<ToolScope, `${string}:read`>, readonly string[]>> = {
  'o2c:read': ['orders:read', 'master:read', 'policies:read'],
  'ops:read': ['transactions:read', 'connections:read', 'metrics:read'],
  'ar:read': ['invoices:read', 'collections:read'],
  'proposal:read': ['proposals:read'],
}

// Asking for a decision has no effect by itself, yet not everybody's asking is wanted.
const proposingBy: Readonly<Record<string, readonly ToolScope[]>> = {
  agent: ['order:propose', 'ops:propose', 'ar:propose'],
  mcp: ['order:propose', 'ops:propose', 'ar:propose'],
  operator: ['order:propose', 'ops:propose', 'ar:propose'],
  approver: ['order:propose', 'ops:propose', 'ar:propose'],
  admin: ['order:propose', 'ops:propose', 'ar:propose'],
  collector: ['ar:propose'],
}

const readsFor: Readonly<Record<string, keyof typeof readingBy>> = {
  'order:propose': 'o2c:read',
  'ops:propose': 'ops:read',
  'ar:propose': 'ar:read',
}

/** The scopes of tools that a person or key has: what its role may, narrowed by what the key was made for. */
export function toolScopesOf({ role, scopes }: Pick<Principal, 'role' | 'scopes'>): ToolScope[] {
  const may = (scope: keyof typeof readingBy) =>
    readingBy[scope].every((needed) => scopes.includes(needed))
  const reading = (['o2c:read', 'ops:read', 'ar:read', 'proposal:read'] as const).filter(may)
  const proposing = (proposingBy[role] ?? []).filter((scope) => {
    const needed = readsFor[scope]
    return may('proposal:read') && needed !== undefined && may(needed)
  })
  return [...reading, ...proposing]
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
