import { approvalPolicy } from '../policies/approval/approval-policy.ts'
import { availabilityPolicy } from '../policies/availability/availability-policy.ts'
import { calendarPolicy } from '../policies/calendar/calendar.ts'
import { cashPolicy } from '../policies/cash-matching/cash-policy.ts'
import { collectionsPolicy } from '../policies/collections/settings.ts'
import { creditPolicy } from '../policies/credit/credit-policy.ts'
import { holdsPolicy } from '../policies/holds.ts'
import type { Policy } from '../policies/policy-in-force.ts'
import { pricingPolicy } from '../policies/pricing/pricing-policy.ts'
import { returnsPolicy } from '../policies/returns/returns-policy.ts'
import { slaPolicy } from '../policies/sla/sla-policy.ts'
import { sourcingPolicy } from '../policies/sourcing/sourcing-policy.ts'
import { substitutionPolicy } from '../policies/substitution/substitution-policy.ts'
import { triagePolicy } from '../policies/triage/triage-settings.ts'

/** A policy whatever its settings are. */
export type AnyPolicy = Policy<object>

/** Every rule set a tenant may configure, in the order an order meets them. */
export const allPolicies: readonly AnyPolicy[] = [
  pricingPolicy,
  availabilityPolicy,
  substitutionPolicy,
  creditPolicy,
  holdsPolicy,
  triagePolicy,
  collectionsPolicy,
  cashPolicy,
  returnsPolicy,
  sourcingPolicy,
  calendarPolicy,
  slaPolicy,
  approvalPolicy,
]
