/** The roles of people, each with what those before it may do. */
export const personRoles = ['viewer', 'collector', 'operator', 'approver', 'admin'] as const
export type PersonRole = (typeof personRoles)[number]

const ranks: readonly string[] = personRoles

const rank = (role: string): number => ranks.indexOf(role)

/** Whether a role may do what another one may; a role nobody knows may nothing. */
export function roleMay(role: string, required: string): boolean {
  return rank(role) >= Math.max(rank(required), 1) && rank(required) !== -1
}

/** The higher of two roles. */
export function higherRole(one: string, other: string): string {
  return rank(other) > rank(one) ? other : one
}
