import { z } from 'zod'
import { ClusterState } from '../backbone/canonical/views/transaction-view.ts'
import { readTool } from './tool.ts'
import { fieldsOf, momentArgument, oneOf, paging, referenceArgument } from './wire/arguments.ts'
import { candidatesOf, WireCandidate } from './wire/candidate.ts'
import { clusterOf, WireCluster } from './wire/cluster.ts'
import { found } from './wire/not-found.ts'
import { asOf, pageAnswer, pageEnd, pageOfWhole } from './wire/page.ts'

const Output = z.object({
  ...asOf,
  clusters: z.int().describe('How many causes there are in all.'),
  failed: z.int().describe('How many calls failed of them.'),
  items: z.array(WireCluster),
  candidates: z
    .array(WireCandidate)
    .optional()
    .describe('Of one named cause: what could be sent again now; empty while that is not safe.'),
  ...pageEnd,
})

/** Failed calls by their root cause. */
export const failureTriage = readTool({
  name: 'failure_triage',
  title: 'Group failures by cause',
  about:
    'Failed transactions by root cause, the most pressing first: class, remedy, what is blocked, what changed before, and what a replay would do. For one named cause also the candidates of a replay.',
  scope: 'ops:read',
  publish: 'mcp',
  keeps: ['cluster_id'],
  input: z.strictObject({
    cluster_id: referenceArgument('One cause.', 500).optional(),
    state: oneOf(ClusterState.options, 'Where people are with it.').optional(),
    failed_since: momentArgument('Last failed at or after.').optional(),
    fields: fieldsOf([
      'cause',
      'state',
      'error_class',
      'error_code',
      'decision',
      'remedy',
      'advice',
      'auto_retry',
      'confidence',
      'calls',
      'dependants',
      'orders',
      'customers',
      'blocked',
      'connections',
      'waiting_behind',
      'nearest_due_at',
      'priority',
      'fix',
      'replay',
      'suspects',
      'recurrences',
      'first_failed_at',
      'last_failed_at',
      'transaction_ids',
      'evidence',
      'untrusted_text',
    ]),
    ...paging(5, 50),
  }),
  output: Output,
  run: async ({ triage, proposals, now }, { tenantId }, input) => {
    const { cluster_id: id, state, failed_since: since } = input
    if (id !== undefined) {
      const cluster = found(
        await triage.cluster(tenantId, id),
        'cause',
        'Without cluster_id failure_triage lists them.',
      )
      const candidates = await proposals.candidates({ tenantId, subject: { kind: 'cluster', id } })
      return {
        as_of: now(),
        ...{ clusters: 1, failed: cluster.count, items: [clusterOf(cluster)] },
        candidates: candidatesOf(candidates.slice(0, 6), id),
      }
    }
    const wanted = (await triage.clusters(tenantId)).filter(
      (cluster) =>
        (state === undefined || cluster.state === state) &&
        (since === undefined || Date.parse(cluster.lastFailedAt) >= Date.parse(since)),
    )
    const page = pageOfWhole(wanted, ({ clusterId }) => clusterId, input)
    return {
      ...pageAnswer(now(), page, clusterOf),
      clusters: wanted.length,
      failed: wanted.reduce((sum, { count }) => sum + count, 0),
    }
  },
})
