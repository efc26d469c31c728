import type { Subject } from '../../canonical/proposal.ts'
import type { Act, CandidateSource } from '../acts/act.ts'
import { activateAgentProfile } from '../acts/activate-agent-profile.ts'
import { changePolicyAct } from '../acts/change-policy-act.ts'
import { creditActs } from '../acts/credit-acts.ts'
import { orderActs } from '../acts/order-acts.ts'
import { sendCollectionsMessage } from '../acts/send-collections-message.ts'
import { sendInvoiceCopies } from '../acts/send-invoice-copies.ts'
import { clusterCandidates, transactionCandidates } from '../candidates/cluster-candidates.ts'
import { customerCandidates } from '../candidates/customer-candidates.ts'
import { orderCandidates } from '../candidates/order-candidates.ts'

/** Everything that can be proposed and done. */
export const allActs: readonly Act<unknown>[] = [
  ...orderActs,
  sendCollectionsMessage,
  sendInvoiceCopies,
  ...creditActs,
  changePolicyAct,
  activateAgentProfile,
]

/** Who finds what could be done, by what it is about. */
export const allCandidates: Readonly<Partial<Record<Subject['kind'], CandidateSource>>> = {
  order: orderCandidates,
  customer: customerCandidates,
  cluster: clusterCandidates,
  transaction: transactionCandidates,
}
