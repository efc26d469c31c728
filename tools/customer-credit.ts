import { z } from 'zod'
import type { CreditStandingView } from '../backbone/canonical/views/credit-view.ts'
import { badArguments } from './parse-arguments.ts'
import { readTool } from './tool.ts'
import { alternativesOf, WireAlternative } from './wire/alternative.ts'
import { referenceArgument } from './wire/arguments.ts'
import { evidenceOf, WireEvidence } from './wire/evidence.ts'
import { given } from './wire/given.ts'
import { Money, moneyOf, moneyOrNone } from './wire/money.ts'
import { found } from './wire/not-found.ts'
import { asOf } from './wire/page.ts'

const Account = z.object({
  customer_number: z.string(),
  limit: Money.optional().describe('Absent without a limit.'),
  exposure: Money.optional().describe('Absent where an exchange rate is missing.'),
  free: Money.optional().describe('What of the limit is left; below zero what is too much.'),
  open_invoices: Money.optional(),
  overdue: Money.optional(),
  open_orders: Money.optional(),
  dunning_level: z.int(),
  broken_promises: z.int(),
})

const Output = z.object({
  ...asOf,
  customer_number: z.string(),
  name: z.string(),
  status: z.string(),
  segment: z.string(),
  order_id: z.string().optional(),
  order_number: z.string().optional(),
  order_total: Money.optional(),
  is_good: z.boolean().describe('The rules of credit would let it pass now.'),
  decision: z.string(),
  kind: z.string(),
  over: Money.optional().describe('What must be paid or secured before.'),
  accounts: z.array(Account).describe('The buyer first, then the parents whose limits hold too.'),
  evidence: z.array(WireEvidence),
  alternatives: z.array(WireAlternative).describe('Ways out.'),
  policy_version: z.string(),
})

function accountOf(account: CreditStandingView['accounts'][number]): z.input<typeof Account> {
  const { currency } = account
  const money = (amountMinor: number | null) => moneyOrNone(amountMinor, currency) ?? null
  return given({
    customer_number: account.customerNumber,
    limit: money(account.limitMinor),
    exposure: money(account.exposureMinor),
    free: money(account.freeMinor),
    open_invoices: money(account.openReceivablesMinor),
    overdue: money(account.overdueMinor),
    open_orders: money(account.openOrdersMinor),
    dunning_level: account.dunningLevel,
    broken_promises: account.brokenPromises,
  })
}

/** Whether a customer is good for an order. */
export const customerCredit = readTool({
  name: 'customer_credit',
  title: 'Credit of a customer',
  about:
    'Whether a customer, or one order of theirs, is delivered on account by the rules of credit now: limit, exposure, what is overdue, why or why not, and ways out.',
  scope: 'ar:read',
  publish: 'internal',
  input: z.strictObject({
    customer_number: referenceArgument('Our number of the customer.', 40).optional(),
    order: referenceArgument('Or an order, by id or number.').optional(),
  }),
  output: Output,
  run: async ({ credit, now }, { tenantId }, { customer_number: customerNumber, order }) => {
    if (order === undefined && customerNumber === undefined)
      throw badArguments('customer_credit', [
        { path: 'customer_number', message: 'Name a customer or an order.' },
      ])
    const standing = found(
      await credit.standing(
        order === undefined
          ? { tenantId, customerNumber: customerNumber ?? '' }
          : { tenantId, order },
      ),
      order === undefined ? 'customer' : 'order of a known customer',
      'customer_search finds customers by name, order_search orders by any of their numbers.',
    )
    const { currency, overMinor, order: asked } = standing
    return given({
      as_of: now(),
      customer_number: standing.customerNumber,
      name: standing.name,
      status: standing.status,
      segment: standing.segment,
      order_id: asked?.orderId ?? null,
      order_number: asked?.orderNumber ?? null,
      order_total: moneyOrNone(asked?.totalMinor, asked?.currency) ?? null,
      is_good: standing.decision === 'accept',
      decision: standing.decision,
      kind: standing.kind,
      over: overMinor === 0 ? null : moneyOf(overMinor, currency),
      accounts: standing.accounts.slice(0, 8).map(accountOf),
      evidence: evidenceOf(standing.evidence, 10),
      alternatives: alternativesOf(standing.alternatives),
      policy_version: standing.policyVersion,
    })
  },
})
