import { z } from 'zod'
import { readTool } from './tool.ts'
import { ageingOf, WireAgeing } from './wire/ageing.ts'
import { dayArgument, fieldsOf, paging, referenceArgument } from './wire/arguments.ts'
import { candidatesOf, WireCandidate } from './wire/candidate.ts'
import { given } from './wire/given.ts'
import { found } from './wire/not-found.ts'
import { asOf, pageAnswer, pageEnd, pageQuery } from './wire/page.ts'

const Item = z.object({
  customer_number: z.string(),
  name: z.string(),
  segment: z.string(),
  collector: z.string().optional(),
  currency: z.string(),
  ...WireAgeing.shape,
})

const Total = z.object({ currency: z.string(), customers: z.int(), ...WireAgeing.shape })

const Output = z.object({
  ...asOf,
  on: z.string().describe('The day of the ledger.'),
  totals: z.array(Total).optional().describe('On the first page, by currency.'),
  items: z.array(Item),
  candidates: z
    .array(WireCandidate)
    .optional()
    .describe('Of one named customer: messages that could be sent.'),
  ...pageEnd,
})

type Who = {
  readonly customerNumber: string
  readonly name: string
  readonly segment: string
  readonly collector: string | null
}

const whoOf = ({ customerNumber, name, segment, collector }: Who) =>
  given({ customer_number: customerNumber, name, segment, collector })

/** What customers owe, by age. */
export const arAging = readTool({
  name: 'ar_aging',
  title: 'Receivables by age',
  about:
    'What customers owe by age: totals by currency and customers, the most overdue first. For one named customer also the candidates of a collections message.',
  scope: 'ar:read',
  publish: 'mcp',
  keeps: ['customer_number', 'currency'],
  input: z.strictObject({
    customer_number: referenceArgument('One customer.', 40).optional(),
    segment: referenceArgument('Customers of a segment.', 40).optional(),
    collector: referenceArgument('Customers of a collector.', 120).optional(),
    currency: referenceArgument('Debts in a currency such as USD.', 3).optional(),
    on: dayArgument('As of a day; today unless said.').optional(),
    fields: fieldsOf([
      'name',
      'segment',
      'collector',
      'open',
      'overdue',
      'disputed',
      'promised',
      'unapplied',
      'credits',
      'buckets',
    ]),
    ...paging(5, 60),
  }),
  output: Output,
  run: async ({ collections, proposals, now }, { tenantId }, input) => {
    const { customer_number: number, segment, collector, currency, on } = input
    if (number !== undefined) {
      const customer = found(
        await collections.customer({ tenantId, customerNumber: number, asOf: on }),
        'customer',
        'ar_aging without customer_number lists those who owe.',
      )
      const subject = { kind: 'customer' as const, id: customer.customerNumber }
      const candidates = await proposals.candidates({ tenantId, subject })
      return {
        ...{ as_of: now(), on: customer.asOf },
        items: customer.ledgers.map((ledger) => ({
          ...whoOf(customer),
          currency: ledger.currency,
          ...ageingOf(ledger.ageing, ledger.currency),
        })),
        candidates: candidatesOf(candidates.slice(0, 4), subject.id),
      }
    }
    const page = pageQuery(input)
    const owed = await collections.ageing({
      ...{ tenantId, page, asOf: on, segment, collector, currency },
    })
    return {
      ...pageAnswer(now(), owed, (line) => ({
        ...whoOf(line),
        currency: line.currency,
        ...ageingOf(line.ageing, line.currency),
      })),
      on: owed.asOf,
      totals:
        page.after === undefined
          ? owed.totals.map((total) => ({
              ...{ currency: total.currency, customers: total.customers },
              ...ageingOf(total.ageing, total.currency),
            }))
          : undefined,
    }
  },
})
