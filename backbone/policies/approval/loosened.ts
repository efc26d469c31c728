import { compareDecimal } from '../../canonical/money.ts'
import type { ActKind } from '../../canonical/proposal.ts'
import { actKinds } from '../../canonical/proposal.ts'
import type { ApprovalRule, ApprovalSettings } from './approval-policy.ts'

const ranks = ['collector', 'operator', 'approver', 'admin']
const rank = (role: string | null): number => (role === null ? -1 : ranks.indexOf(role))

// null is any amount.
const isMore = (after: string | null, before: string | null): boolean =>
  before !== null && (after === null || compareDecimal(after, before) > 0)

/** Whether people of some role may do more at once than before. */
function isMoreOwn(before: ApprovalRule['ownUpTo'], after: ApprovalRule['ownUpTo']): boolean {
  const was = new Map(Object.entries(before))
  return Object.entries(after).some(([role, limit]) => {
    if (limit === undefined) return false
    const old = was.get(role)
    return old === undefined || isMore(limit, old)
  })
}

function isLooser(before: ApprovalRule, after: ApprovalRule): boolean {
  return [
    rank(after.role) < rank(before.role),
    rank(after.roleAbove) < rank(before.roleAbove),
    isMore(after.otherPersonAbove, before.otherPersonAbove),
    before.isAlwaysOtherPerson && !after.isAlwaysOtherPerson,
    !before.maySelfDecide && after.maySelfDecide,
    isMoreOwn(before.ownUpTo, after.ownUpTo),
    after.expiresAfterHours > before.expiresAfterHours,
    rank(after.escalateTo) < rank(before.escalateTo),
    after.passesItself && !before.passesItself,
    after.passesItself && isMore(after.passesItselfUpTo, before.passesItselfUpTo),
  ].some(Boolean)
}

/** The kinds of act that fewer people, lower roles or no person would decide under other rules; empty when none. */
export function loosened(before: ApprovalSettings, after: ApprovalSettings): ActKind[] {
  return actKinds.filter((kind) => isLooser(before[kind], after[kind]))
}
