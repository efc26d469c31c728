import { z } from 'zod'
import type { SlaForecastView } from '../backbone/canonical/views/sla-view.ts'
import { readTool } from './tool.ts'
import { given } from './wire/given.ts'
import { reference } from './wire/outside-text.ts'
import { asOf } from './wire/page.ts'

const Late = z.object({
  subject: z.string(),
  order_id: z.string().optional(),
  ends_at: z.string().describe('When the promise is broken.'),
  expected_at: z.string().optional().describe('Absent when nothing moves at all.'),
})

const Target = z.object({
  promise: z.string().describe('What was promised in time.'),
  running: z.int(),
  served_per_hour: z.number(),
  expected_late: z.int(),
  expected_kept_share: z.number().optional(),
  wanted_share: z.number(),
  is_below_target: z.boolean(),
  late: z.array(Late).describe('The first few that will be late.'),
})

function targetOf(target: SlaForecastView['targets'][number]): z.input<typeof Target> {
  return given({
    promise: target.target,
    running: target.running,
    served_per_hour: target.servedPerHour,
    expected_late: target.expectedLate,
    expected_kept_share: target.expectedKeptShare,
    wanted_share: target.wantedShare,
    is_below_target: target.isBelowTarget,
    late: target.late.slice(0, 8).map(({ subject, orderId, breachAt, expectedAt }) =>
      given({
        subject: reference(subject),
        order_id: orderId,
        ends_at: breachAt,
        expected_at: expectedAt,
      }),
    ),
  })
}

/** Which promises in time will be broken. */
export const slaForecast = readTool({
  name: 'sla_forecast',
  title: 'Promises that will be late',
  about:
    'Which promises in time (acknowledge, release, ship) will be broken at the pace of the last hour, by what was promised.',
  scope: 'ops:read',
  publish: 'internal',
  input: z.strictObject({}),
  output: z.object({ ...asOf, targets: z.array(Target) }),
  run: async ({ slaForecast: forecast }, { tenantId }) => {
    const { at, targets } = await forecast.read(tenantId)
    return { as_of: at, targets: targets.slice(0, 12).map(targetOf) }
  },
})
