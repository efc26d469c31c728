import { z } from 'zod'
import { FailureClass, Remedy } from '../../backbone/canonical/failures/failure-class.ts'
import {
  ClusterState,
  type FailureCluster,
} from '../../backbone/canonical/views/transaction-view.ts'
import { evidenceOf, WireEvidence } from './evidence.ts'
import { given } from './given.ts'
import { Money, moneyOf } from './money.ts'
import { plainText, UntrustedText, untrusted } from './outside-text.ts'

/** Failed calls with one cause. */
export const WireCluster = z.object({
  cluster_id: z.string(),
  cause: z.string().optional().describe('The thing at the root, where one is known.'),
  state: z.enum(ClusterState.options),
  error_class: z.enum(FailureClass.options),
  error_code: z.string(),
  decision: z.string().describe('How far the rules go: accept, propose, hold or refuse.'),
  remedy: z.enum(Remedy.options),
  advice: z.string(),
  auto_retry: z.string().describe('What the house does by itself.'),
  confidence: z.number().describe('0 to 1.'),
  calls: z.int(),
  dependants: z.int().describe('Calls that failed only because of these.'),
  orders: z.int(),
  customers: z.int(),
  blocked: z.array(Money).describe('The value of the orders held up, by currency.'),
  connections: z.array(z.string()),
  waiting_behind: z.int(),
  nearest_due_at: z.string().optional(),
  priority: z.int().describe('Larger is more pressing.'),
  fix: z.string().describe('What to change.'),
  replay: z.string().describe('What sending again would do.'),
  suspects: z.array(z.string()).describe('What changed shortly before.'),
  recurrences: z.int(),
  first_failed_at: z.string(),
  last_failed_at: z.string(),
  transaction_ids: z.array(z.string()).describe('The first few.'),
  evidence: z.array(WireEvidence),
  untrusted_text: UntrustedText.optional().describe('What the other system said, as an example.'),
})

/** A cause of failures as it goes over the wire. */
export function clusterOf(cluster: FailureCluster): z.input<typeof WireCluster> {
  const { blastRadius, plan, proposedChange } = cluster
  return given({
    cluster_id: cluster.clusterId,
    cause: cluster.rootEntity === null ? null : plainText(cluster.rootEntity, 160),
    state: cluster.state,
    error_class: cluster.errorClass,
    error_code: plainText(cluster.errorCode, 80),
    decision: cluster.decision,
    remedy: cluster.remedy,
    advice: plainText(cluster.advice, 400),
    auto_retry: plainText(cluster.autoRetry, 200),
    confidence: cluster.confidence,
    calls: cluster.count,
    dependants: cluster.dependants.length,
    orders: blastRadius.orders,
    customers: blastRadius.customers,
    blocked: blastRadius.blocked.map(({ amountMinor, currency }) => moneyOf(amountMinor, currency)),
    connections: blastRadius.connections.slice(0, 10),
    waiting_behind: blastRadius.waitingBehind,
    nearest_due_at: blastRadius.nearestDueAt,
    priority: cluster.priority.score,
    fix: plainText(proposedChange.text, 400),
    replay: plainText(plan.text, 400),
    suspects: cluster.suspects.slice(0, 3).map(({ text }) => plainText(text, 200)),
    recurrences: cluster.recurrences,
    first_failed_at: cluster.firstFailedAt,
    last_failed_at: cluster.lastFailedAt,
    transaction_ids: cluster.transactionIds.slice(0, 5),
    evidence: evidenceOf(cluster.evidence, 3),
    untrusted_text: untrusted(cluster.exampleMessages[0], 200) ?? null,
  })
}
