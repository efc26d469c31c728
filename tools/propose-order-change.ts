import { z } from 'zod'
import { proposeTool } from './tool.ts'
import { referenceArgument } from './wire/arguments.ts'
import { Proposed } from './wire/proposal.ts'
import { candidateArgument, proposeCandidate } from './wire/propose.ts'

/** Asks for a change of an order. */
export const proposeOrderChange = proposeTool({
  name: 'propose_order_change',
  title: 'Propose a change of an order',
  about:
    'Asks people to decide about a change of an order: lift a hold, substitute, split, wait, reprice or cancel. Takes the id of a candidate from order_validate or order_alternatives; figures come from it. Nothing is done until a person has approved.',
  scope: 'order:propose',
  publish: 'mcp',
  input: z.strictObject({
    order_id: referenceArgument('The order id: subject_id or order_id of the candidate.'),
    candidate_id: candidateArgument,
  }),
  output: Proposed,
  run: (services, caller, { order_id: id, candidate_id: candidateId }) =>
    proposeCandidate(services, caller, {
      subject: { kind: 'order', id },
      candidateId,
      kinds: [
        'release-hold',
        'place-hold',
        'cancel-order',
        'reprice-line',
        'substitute-line',
        'split-line',
        'backorder-line',
      ],
    }),
})
