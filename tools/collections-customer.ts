import { z } from 'zod'
import type { CollectionsCustomerView } from '../backbone/canonical/views/collections-view.ts'
import { readTool } from './tool.ts'
import { ageingOf, WireAgeing } from './wire/ageing.ts'
import { dayArgument, fieldsOf, oneOf, paging, referenceArgument } from './wire/arguments.ts'
import { candidatesOf, WireCandidate } from './wire/candidate.ts'
import { caseOf, WireCase } from './wire/collection-case.ts'
import { given } from './wire/given.ts'
import { Money, moneyOf } from './wire/money.ts'
import { found } from './wire/not-found.ts'
import { plainText, reference, UntrustedText, untrusted } from './wire/outside-text.ts'
import { asOf, pageEnd, type Wanted } from './wire/page.ts'
import { sectionsOf } from './wire/section.ts'

const sections = ['claims', 'promises', 'disputes', 'replies', 'contacts'] as const

const Ledger = z.object({ currency: z.string(), ...WireAgeing.shape, case: WireCase })

const Claim = z.object({
  invoice_number: z.string(),
  instalment: z.int(),
  invoiced_on: z.string(),
  due_on: z.string(),
  days_past_due: z.int(),
  open: Money,
  claim: Money.describe('What of it may be asked for.'),
})

const PromiseMade = z.object({
  promise_id: z.string(),
  amount: Money,
  promised_on: z.string(),
  status: z.string(),
  invoice_numbers: z.array(z.string()),
})

const Dispute = z.object({
  dispute_id: z.string(),
  invoice_number: z.string(),
  amount: Money,
  code: z.string(),
  status: z.string(),
  opened_at: z.string(),
})

const Reply = z.object({
  reply_id: z.string(),
  received_at: z.string(),
  channel: z.string(),
  class: z.string().describe('What the rules took it for.'),
  untrusted_text: UntrustedText.optional(),
})

const ContactMade = z.object({
  made_at: z.string(),
  channel: z.string(),
  level: z.int(),
  outcome: z.string(),
})

const Output = z.object({
  ...asOf,
  customer_number: z.string(),
  name: z.string(),
  segment: z.string(),
  collector: z.string().optional(),
  on: z.string(),
  ledgers: z.array(Ledger).optional().describe('By currency.'),
  stops: z.array(z.string()).optional().describe('What keeps them from being contacted.'),
  claims: z.array(Claim).optional().describe('Open invoices, the oldest due first.'),
  promises: z.array(PromiseMade).optional(),
  disputes: z.array(Dispute).optional(),
  replies: z.array(Reply).optional().describe('Not read yet.'),
  contacts: z.array(ContactMade).optional(),
  candidates: z.array(WireCandidate).optional().describe('Messages that could be sent now.'),
  ...pageEnd,
})

function claimsOf({ ledgers }: CollectionsCustomerView) {
  return ledgers
    .flatMap(({ rows, currency }) => rows.map((row) => ({ ...row, currency })))
    .toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : 1))
}

type Claimed = ReturnType<typeof claimsOf>[number]

const claimOf = ({ currency, ...row }: Claimed): z.input<typeof Claim> => ({
  invoice_number: row.invoiceNumber,
  instalment: row.instalment,
  invoiced_on: row.invoicedOn,
  due_on: row.dueOn,
  days_past_due: row.daysPastDue,
  open: moneyOf(row.openMinor, currency),
  claim: moneyOf(row.claimMinor, currency),
})

const promiseOf = (
  promise: CollectionsCustomerView['promises'][number],
): z.input<typeof PromiseMade> => ({
  promise_id: promise.promiseId,
  amount: moneyOf(promise.amountMinor, promise.currency),
  promised_on: promise.promisedOn,
  status: promise.status,
  invoice_numbers: promise.invoiceNumbers.slice(0, 10),
})

const disputeOf = (
  dispute: CollectionsCustomerView['disputes'][number],
): z.input<typeof Dispute> => ({
  dispute_id: dispute.disputeId,
  invoice_number: dispute.invoiceNumber,
  amount: moneyOf(dispute.amountMinor, dispute.currency),
  code: reference(dispute.code),
  status: dispute.status,
  opened_at: dispute.openedAt,
})

const replyOf = (reply: CollectionsCustomerView['unreadReplies'][number]): z.input<typeof Reply> =>
  given({
    ...{ reply_id: reply.replyId, received_at: reply.receivedAt, channel: reply.channel },
    class: reply.replyClass,
    untrusted_text: untrusted(reply.content, 400) ?? null,
  })

function listsOf(
  customer: CollectionsCustomerView,
  input: Wanted & { section?: string | undefined },
) {
  const part = sectionsOf(input)
  const isWhole = input.section === undefined
  return {
    ledgers: isWhole
      ? customer.ledgers.slice(0, 4).map(({ currency, ageing, case: found }) => ({
          ...{ currency, ...ageingOf(ageing, currency) },
          case: caseOf(found, currency),
        }))
      : undefined,
    stops: isWhole
      ? customer.stops.slice(0, 5).map(({ kind, reason }) => plainText(`${kind}: ${reason}`, 200))
      : undefined,
    claims: part.of('claims', claimsOf(customer), 6)?.map(claimOf),
    promises: part.of('promises', customer.promises, 3)?.map(promiseOf),
    disputes: part.of('disputes', customer.disputes, 3)?.map(disputeOf),
    replies: part.of('replies', customer.unreadReplies, 2)?.map(replyOf),
    contacts: part
      .of('contacts', customer.lastContacts, 3)
      ?.map(({ madeAt, channel, level, outcome }) => ({
        made_at: madeAt,
        channel,
        level,
        outcome,
      })),
    ...part.end(),
  }
}

/** All that collections knows of a customer. */
export const collectionsCustomer = readTool({
  name: 'collections_customer',
  title: 'Collections file of a customer',
  about:
    'What a customer owes invoice by invoice, what is disputed and promised, what was said, what is to be done next and why, and the messages that could be sent.',
  scope: 'ar:read',
  publish: 'internal',
  keeps: ['customer_number'],
  input: z.strictObject({
    customer_number: referenceArgument('Our number of the customer.', 40),
    on: dayArgument('As of a day; today unless said.').optional(),
    section: oneOf(sections, 'The one list to give whole.').optional(),
    fields: fieldsOf([
      'name',
      'segment',
      'collector',
      'on',
      'ledgers',
      'stops',
      ...sections,
      'candidates',
    ]),
    ...paging(20),
  }),
  output: Output,
  run: async ({ collections, proposals, now }, { tenantId }, input) => {
    const { customer_number: customerNumber, on, section } = input
    const customer = found(
      await collections.customer({ tenantId, customerNumber, asOf: on }),
      'customer',
      'customer_search finds customers by name.',
    )
    const subject = { kind: 'customer' as const, id: customer.customerNumber }
    const candidates =
      section === undefined ? await proposals.candidates({ tenantId, subject }) : undefined
    return {
      ...given({
        ...{ as_of: now(), customer_number: customer.customerNumber, name: customer.name },
        ...{ segment: customer.segment, collector: customer.collector, on: customer.asOf },
      }),
      ...listsOf(customer, input),
      candidates: candidates && candidatesOf(candidates.slice(0, 3), subject.id),
    }
  },
})
