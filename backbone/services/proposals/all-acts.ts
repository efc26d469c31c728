import type { Subject } from '../../canonical/proposal.ts'
import type { Act, CandidateSource } from '../acts/act.ts'
import { activateAgentProfile } from '../acts/activate-agent-profile.ts'
import { cancelOrderAct } from '../acts/cancel-order-act.ts'
import { changePolicyAct } from '../acts/change-policy-act.ts'
import { placeHoldAct } from '../acts/place-hold-act.ts'
import { releaseHoldAct } from '../acts/release-hold-act.ts'
import { retryTransactionsAct } from '../acts/retry-transactions-act.ts'
import { sendCollectionsMessage } from '../acts/send-collections-message.ts'
import { clusterCandidates, transactionCandidates } from '../candidates/cluster-candidates.ts'
import { customerCandidates } from '../candidates/customer-candidates.ts'

/** Everything that can be proposed and done. */
export const allActs: readonly Act<unknown>[] = [
  releaseHoldAct,
  placeHoldAct,
  cancelOrderAct,
  retryTransactionsAct,
  sendCollectionsMessage,
  changePolicyAct,
  activateAgentProfile,
]

/** Who finds what could be done, by what it is about. */
export const allCandidates: Readonly<Partial<Record<Subject['kind'], CandidateSource>>> = {
  customer: customerCandidates,
  cluster: clusterCandidates,
  transaction: transactionCandidates,
}
