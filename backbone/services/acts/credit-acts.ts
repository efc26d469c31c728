import type { Act } from './act.ts'
import { applyCreditAct } from './apply-credit-act.ts'
import { chargeBackDeductionAct } from './charge-back-deduction-act.ts'
import { creditDeductionAct } from './credit-deduction-act.ts'
import { takeBackCreditAct } from './take-back-credit-act.ts'

/** What can be done about credits of customers and about what payers kept back. */
export const creditActs: readonly Act<unknown>[] = [
  applyCreditAct,
  takeBackCreditAct,
  creditDeductionAct,
  chargeBackDeductionAct,
]
