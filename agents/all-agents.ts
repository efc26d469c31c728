import type { Agent } from './agent.ts'
import { assistant } from './assistant/assistant.ts'
import { collections } from './collections/collections.ts'
import { orderValidation } from './order-validation/order-validation.ts'
import { substitution } from './substitution/substitution.ts'
import { triage } from './triage/triage.ts'

/** The agents of the house. */
export const allAgents: readonly Agent[] = [
  assistant,
  orderValidation,
  substitution,
  triage,
  collections,
]
