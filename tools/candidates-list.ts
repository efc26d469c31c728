import { z } from 'zod'
import { actKinds, Subject } from '../backbone/canonical/proposal.ts'
import { badArguments } from './parse-arguments.ts'
import { readTool } from './tool.ts'
import { fieldsOf, oneOf, paging, referenceArgument } from './wire/arguments.ts'
import { candidatesOf, WireCandidate } from './wire/candidate.ts'
import { listOf, pageAnswer, pageOfWhole } from './wire/page.ts'

/** What could be done about a record. */
export const candidatesList = readTool({
  name: 'candidates_list',
  title: 'What could be done',
  about:
    'What could be done about a record now, the best first, each with the id a propose tool takes; of several records the best of each. An empty list is a right answer.',
  scope: 'proposal:read',
  publish: 'internal',
  keeps: ['candidate_id', 'kind', 'subject_id'],
  input: z.strictObject({
    subject_kind: oneOf(Subject.shape.kind.options, 'The kind of record.'),
    subject_id: referenceArgument('The id of the record.', 500).optional(),
    subject_ids: z
      .array(referenceArgument('The id of a record.', 500))
      .min(1)
      .max(8)
      .optional()
      .describe('Instead of subject_id: several records, of which the best of each is told.'),
    kind: oneOf(actKinds, 'Only acts of a kind.').optional(),
    fields: fieldsOf(['title', 'money', 'changes', 'evidence', 'rank']),
    ...paging(6, 50),
  }),
  output: listOf(WireCandidate),
  run: async ({ proposals, now }, { tenantId }, input) => {
    const {
      subject_kind: kind,
      subject_id: id,
      subject_ids: ids = id === undefined ? [] : [id],
    } = input
    if (ids.length === 0)
      throw badArguments('candidates_list', [
        { path: '', message: 'Name a record: subject_id, or subject_ids for several.' },
      ])
    const found = await proposals.candidatesOfMany({ tenantId, kind, ids })
    const wanted = found.flatMap((ofOne, place) => {
      const fitting = ofOne.filter((one) => input.kind === undefined || one.kind === input.kind)
      const told = id === undefined ? fitting.slice(0, 1) : fitting
      return candidatesOf(told, ids[place] ?? '')
    })
    const page = pageOfWhole(wanted, ({ candidate_id }) => candidate_id, input)
    return pageAnswer(now(), page, (one) => one)
  },
})
