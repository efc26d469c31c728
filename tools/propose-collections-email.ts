import { z } from 'zod'
import { proposeTool } from './tool.ts'
import { referenceArgument } from './wire/arguments.ts'
import { Proposed } from './wire/proposal.ts'
import { candidateArgument, proposeCandidate } from './wire/propose.ts'

/** Asks for a collections message to be sent. */
export const proposeCollectionsEmail = proposeTool({
  name: 'propose_collections_email',
  title: 'Propose a collections message',
  about:
    'Asks people to decide about a message to a customer on open invoices. Takes the id of a candidate from ar_aging for the customer; recipient, amounts and words come from it. Nothing is sent until a person has approved.',
  scope: 'ar:propose',
  publish: 'mcp',
  input: z.strictObject({
    customer_number: referenceArgument('Our number of the customer.', 40),
    candidate_id: candidateArgument,
  }),
  output: Proposed,
  run: (services, caller, { customer_number: id, candidate_id: candidateId }) =>
    proposeCandidate(services, caller, {
      subject: { kind: 'customer', id },
      candidateId,
      kinds: ['send-collections-message', 'send-invoice-copies'],
    }),
})
