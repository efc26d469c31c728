import { z } from 'zod'
import type { Customer } from '../backbone/canonical/master-data.ts'
import { readTool } from './tool.ts'
import { fieldsOf, paging, referenceArgument } from './wire/arguments.ts'
import { given } from './wire/given.ts'
import { Money, moneyOrNone } from './wire/money.ts'
import { plainText } from './wire/outside-text.ts'
import { listOf, pageAnswer } from './wire/page.ts'

const Item = z.object({
  customer_number: z.string(),
  name: z.string(),
  status: z.string(),
  segment: z.string(),
  tier: z.string().optional(),
  currency: z.string(),
  net_days: z.int().optional(),
  credit_limit: Money.optional(),
  parent_number: z.string().optional(),
})

function itemOf(customer: Customer): z.input<typeof Item> {
  return given({
    customer_number: customer.customerNumber,
    name: plainText(customer.name, 120),
    status: customer.status,
    segment: customer.segment,
    tier: customer.tier ?? null,
    currency: customer.currency,
    net_days: customer.terms.netDays ?? null,
    credit_limit: moneyOrNone(customer.creditLimitMinor, customer.currency) ?? null,
    parent_number: customer.parentNumber ?? null,
  })
}

/** Finds customers. */
export const customerSearch = readTool({
  name: 'customer_search',
  title: 'Find customers',
  about: 'Finds customers by part of their number or name, in the order of their numbers.',
  scope: 'o2c:read',
  publish: 'internal',
  keeps: ['customer_number'],
  input: z.strictObject({
    text: referenceArgument('Part of the number or name.', 80).optional(),
    fields: fieldsOf([
      'name',
      'status',
      'segment',
      'tier',
      'currency',
      'net_days',
      'credit_limit',
      'parent_number',
    ]),
    ...paging(20),
  }),
  output: listOf(Item),
  run: async ({ masterData, now }, { tenantId }, { text, limit, cursor }) => {
    const { items, nextAfter } = await masterData.customers.list(tenantId, {
      ...{ search: text, limit, after: cursor },
    })
    const page = { items, next: nextAfter ?? null }
    return pageAnswer(now(), page, ({ document }) => itemOf(document))
  },
})
