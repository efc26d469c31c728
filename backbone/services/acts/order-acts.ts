import type { Act } from './act.ts'
import { backorderLineAct } from './backorder-line-act.ts'
import { cancelOrderAct } from './cancel-order-act.ts'
import { placeHoldAct } from './place-hold-act.ts'
import { releaseHoldAct } from './release-hold-act.ts'
import { repriceLineAct } from './reprice-line-act.ts'
import { retryTransactionsAct } from './retry-transactions-act.ts'
import { splitLineAct } from './split-line-act.ts'
import { substituteLineAct } from './substitute-line-act.ts'

/** What can be done about orders and about calls that failed. */
export const orderActs: readonly Act<unknown>[] = [
  releaseHoldAct,
  placeHoldAct,
  cancelOrderAct,
  repriceLineAct,
  substituteLineAct,
  splitLineAct,
  backorderLineAct,
  retryTransactionsAct,
]
