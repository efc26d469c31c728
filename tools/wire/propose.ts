import type { z } from 'zod'
import type { ActKind, Subject } from '../../backbone/canonical/proposal.ts'
import type { ToolCaller } from '../tool.ts'
import type { ToolServices } from '../tool-services.ts'
import { referenceArgument } from './arguments.ts'
import { type Proposed, proposedOf } from './proposal.ts'

/** The id of a candidate, as read tools give it. */
export const candidateArgument = referenceArgument(
  'The candidate_id that a read tool gave for this record.',
  60,
)

/** Asks people to decide about a candidate, in the name of the caller. */
export async function proposeCandidate(
  services: ToolServices,
  { tenantId, requester, agent }: ToolCaller,
  ask: {
    readonly subject: Pick<Subject, 'kind' | 'id'>
    readonly candidateId: string
    /** What this tool's scope is for. */
    readonly kinds: readonly ActKind[]
  },
): Promise<z.input<typeof Proposed>> {
  const proposal = await services.proposals.propose({
    ...{ tenantId, ...ask, requestedBy: requester },
    ...(agent === undefined ? {} : { agent }),
  })
  return proposedOf(proposal, services)
}
