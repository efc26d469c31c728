import { z } from 'zod'
import type { FailureCluster } from '../backbone/canonical/views/transaction-view.ts'
import { readTool } from './tool.ts'
import { referenceArgument } from './wire/arguments.ts'
import { candidatesOf, WireCandidate } from './wire/candidate.ts'
import { clusterOf, WireCluster } from './wire/cluster.ts'
import { evidenceOf, WireEvidence } from './wire/evidence.ts'
import { found } from './wire/not-found.ts'
import { plainText, reference } from './wire/outside-text.ts'
import { asOf } from './wire/page.ts'

const shownCalls = 10

const Step = z.object({
  transaction_id: z.string(),
  operation: z.string(),
  number: z.string(),
  is_dependant: z.boolean().describe('It follows when the others are through.'),
})

const Dropped = z.object({
  cluster_id: z.string(),
  transaction_id: z.string(),
  operation: z.string(),
  reason: z.string(),
})

const Safety = z.object({
  cause: z.string().optional(),
  is_safe_now: z.boolean().describe('Whether the rules would send them again now.'),
  why: WireEvidence,
  cluster: WireCluster,
  plan: z.string(),
  goes_again: z.int(),
  steps: z.array(Step).describe('The first few that go again, in this order.'),
  dropped_count: z.int(),
  parked: z.int().describe('They go by themselves once their connection is back.'),
  quarantined: z.int().describe('Documents that are read again when somebody releases them.'),
  candidates: z.array(WireCandidate),
})

const Output = z.object({
  ...asOf,
  causes: z.array(Safety).describe('As they were asked for.'),
  dropped: z.array(Dropped).describe('Of each the first few that would not be sent, with why.'),
})

function planOf({ plan }: FailureCluster) {
  return {
    plan: plainText(plan.text, 400),
    goes_again: plan.steps.length,
    steps: plan.steps
      .slice(0, shownCalls)
      .map(({ transactionId, operation, naturalKey, isDependant }) => ({
        ...{ transaction_id: transactionId, operation, number: reference(naturalKey) },
        is_dependant: isDependant,
      })),
    dropped_count: plan.dropped.length,
    parked: plan.parked,
    quarantined: plan.quarantined.length,
  }
}

function droppedOf({ clusterId, plan }: FailureCluster) {
  return plan.dropped.slice(0, shownCalls).map(({ transactionId, operation, reason }) => ({
    ...{ cluster_id: clusterId, transaction_id: transactionId, operation },
    reason: plainText(reason, 200),
  }))
}

/** Whether a replay of causes does harm. */
export const replaySafety = readTool({
  name: 'replay_safety',
  title: 'Is a replay safe',
  about:
    'What sending the calls of causes again would do: which go, in which order, which are left out and why, and whether the rules offer it now.',
  scope: 'ops:read',
  publish: 'internal',
  input: z.strictObject({
    cluster_ids: z
      .array(referenceArgument('A cause of the failures.', 500))
      .min(1)
      .max(5)
      .describe('The causes of the failures, up to five.'),
  }),
  output: Output,
  run: async ({ replaySafety: safety, proposals, now }, { tenantId }, { cluster_ids: ids }) => {
    const judged = await safety.read({ tenantId, clusterIds: ids })
    found(judged[0], 'cause', 'failure_triage lists them.')
    const causes = judged.map(async ({ cluster, readiness }) => {
      // Of a cause that is not mended nothing can be proposed: it need not be looked at again.
      const subject = { kind: 'cluster' as const, id: cluster.clusterId }
      const candidates = readiness.isReady ? await proposals.candidates({ tenantId, subject }) : []
      const [why = { weighs: 'note' as const, text: '' }] = evidenceOf([readiness.evidence])
      const told = clusterOf(cluster)
      return {
        ...(told.cause === undefined ? {} : { cause: told.cause }),
        ...{ is_safe_now: readiness.isReady, why, cluster: told },
        ...planOf(cluster),
        candidates: candidatesOf(candidates.slice(0, 6), subject.id),
      }
    })
    return {
      as_of: now(),
      causes: await Promise.all(causes),
      dropped: judged.flatMap(({ cluster }) => droppedOf(cluster)),
    }
  },
})
