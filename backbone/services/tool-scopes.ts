// What each scope of tools needs of the rooms of the house: who may not see a room does not see it through a tool.
const orders = ['orders:read', 'master:read', 'policies:read']
const operations = ['transactions:read', 'connections:read', 'metrics:read']
const receivables = ['invoices:read', 'collections:read']
const proposals = ['proposals:read']

/** The scopes of tools as agent hosts name them, with the scopes of the house that each needs. */
export const roomsOfToolScopes: Readonly<Record<string, readonly string[]>> = {
  'o2c:read': orders,
  'ops:read': operations,
  'ar:read': receivables,
  'proposal:read': proposals,
  'order:propose': [...orders, ...proposals],
  'ops:propose': [...operations, ...proposals],
  'ar:propose': [...receivables, ...proposals],
}

/** Of what a key was made for, the scopes of tools. */
export function toolScopesAmong(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => scope in roomsOfToolScopes)
}

/** What a key was made for as scopes of the house: a scope of tools opens the rooms it needs. */
export function roomsOf(scopes: readonly string[]): string[] {
  return scopes.flatMap((scope) => roomsOfToolScopes[scope] ?? [scope])
}
