import { z } from 'zod'
import { IsoDate } from '../document.ts'

/** A share with what it was counted from; null where there is nothing to divide by. */
const Rate = z
  .object({ rate: z.number().nullable(), count: z.int(), of: z.int() })
  .meta({ id: 'Rate' })

/** How long something took; null where it has not happened. */
const Duration = z
  .object({
    count: z.int(),
    medianSeconds: z.number().nullable(),
    p95Seconds: z.number().nullable(),
  })
  .meta({ id: 'Duration' })

/** The stretches of an order's way whose time is measured. */
export const dwellStages = ['validating', 'releasing', 'shipping', 'invoicing', 'paying'] as const

/** The figures of a period (domain rules 3.8), over the orders and documents received in it. */
export const KpiView = z
  .object({
    since: IsoDate,
    until: IsoDate,
    timeZone: z.string(),
    ordersReceived: z.int(),
    touchlessRate: Rate.meta({
      description: 'Orders released to the ERP without a human act ÷ all orders received.',
    }),
    firstPassYield: Rate.meta({
      description: 'Inbound documents valid at first processing ÷ all that were processed.',
    }),
    exceptionRate: Rate.meta({ description: 'Orders with at least one exception ÷ orders.' }),
    repeatExceptionRate: Rate.meta({
      description: 'Orders with more than one exception ÷ orders with at least one.',
    }),
    orderCycle: Duration.meta({
      description:
        'Order received to goods delivered, without the time an order waited for a requested future day.',
    }),
    dwell: z.array(Duration.extend({ stage: z.enum(dwellStages) })),
    orderToInvoice: Duration,
    invoiceToApply: Duration,
    acknowledgedOnTime: Rate.meta({
      description: 'Acknowledgements within the promise ÷ those sent or overdue.',
    }),
  })
  .meta({ id: 'Kpi' })
export type KpiView = z.infer<typeof KpiView>
