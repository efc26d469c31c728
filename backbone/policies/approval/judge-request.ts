import { type MinorUnits, minorFromText, moneyText } from '../../canonical/money.ts'
import type { MoneyAtStake } from '../../canonical/proposal.ts'
import type { ApprovalRule } from './approval-policy.ts'
import { higherRole } from './roles.ts'

/** What of a proposal decides who must look at it. */
export type ProposalFacts = {
  readonly money?: MoneyAtStake
  /** The rules find it in policy and exact. */
  readonly isExact: boolean
  /** Something of it stems from text of somebody outside. */
  readonly isTainted: boolean
  /** The least role the act itself asks for, whatever its amount: a price below the floor. */
  readonly leastRole?: string
}

/** Who must look at a proposal, and whether anybody must. */
export type ReviewNeed = {
  readonly requiredRole: string
  readonly needsOtherPerson: boolean
  /** The tenant's policy lets it pass without a person. */
  readonly passesItself: boolean
  readonly reasons: readonly string[]
}

/** Whether money is above a limit that is written in units of its own currency; no money is above nothing. */
export function isAbove(money: MoneyAtStake | undefined, limit: string): boolean {
  if (money === undefined) return false
  const limitMinor: MinorUnits = minorFromText(limit, money.currency)
  return Math.abs(money.amountMinor) > limitMinor
}

function reasonAgainstPassing(facts: ProposalFacts, rule: ApprovalRule): string | undefined {
  if (facts.isTainted) return 'It stems from text of somebody outside, so a person looks.'
  if (!rule.passesItself) return 'The policy lets nothing of this kind pass without a person.'
  if (!facts.isExact) return 'The rules do not find it exact, so a person looks.'
  if (isAbove(facts.money, rule.passesItselfUpTo))
    return `It is above ${rule.passesItselfUpTo}, up to which it could pass by itself.`
  return undefined
}

/** Who must look at what is proposed, by the rule of its kind. */
export function judgeRequest(facts: ProposalFacts, rule: ApprovalRule): ReviewNeed {
  const { money, leastRole = rule.role } = facts
  const isAboveBand = isAbove(money, rule.otherPersonAbove)
  const needsOtherPerson = rule.isAlwaysOtherPerson || isAboveBand
  const requiredRole = higherRole(isAboveBand ? rule.roleAbove : rule.role, leastRole)
  const against = needsOtherPerson
    ? otherPersonReason(money, isAboveBand, rule)
    : reasonAgainstPassing(facts, rule)
  return {
    requiredRole,
    needsOtherPerson,
    passesItself: against === undefined,
    reasons: [
      ...(against === undefined
        ? ['It is exact and within what the policy lets pass by itself.']
        : [against, `It takes the role ${requiredRole}.`]),
    ],
  }
}

function otherPersonReason(
  money: MoneyAtStake | undefined,
  isAboveBand: boolean,
  rule: ApprovalRule,
): string {
  if (!isAboveBand || money === undefined)
    return 'Somebody other than whoever asked decides, whatever the amount.'
  const amount = moneyText(Math.abs(money.amountMinor), money.currency)
  return `${amount} is above ${rule.otherPersonAbove}: somebody other than whoever asked decides.`
}
