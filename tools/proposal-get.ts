import { z } from 'zod'
import { readTool } from './tool.ts'
import { referenceArgument } from './wire/arguments.ts'
import { found } from './wire/not-found.ts'
import { asOf } from './wire/page.ts'
import { WireProposalWhole, wholeProposalOf } from './wire/proposal.ts'

/** One proposal. */
export const proposalGet = readTool({
  name: 'proposal_get',
  title: 'Look at a proposal',
  about:
    'One proposal by its id: what it would change, why, who must decide, what was decided and what became of it.',
  scope: 'proposal:read',
  publish: 'mcp',
  input: z.strictObject({ proposal_id: referenceArgument('The proposal id.') }),
  output: z.object({ ...asOf, ...WireProposalWhole.shape }),
  run: async (services, { tenantId }, { proposal_id: proposalId }) => {
    const proposal = found(
      await services.proposals.get({ tenantId, proposalId }),
      'proposal',
      'proposal_search finds them.',
    )
    return { as_of: services.now(), ...wholeProposalOf(proposal, services) }
  },
})
