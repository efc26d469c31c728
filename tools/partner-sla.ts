import { z } from 'zod'
import type { PartnerSlaView } from '../backbone/canonical/views/sla-view.ts'
import { readTool } from './tool.ts'
import { fieldsOf, paging } from './wire/arguments.ts'
import { given } from './wire/given.ts'
import { plainText } from './wire/outside-text.ts'
import { asOf, pageAnswer, pageEnd, pageOfWhole } from './wire/page.ts'

type Row = PartnerSlaView['partners'][number]

const Item = z.object({
  partner_id: z.string().optional().describe('Absent for orders of no known partner.'),
  promise: z.string(),
  name: z.string().optional(),
  kept: z.int(),
  broken: z.int(),
  running: z.int(),
  running_late: z.int(),
  expected_late: z.int().describe('Of those running, at the pace of now.'),
  next_breach_at: z.string().optional(),
  kept_share: z.number().optional(),
  is_below_target: z.boolean(),
})

function itemOf(row: Row): z.input<typeof Item> {
  return given({
    partner_id: row.partnerId,
    promise: row.target,
    name: row.partnerName === null ? null : plainText(row.partnerName, 120),
    kept: row.kept,
    broken: row.broken,
    running: row.running,
    running_late: row.runningLate,
    expected_late: row.expectedLate,
    next_breach_at: row.nextBreachAt,
    kept_share: row.keptShare,
    is_below_target: row.isBelowTarget,
  })
}

/** With whom promises in time are broken. */
export const partnerSla = readTool({
  name: 'partner_sla',
  title: 'Promises kept, by partner',
  about:
    'How promises in time on the orders of each trading partner were kept in the last days and stand now, the worst first.',
  scope: 'ops:read',
  publish: 'internal',
  keeps: ['partner_id', 'promise'],
  input: z.strictObject({
    days: z.int().min(1).max(90).default(30).describe('Days back that count.'),
    fields: fieldsOf([
      'name',
      'kept',
      'broken',
      'running',
      'running_late',
      'expected_late',
      'next_breach_at',
      'kept_share',
      'is_below_target',
    ]),
    ...paging(20),
  }),
  output: z.object({
    ...asOf,
    since: z.string(),
    wanted_share: z.number(),
    items: z.array(Item),
    ...pageEnd,
  }),
  run: async ({ partnerSla: promises }, { tenantId }, input) => {
    const { at, since, wantedShare, partners } = await promises.read({ tenantId, days: input.days })
    const page = pageOfWhole(partners, (row) => `${row.partnerId ?? ''}|${row.target}`, input)
    return { ...pageAnswer(at, page, itemOf), since, wanted_share: wantedShare }
  },
})
