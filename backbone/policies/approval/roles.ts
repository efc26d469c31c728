import type { PersonRole } from '../../canonical/person.ts'

// Each may what those before it may.
const ranks: readonly string[] = [
  'viewer',
  'collector',
  'operator',
  'approver',
  'admin',
] as const satisfies readonly PersonRole[]

const rank = (role: string): number => ranks.indexOf(role)

/** Whether a role may decide what takes another one; a role nobody knows may nothing, and looking on is not deciding. */
export function roleMay(role: string, required: string): boolean {
  return rank(role) >= Math.max(rank(required), 1) && rank(required) !== -1
}

/** The higher of two roles. */
export function higherRole(one: string, other: string): string {
  return rank(other) > rank(one) ? other : one
}
