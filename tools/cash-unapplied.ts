import { z } from 'zod'
import type { UnappliedView } from '../backbone/canonical/views/payment-view.ts'
import { readTool } from './tool.ts'
import { fieldsOf, paging, referenceArgument } from './wire/arguments.ts'
import { evidenceOf, WireEvidence } from './wire/evidence.ts'
import { given } from './wire/given.ts'
import { paymentOf, WirePayment } from './wire/invoice.ts'
import { plainText } from './wire/outside-text.ts'
import { listOf, pageAnswer, pageQuery } from './wire/page.ts'

const Match = z.object({
  kind: z.string(),
  confidence_percent: z.int(),
  summary: z.string(),
  invoice_numbers: z.array(z.string()),
})

const Item = z.object({
  ...WirePayment.shape,
  why: z.string().optional().describe('What matching said of it.'),
  tried: z.array(z.string()).describe('The passes that did not match, and why.'),
  evidence: z.array(WireEvidence),
  matches: z.array(Match).describe('What it could be for, the best first.'),
})

function itemOf(payment: UnappliedView): z.input<typeof Item> {
  const { matching, candidates } = payment
  return {
    ...paymentOf(payment),
    ...given({ why: matching?.kind ?? null }),
    tried: (matching?.tried ?? [])
      .filter(({ isMatched }) => !isMatched)
      .slice(0, 8)
      .map(({ name, why }) => plainText(`${name}: ${why}`, 160)),
    evidence: evidenceOf(matching?.evidence ?? [], 3),
    matches: candidates.slice(0, 3).map(({ kind, confidencePercent, summary, applications }) => ({
      kind,
      confidence_percent: confidencePercent,
      summary: plainText(summary, 240),
      invoice_numbers: applications.slice(0, 10).map(({ invoiceNumber }) => invoiceNumber),
    })),
  }
}

/** Money that is not matched, and why not. */
export const cashUnapplied = readTool({
  name: 'cash_unapplied',
  title: 'Unapplied cash',
  about:
    'Payments that are not matched whole, the newest first: what is left, why no rule matched, and which invoices they could be for.',
  scope: 'ar:read',
  publish: 'internal',
  keeps: ['payment_id', 'payment_number'],
  input: z.strictObject({
    customer_number: referenceArgument('Payments of one customer.', 40).optional(),
    fields: fieldsOf([
      'customer_number',
      'amount',
      'unapplied',
      'booked_on',
      'is_reversal',
      'why',
      'tried',
      'evidence',
      'matches',
    ]),
    ...paging(5, 50),
  }),
  output: listOf(Item),
  run: async ({ cash, now }, { tenantId }, input) =>
    pageAnswer(
      now(),
      await cash.unapplied({
        tenantId,
        page: pageQuery(input),
        customerNumber: input.customer_number,
      }),
      itemOf,
    ),
})
