import { moneyText } from '../../canonical/money.ts'
import type { CashApplication } from '../../canonical/payment.ts'
import { takenMinor } from '../../policies/cash-matching/cash-candidate.ts'
import { settledMinor } from '../../policies/cash-matching/cash-facts.ts'
import { cashPolicy } from '../../policies/cash-matching/cash-policy.ts'
import type { JobQueue } from '../../queue/job-queue.ts'
import { lockPayments, ordersPaidBy, type PaymentRow } from '../../store/cash/payments.ts'
import {
  type CashProposalRow,
  findProposal,
  markApplied,
  ordersOfInvoices,
} from '../../store/cash/proposals.ts'
import {
  addSmallDifferences,
  closeProposals,
  learnPayers,
  recordApplications,
  recordPaymentsMatched,
} from '../../store/cash/record-matching.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents } from '../../store/events.ts'
import { lockOrders } from '../../store/orders/load-orders.ts'
import { openFlowSetting } from '../flow-setting.ts'
import { type OrderBatch, openOrderBatch } from '../order-batch.ts'
import { advance } from '../order-to-cash.ts'
import { enqueueCalls } from '../outbox/enqueue-calls.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'
import { raiseDeductions } from './judge-deductions.ts'
import {
  erpPosting,
  orderOfInvoice,
  type Posting,
  payInvoices,
  smallDifferencesOf,
} from './post-cash.ts'
import { proposeAgain } from './propose-cash.ts'
import { takeBackCash } from './take-back-cash.ts'

/** What a person asks to be done with a payment. */
export type CashAct = {
  readonly paymentId: string
  readonly actor: string
  readonly reason: string
}

/** What became of it; `unknown` is a payment that is not there. */
export type CashActResult =
  | { readonly status: 'done'; readonly message: string; readonly unappliedMinor: number }
  | { readonly status: 'refused'; readonly message: string }
  | { readonly status: 'unknown' }

const refused = (message: string): CashActResult => ({ status: 'refused', message })

/** Why a proposal can no longer be carried out. */
function obstacle(
  proposal: CashProposalRow,
  payment: PaymentRow,
  batch: OrderBatch,
): string | undefined {
  const taken = takenMinor(proposal.applications)
  if (payment.reversedBy !== null) return 'The money was taken back by the bank.'
  if (taken > payment.unappliedMinor)
    return `It needs ${moneyText(taken, payment.currency)}, but ${moneyText(payment.unappliedMinor, payment.currency)} are left.`
  const short = proposal.applications.find((application) => {
    const { invoices = [] } = orderOfInvoice(batch, application.invoiceId) ?? {}
    const invoice = invoices.find((one) => one.invoiceId === application.invoiceId)
    return (invoice?.openMinor ?? 0) < settledMinor(application)
  })
  return short === undefined
    ? undefined
    : `${short.invoiceNumber} has less open now than the proposal would settle.`
}

function customersOf(applications: readonly CashApplication[], batch: OrderBatch): string[] {
  const customers = applications.flatMap(({ invoiceId }) => {
    const order = orderOfInvoice(batch, invoiceId)
    return order?.invoices.find((one) => one.invoiceId === invoiceId)?.customerNumber ?? []
  })
  return [...new Set(customers)]
}

async function writeChosen(
  tx: TenantTx,
  {
    proposal,
    payment,
    posting,
  }: { proposal: CashProposalRow; payment: PaymentRow; posting: Posting },
  batch: OrderBatch,
): Promise<{ readonly customerNumber: string | null; readonly credits: OutboundIntent[] }> {
  const { paymentId } = payment
  const [customer, another] = customersOf(posting.applications, batch)
  const only = another === undefined ? (customer ?? null) : null
  const customerNumber = payment.customerNumber ?? only
  const policy = batch.setting.policy(cashPolicy, customerNumber === null ? {} : { customerNumber })
  const raised = proposal.deductions.map((draft) => ({ paymentId, draft, policy }))
  await addSmallDifferences(tx, smallDifferencesOf(posting, batch))
  payInvoices(posting, batch)
  await recordApplications(
    tx,
    posting.applications.map((application) => ({
      ...application,
      ...{ paymentId, pass: proposal.pass, appliedBy: posting.actor },
    })),
  )
  const credits = await raiseDeductions(tx, raised, { batch, actor: posting.actor })
  const { payerKey } = payment
  const isTelling = payerKey !== null && /^(account|name):/.test(payerKey)
  // Whoever confirms money for one customer teaches whose account it was.
  if (isTelling && only !== null)
    await learnPayers(tx, [{ payerKey, customerNumber: only, paymentId, learnedFrom: 'person' }])
  return { customerNumber, credits }
}

/** The proposal a person means: kept, or, when the books have moved since, found again with the same content. */
async function standingProposal(
  tx: TenantTx,
  paymentId: string,
  candidateId: string,
): Promise<CashProposalRow | undefined> {
  const kept = await findProposal(tx, paymentId, candidateId)
  if (kept !== undefined && kept.status !== 'superseded') return kept
  await proposeAgain(tx, paymentId)
  return (await findProposal(tx, paymentId, kept?.candidateId ?? candidateId)) ?? kept
}

/** Puts a payment to the invoices of one of its candidates, because a person chose it. Chosen twice, it is done once. */
export async function applyCandidate(
  tx: TenantTx,
  queue: JobQueue,
  { paymentId, actor, reason, candidateId }: CashAct & { readonly candidateId: string },
): Promise<CashActResult> {
  const [payment] = await lockPayments(tx, [paymentId])
  if (payment === undefined) return { status: 'unknown' }
  const proposal = await standingProposal(tx, paymentId, candidateId)
  if (proposal === undefined)
    return refused('It was never a candidate of this payment: look at what is proposed now.')
  const { unappliedMinor } = payment
  if (proposal.status === 'applied')
    return {
      ...{ status: 'done', unappliedMinor },
      message: `This was done before, by ${proposal.decidedBy ?? 'somebody'}.`,
    }
  if (proposal.status === 'superseded')
    return refused('Things have changed since: look at what is proposed now.')
  const setting = await openFlowSetting(tx)
  const orderIds = await ordersOfInvoices(
    tx,
    proposal.applications.map(({ invoiceId }) => invoiceId),
  )
  const batch = openOrderBatch(setting, await lockOrders(tx, orderIds))
  const against = obstacle(proposal, payment, batch)
  if (against !== undefined) {
    await proposeAgain(tx, paymentId)
    return refused(against)
  }
  const { applications } = proposal
  const left = unappliedMinor - takenMinor(applications)
  const posting: Posting = {
    ...{ ...payment, applications, actor },
    unappliedMinor: left,
  }
  const { customerNumber, credits } = await writeChosen(tx, { proposal, payment, posting }, batch)
  await closeProposals(tx, [paymentId])
  await markApplied(tx, proposal.proposalId, actor)
  const { kind, pass, policyVersion } = proposal
  await recordPaymentsMatched(tx, [
    {
      ...{ paymentId, customerNumber, unappliedMinor: left, postings: payment.postings + 1 },
      matching: { decision: 'accept', kind, pass, policyVersion, tried: [], by: actor },
    },
  ])
  const message = `${moneyText(takenMinor(applications), payment.currency)} of payment ${payment.paymentNumber} put to ${applications.map((one) => one.invoiceNumber).join(', ')}.`
  await appendTenantEvents(
    tx,
    [
      {
        ...{ kind: 'cash.applied', actor, summary: `${message} ${reason}`.trim() },
        body: {
          ...{ paymentId, customerNumber, reason, unappliedMinor: left, pass, kind },
          ...{ proposalId: proposal.proposalId, candidateId: proposal.candidateId },
        },
      },
    ],
    setting.now,
  )
  await advance(tx, batch)
  await batch.flush(tx, queue)
  await enqueueCalls(tx, queue, [...erpPosting(posting, batch), ...credits])
  if (left > 0) await proposeAgain(tx, paymentId)
  return { status: 'done', message, unappliedMinor: left }
}

/** Takes a payment off everything it was put to, because a person saw that it was wrong; the money is unapplied again. */
export async function takeBackByPerson(
  tx: TenantTx,
  queue: JobQueue,
  { paymentId, actor, reason }: CashAct,
): Promise<CashActResult> {
  const [payment] = await lockPayments(tx, [paymentId])
  if (payment === undefined || payment.isReversal) return { status: 'unknown' }
  if (payment.reversedBy !== null) return refused('The money was taken back by the bank.')
  if (payment.paidInvoiceIds.length === 0) return refused('It is not put to any invoice.')
  const setting = await openFlowSetting(tx)
  const batch = openOrderBatch(setting, await lockOrders(tx, await ordersPaidBy(tx, [paymentId])))
  const { taken, sends } = await takeBackCash(
    tx,
    [{ ...{ paymentId, payment, reason }, takenBackBy: actor, bookedOn: setting.today }],
    batch,
  )
  const unappliedMinor = taken.reduce(
    (sum, money) => sum + money.takenMinor,
    payment.unappliedMinor,
  )
  const { customerNumber, postings } = payment
  await recordPaymentsMatched(tx, [
    {
      ...{ paymentId, customerNumber, unappliedMinor, postings: postings + 1 },
      matching: { decision: 'hold', kind: 'taken-back', tried: [], by: actor, reason },
    },
  ])
  const message = `Payment ${payment.paymentNumber} is unapplied again: ${taken.length === 1 ? 'one invoice is' : `${taken.length} invoices are`} open as before.`
  await appendTenantEvents(
    tx,
    [
      {
        ...{ kind: 'cash.put-right', actor, summary: `${message} ${reason}` },
        body: { paymentId, customerNumber, reason, unappliedMinor },
      },
    ],
    setting.now,
  )
  await advance(tx, batch)
  await batch.flush(tx, queue)
  await enqueueCalls(tx, queue, sends)
  await proposeAgain(tx, paymentId)
  return { status: 'done', message, unappliedMinor }
}
