import type { Policy } from '../policies/policy-in-force.ts'

/** A policy whatever its settings are. */
export type AnyPolicy = Policy<object>

/** Every rule set a tenant may configure, in the order an order meets them. */
export const allPolicies: readonly AnyPolicy[] = []
