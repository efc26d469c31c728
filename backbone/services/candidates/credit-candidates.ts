import type { Evidence } from '../../canonical/decision.ts'
import type { ActKind } from '../../canonical/proposal.ts'
import { creditWork } from '../../store/credits/owed-invoices.ts'
import type { TenantTx } from '../../store/database.ts'
import type { ActCandidate, ActPicture } from '../acts/act.ts'
import { applyCreditAct } from '../acts/apply-credit-act.ts'
import { chargeBackPicture } from '../acts/charge-back-deduction-act.ts'
import { creditDeductionPicture } from '../acts/credit-deduction-act.ts'
import { takeBackCreditAct } from '../acts/take-back-credit-act.ts'
import { lookAtDeduction } from '../credits/deduction-scene.ts'

// What a person works through at once.
const most = { deductions: 10, used: 5, usedDays: 30 }

// An agent proposes nothing of its own accord that has something against it.
const onlyPerson: Evidence = {
  weighs: 'against',
  text: 'Only a person who sees that it was wrong undoes it.',
}

const asCandidate = (
  kind: ActKind,
  payload: unknown,
  picture: ActPicture | { readonly gone: string },
): ActCandidate[] => ('gone' in picture ? [] : [{ kind, payload, picture }])

async function clearings(
  tx: TenantTx,
  customerNumber: string,
  currencies: readonly string[],
): Promise<ActCandidate[]> {
  const found: ActCandidate[] = []
  for (const currency of currencies) {
    const payload = { customerNumber, currency }
    found.push(...asCandidate('apply-credit', payload, await applyCreditAct.picture(tx, payload)))
  }
  return found
}

async function settlements(tx: TenantTx, deductionIds: readonly string[]): Promise<ActCandidate[]> {
  const ruled: ActCandidate[] = []
  const goodwill: ActCandidate[] = []
  for (const deductionId of deductionIds) {
    const scene = await lookAtDeduction(tx, deductionId)
    const of = (allow: 'justified' | 'whole') => ({ deductionId, allow })
    const picture = (allow: 'justified' | 'whole') => creditDeductionPicture(tx, scene, of(allow))
    ruled.push(
      ...asCandidate('credit-deduction', of('justified'), await picture('justified')),
      ...asCandidate('charge-back-deduction', { deductionId }, await chargeBackPicture(tx, scene)),
    )
    goodwill.push(...asCandidate('credit-deduction', of('whole'), await picture('whole')))
  }
  return [...ruled, ...goodwill]
}

async function undoings(tx: TenantTx, creditNoteIds: readonly string[]): Promise<ActCandidate[]> {
  const found: ActCandidate[] = []
  for (const creditNoteId of creditNoteIds) {
    const picture = await takeBackCreditAct.picture(tx, { creditNoteId })
    if ('gone' in picture) continue
    const evidence = [onlyPerson, ...picture.evidence]
    found.push(...asCandidate('take-back-credit', { creditNoteId }, { ...picture, evidence }))
  }
  return found
}

/** What could be done about the credits and deductions of a customer: what the rules would do first, undoing last. */
export async function creditCandidates(
  tx: TenantTx,
  customerNumber: string,
): Promise<ActCandidate[]> {
  const { currencies, deductionIds, usedNoteIds } = await creditWork(tx, customerNumber, most)
  return [
    ...(await clearings(tx, customerNumber, currencies)),
    ...(await settlements(tx, deductionIds)),
    ...(await undoings(tx, usedNoteIds)),
  ]
}
