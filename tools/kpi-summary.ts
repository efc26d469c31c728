import { z } from 'zod'
import type { KpiView } from '../backbone/canonical/views/kpi-view.ts'
import { readTool } from './tool.ts'
import { dayArgument } from './wire/arguments.ts'
import { given } from './wire/given.ts'
import { asOf } from './wire/page.ts'

const Rate = z.object({ rate: z.number().optional(), count: z.int(), of: z.int() })
const Duration = z.object({
  count: z.int(),
  median_seconds: z.number().optional(),
  p95_seconds: z.number().optional(),
})

const Output = z.object({
  ...asOf,
  since: z.string(),
  until: z.string(),
  time_zone: z.string(),
  orders_received: z.int(),
  touchless: Rate.describe('Released without a human act.'),
  first_pass: Rate.describe('Documents valid at first processing.'),
  exceptions: Rate.describe('Orders with an exception.'),
  repeat_exceptions: Rate,
  perfect_orders: Rate.describe('On time, complete, undamaged, right documents; counted form.'),
  on_time: Rate,
  acknowledged_on_time: Rate,
  order_cycle: Duration.describe('Received to delivered.'),
  order_to_invoice: Duration,
  invoice_to_apply: Duration,
})

const rateOf = ({ rate, count, of }: KpiView['touchlessRate']): z.input<typeof Rate> =>
  given({ rate, count, of })

const durationOf = (duration: KpiView['orderCycle']): z.input<typeof Duration> =>
  given({
    count: duration.count,
    median_seconds: duration.medianSeconds,
    p95_seconds: duration.p95Seconds,
  })

/** The figures of a period. */
export const kpiSummary = readTool({
  name: 'kpi_summary',
  title: 'Figures of a period',
  about:
    'The figures the house is steered by, over the orders received in a period: touchless rate, first pass, exceptions, perfect orders, times. The last 30 days unless said.',
  scope: 'ops:read',
  publish: 'internal',
  input: z.strictObject({
    since: dayArgument('The first day.').optional(),
    until: dayArgument('The last day.').optional(),
  }),
  output: Output,
  run: async ({ kpis, now }, { tenantId }, { since, until }) => {
    const kpi = await kpis.read({ tenantId, since, until })
    return {
      as_of: now(),
      ...{ since: kpi.since, until: kpi.until, time_zone: kpi.timeZone },
      orders_received: kpi.ordersReceived,
      touchless: rateOf(kpi.touchlessRate),
      first_pass: rateOf(kpi.firstPassYield),
      exceptions: rateOf(kpi.exceptionRate),
      repeat_exceptions: rateOf(kpi.repeatExceptionRate),
      perfect_orders: rateOf(kpi.perfectOrder.countForm),
      on_time: rateOf(kpi.perfectOrder.onTime),
      acknowledged_on_time: rateOf(kpi.acknowledgedOnTime),
      order_cycle: durationOf(kpi.orderCycle),
      order_to_invoice: durationOf(kpi.orderToInvoice),
      invoice_to_apply: durationOf(kpi.invoiceToApply),
    }
  },
})
