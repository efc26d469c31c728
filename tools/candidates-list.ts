import { z } from 'zod'
import { actKinds, Subject } from '../backbone/canonical/proposal.ts'
import { readTool } from './tool.ts'
import { fieldsOf, oneOf, paging, referenceArgument } from './wire/arguments.ts'
import { candidatesOf, WireCandidate } from './wire/candidate.ts'
import { listOf, pageAnswer, pageOfWhole } from './wire/page.ts'

/** What could be done about a record. */
export const candidatesList = readTool({
  name: 'candidates_list',
  title: 'What could be done',
  about:
    'What could be done about a record now, the best first, each with the id a propose tool takes. An empty list is a right answer.',
  scope: 'proposal:read',
  publish: 'internal',
  keeps: ['candidate_id', 'kind', 'subject_id'],
  input: z.strictObject({
    subject_kind: oneOf(Subject.shape.kind.options, 'The kind of record.'),
    subject_id: referenceArgument('The id of the record.', 500),
    kind: oneOf(actKinds, 'Only acts of a kind.').optional(),
    fields: fieldsOf(['title', 'money', 'changes', 'evidence', 'rank']),
    ...paging(6, 50),
  }),
  output: listOf(WireCandidate),
  run: async ({ proposals, now }, { tenantId }, input) => {
    const subject = { kind: input.subject_kind, id: input.subject_id }
    const all = await proposals.candidates({ tenantId, subject })
    const wanted = all.filter(({ kind }) => input.kind === undefined || kind === input.kind)
    const page = pageOfWhole(wanted, ({ candidateId }) => candidateId, input)
    return { ...pageAnswer(now(), page, (one) => one), items: candidatesOf(page.items, subject.id) }
  },
})
