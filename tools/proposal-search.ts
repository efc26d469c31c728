import { z } from 'zod'
import { actKinds, proposalStatuses, Subject } from '../backbone/canonical/proposal.ts'
import { badArguments } from './parse-arguments.ts'
import { readTool } from './tool.ts'
import { fieldsOf, oneOf, paging, referenceArgument, yesNo } from './wire/arguments.ts'
import { listOf, pageAnswer } from './wire/page.ts'
import { proposalOf, WireProposal } from './wire/proposal.ts'

/** Finds proposals. */
export const proposalSearch = readTool({
  name: 'proposal_search',
  title: 'Find proposals',
  about: 'Finds proposals by status, kind, record or requester; the newest first.',
  scope: 'proposal:read',
  publish: 'mcp',
  keeps: ['proposal_id'],
  input: z.strictObject({
    status: oneOf(proposalStatuses, 'How it stands.').optional(),
    kind: oneOf(actKinds, 'What would be done.').optional(),
    subject_kind: oneOf(Subject.shape.kind.options, 'The kind of record it is about.').optional(),
    subject_id: referenceArgument('The id of the record, with subject_kind.', 500).optional(),
    is_mine: yesNo('Only those the caller asked for.'),
    fields: fieldsOf([
      'status',
      'summary',
      'effect_hash',
      'dashboard_url',
      'expires_at',
      'kind',
      'subject_kind',
      'subject_id',
      'subject',
      'money',
      'requested_by',
      'agent',
      'required_role',
      'needs_other_person',
      'created_at',
      'decided_at',
      'finished_at',
    ]),
    ...paging(10, 60),
  }),
  output: listOf(WireProposal),
  run: async (services, { tenantId, requester }, input) => {
    const { status, kind, subject_kind, subject_id, is_mine, limit, cursor } = input
    if (subject_id !== undefined && subject_kind === undefined)
      throw badArguments('proposal_search', [
        { path: 'subject_kind', message: 'It is needed with subject_id.' },
      ])
    const found = await services.proposals.search({
      ...{ tenantId, limit },
      ...(cursor === undefined ? {} : { cursor }),
      ...(status === undefined ? {} : { status: [status] }),
      ...(kind === undefined ? {} : { kind: [kind] }),
      ...(subject_kind === undefined
        ? {}
        : {
            subject: {
              kind: subject_kind,
              ...(subject_id === undefined ? {} : { id: subject_id }),
            },
          }),
      ...(is_mine === true ? { requestedBy: requester.id } : {}),
    })
    const page = { items: found.items, next: found.nextCursor }
    return pageAnswer(services.now(), page, (proposal) => proposalOf(proposal, services))
  },
})
