import { z } from 'zod'
import { badArguments } from './parse-arguments.ts'
import { proposeTool } from './tool.ts'
import { referenceArgument } from './wire/arguments.ts'
import { Proposed } from './wire/proposal.ts'
import { candidateArgument, proposeCandidate } from './wire/propose.ts'

/** Asks for failed calls to be sent again. */
export const proposeRetry = proposeTool({
  name: 'propose_retry',
  title: 'Propose to send failed calls again',
  about:
    'Asks people to decide about sending failed transactions again, up to 50 at once. Takes the id of a candidate from failure_triage for a cause, or of one transaction. Nothing is sent until a person has approved.',
  scope: 'ops:propose',
  publish: 'mcp',
  input: z.strictObject({
    cluster_id: referenceArgument('The cause the candidate is about.', 500).optional(),
    transaction_id: referenceArgument('Or the transaction the candidate is about.').optional(),
    order_id: referenceArgument('Or the order whose failed calls it is about.').optional(),
    candidate_id: candidateArgument,
  }),
  output: Proposed,
  run: async (services, caller, input) => {
    const { cluster_id, transaction_id, order_id, candidate_id: candidateId } = input
    const named = [
      { kind: 'cluster' as const, id: cluster_id },
      { kind: 'transaction' as const, id: transaction_id },
      { kind: 'order' as const, id: order_id },
    ].flatMap(({ kind, id }) => (id === undefined ? [] : [{ kind, id }]))
    const [subject, ...others] = named
    if (subject === undefined || others.length > 0)
      throw badArguments('propose_retry', [
        { path: 'cluster_id', message: 'Name one of cluster_id, transaction_id and order_id.' },
      ])
    const kinds = ['retry-transactions'] as const
    return proposeCandidate(services, caller, { subject, candidateId, kinds })
  },
})
