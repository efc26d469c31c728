import { moneyText } from '../../canonical/money.ts'
import { PersonRole } from '../../canonical/person.ts'
import type { MoneyAtStake } from '../../canonical/proposal.ts'
import type { ApprovalRule } from './approval-policy.ts'
import { isAbove } from './judge-request.ts'
import { roleMay } from './roles.ts'

/** A person who wants to decide, and those in whose place they may. */
export type DeciderFacts = {
  readonly userId: string
  readonly role: string
  readonly standsInFor: readonly {
    readonly userId: string
    readonly name: string
    readonly role: string
  }[]
}

/** What of a proposal says who may decide it. */
export type Decidable = {
  readonly requestedById: string
  readonly editedById: string | null
  readonly requiredRole: string
  readonly needsOtherPerson: boolean
  readonly money?: MoneyAtStake
}

/** Whether a person may decide: under which role and in whose place, or why not. */
export type DeciderVerdict =
  | {
      readonly may: true
      readonly role: string
      /** Whoever asked decides. */
      readonly isOwn: boolean
      readonly inPlaceOf?: { readonly userId: string; readonly name: string }
    }
  | {
      readonly may: false
      readonly problem: 'role-missing' | 'other-person-needed' | 'above-your-limit'
      readonly why: string
    }

/** Up to which amount a role does such an act at once: undefined where it never does. */
function ownLimit(role: string, rule: ApprovalRule): string | null | undefined {
  const known = PersonRole.safeParse(role)
  return known.success ? rule.ownUpTo[known.data] : undefined
}

/** Why a person may not decide what they ask for themselves, or undefined when they may. */
export function ownObstacle(
  role: string,
  money: MoneyAtStake | undefined,
  rule: ApprovalRule,
): string | undefined {
  if (!rule.maySelfDecide) return 'Nobody decides what they asked for themselves.'
  const limit = ownLimit(role, rule)
  if (limit === undefined) return `With the role ${role} it is always decided by somebody else.`
  if (limit === null || !isAbove(money, limit)) return undefined
  const amount = money === undefined ? 'It' : moneyText(Math.abs(money.amountMinor), money.currency)
  return `${amount} is above ${limit}, your limit with the role ${role}.`
}

function ownVerdict(
  decider: DeciderFacts,
  proposal: Decidable,
  rule: ApprovalRule,
): DeciderVerdict {
  const { role } = decider
  if (!roleMay(role, proposal.requiredRole)) return roleMissing(proposal.requiredRole)
  const why = ownObstacle(role, proposal.money, rule)
  return why === undefined
    ? { may: true, role, isOwn: true }
    : { may: false, problem: 'above-your-limit', why }
}

const roleMissing = (required: string): DeciderVerdict => ({
  may: false,
  problem: 'role-missing',
  why: `This is decided by people with the role ${required} or above.`,
})

function asReviewer(
  decider: DeciderFacts,
  { requiredRole }: Pick<Decidable, 'requiredRole'>,
  notFor: readonly (string | null)[],
): DeciderVerdict {
  if (roleMay(decider.role, requiredRole)) return { may: true, role: decider.role, isOwn: false }
  const deputised = decider.standsInFor.find(
    ({ userId, role }) => !notFor.includes(userId) && roleMay(role, requiredRole),
  )
  if (deputised === undefined) return roleMissing(requiredRole)
  const { userId, name, role } = deputised
  return { may: true, role, isOwn: false, inPlaceOf: { userId, name } }
}

/** Whether a person may reject a proposal or give it other words: nothing is done of it by that. */
export function judgeReviewer(
  decider: DeciderFacts,
  proposal: Pick<Decidable, 'requiredRole' | 'requestedById'>,
): DeciderVerdict {
  return asReviewer(decider, proposal, [])
}

/**
 * Whether a person may approve a proposal: with their role, or that of somebody they stand in for. A deputy of whoever
 * asked decides in that one's place as little as they would.
 */
export function judgeDecider(
  decider: DeciderFacts,
  proposal: Decidable,
  rule: ApprovalRule,
): DeciderVerdict {
  const { requestedById, editedById, needsOtherPerson } = proposal
  const isAsker = decider.userId === requestedById
  if (needsOtherPerson && (isAsker || decider.userId === editedById))
    return {
      may: false,
      problem: 'other-person-needed',
      why: isAsker
        ? 'You asked for this yourself: somebody else decides it.'
        : 'You changed this yourself: somebody else decides it.',
    }
  if (isAsker) return ownVerdict(decider, proposal, rule)
  return asReviewer(decider, proposal, [requestedById, needsOtherPerson ? editedById : null])
}
