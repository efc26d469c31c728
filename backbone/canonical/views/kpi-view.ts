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

/** Documents of one kind from one connection, valid at first processing. */
const DocumentPass = Rate.extend({
  partnerId: z.string().nullable(),
  connectionId: z.string(),
  docType: z.string(),
})

/** Orders delivered on time, complete, undamaged and with right documents, in both forms of the figure. */
const PerfectOrder = z
  .object({
    countForm: Rate.meta({ description: 'Orders with all four ÷ delivered orders.' }),
    productForm: z.number().nullable().meta({
      description: 'The four shares multiplied. The two forms differ: say which one you mean.',
    }),
    onTime: Rate.meta({
      description: 'Delivered by the last day promised or asked for; without a day it was in time.',
    }),
    complete: Rate.meta({ description: 'All that was ordered and not cancelled was shipped.' }),
    undamaged: Rate.meta({ description: 'Nothing came back as damaged or defective.' }),
    rightDocuments: Rate.meta({
      description: 'No document for the buyer failed or had to be sent again.',
    }),
  })
  .meta({ id: 'PerfectOrder' })

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
    firstPassByPartner: z.array(DocumentPass),
    perfectOrder: PerfectOrder,
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
    approvalHealth: z.null().meta({
      description:
        'Time to decision, expiry and override of proposals; null until there are proposals.',
    }),
  })
  .meta({ id: 'Kpi' })
export type KpiView = z.infer<typeof KpiView>

/** What people did to orders between their receipt and their invoice, partner by partner. */
export const TouchMapView = z
  .object({
    since: IsoDate,
    until: IsoDate,
    timeZone: z.string(),
    partners: z.array(
      z.object({
        partnerId: z
          .string()
          .nullable()
          .meta({ description: 'Null for orders of no known partner.' }),
        orders: z.int(),
        touchedOrders: z.int(),
        acts: z.array(
          z.object({
            act: z.string().meta({
              description: 'The kind of event; order.resent is a cancelled order that came again.',
            }),
            count: z.int(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'TouchMap' })
export type TouchMapView = z.infer<typeof TouchMapView>

/** Which documents each partner's connections can carry, have tried and use. */
export const DocumentMatrixView = z
  .object({
    since: IsoDate,
    until: IsoDate,
    connections: z.array(
      z.object({
        partnerId: z.string().nullable(),
        connectionId: z.string(),
        name: z.string(),
        kind: z.string(),
        documents: z.array(
          z.object({
            direction: z.enum(['in', 'out']),
            docType: z.string(),
            name: z.string(),
            isSupported: z
              .boolean()
              .meta({ description: 'There is code that reads or writes it.' }),
            isTested: z
              .boolean()
              .meta({ description: 'A test message of the partner has passed.' }),
            isLive: z.boolean().meta({ description: 'It was exchanged in the last 30 days.' }),
            documents: z.int(),
            lastOn: IsoDate.nullable(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'DocumentMatrix' })
export type DocumentMatrixView = z.infer<typeof DocumentMatrixView>
