import { z } from 'zod'
import { readTool } from './tool.ts'
import { dayArgument, fieldsOf, paging, referenceArgument } from './wire/arguments.ts'
import { caseOf, WireCase } from './wire/collection-case.ts'
import { given } from './wire/given.ts'
import { listOf, pageAnswer, pageQuery } from './wire/page.ts'

const Item = z.object({
  customer_number: z.string(),
  currency: z.string(),
  name: z.string(),
  segment: z.string(),
  collector: z.string().optional(),
  on: z.string(),
  ...WireCase.shape,
})

/** Whom to ask for money today. */
export const collectionsWorklist = readTool({
  name: 'collections_worklist',
  title: 'Whom to ask for money',
  about:
    'Customers there is something to do about, the most worthwhile contact first: how firmly, by which channel, for how much, and why not yet where cash or a person comes first.',
  scope: 'ar:read',
  publish: 'internal',
  keeps: ['customer_number', 'currency'],
  input: z.strictObject({
    kind: referenceArgument(
      'Only cases of a kind, such as message or clear-cash-first.',
      40,
    ).optional(),
    level: z.int().min(0).max(5).optional().describe('Only at a step of the ladder, 0 to 5.'),
    segment: referenceArgument('Customers of a segment.', 40).optional(),
    collector: referenceArgument('Customers of a collector.', 120).optional(),
    on: dayArgument('As of a day; today unless said.').optional(),
    fields: fieldsOf([
      'name',
      'segment',
      'collector',
      'on',
      'decision',
      'kind',
      'level',
      'tone',
      'channel',
      'oldest_days',
      'not_before',
      'claim',
      'open',
      'evidence',
      'alternatives',
      'policy_version',
    ]),
    ...paging(5, 50),
  }),
  output: listOf(Item),
  run: async ({ collections, now }, { tenantId }, input) => {
    const { kind, level, segment, collector, on } = input
    const page = await collections.worklist({
      ...{ tenantId, page: pageQuery(input), asOf: on, kind, level, segment, collector },
    })
    return pageAnswer(now(), page, (line) =>
      given({
        ...{ customer_number: line.customerNumber, currency: line.currency, name: line.name },
        ...{ segment: line.segment, collector: line.collector, on: line.asOf },
        ...caseOf(line.case, line.currency),
      }),
    )
  },
})
