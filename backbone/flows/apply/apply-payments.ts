import { moneyText } from '../../canonical/money.ts'
import { takenMinor } from '../../policies/cash-matching/cash-candidate.ts'
import { cashPolicy } from '../../policies/cash-matching/cash-policy.ts'
import { payerTraces } from '../../policies/cash-matching/resolve-payer.ts'
import {
  addSmallDifferences,
  type LearnedPayer,
  learnPayers,
  type MatchedPayment,
  recordApplications,
  recordPaymentsMatched,
  replaceProposals,
} from '../../store/cash/record-matching.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents, type EventDraft } from '../../store/events.ts'
import type { DocumentResult } from '../../store/flow/inbound-documents.ts'
import type { OrderBatch } from '../order-batch.ts'
import type { OutboundIntent } from '../outbox/outbound-intent.ts'
import type { CashPayment, CashReversal, OpenedCash } from './cash-batch.ts'
import { type DecidedPayment, decideCash } from './decide-cash.ts'
import { raiseDeductions } from './judge-deductions.ts'
import { reloadInvoices } from './open-cash.ts'
import {
  erpPosting,
  orderOfInvoice,
  type Posting,
  payInvoices,
  smallDifferencesOf,
} from './post-cash.ts'
import { takeBackCash } from './take-back-cash.ts'

const actor = 'cash-matching'

/** A payment with what was decided about it and what of it is posted now. */
type MatchedCash = CashPayment & { readonly decided: DecidedPayment; readonly posting: Posting }

/** Posts only where every order is locked: when another moved one in the meantime, all of it waits for the next look. */
function matchedCash(
  payment: CashPayment,
  decided: DecidedPayment,
  batch: OrderBatch,
): MatchedCash {
  const { row, document } = payment
  const isLocked = decided.posted.every(
    ({ invoiceId }) => orderOfInvoice(batch, invoiceId) !== undefined,
  )
  const applications = isLocked ? decided.posted : []
  return {
    ...payment,
    decided,
    posting: {
      ...{ actor, applications, paymentNumber: row.paymentNumber, paymentId: row.paymentId },
      ...{ currency: row.currency, amountMinor: row.amountMinor, bookedOn: row.bookedOn },
      postings: row.postings,
      unappliedMinor: row.unappliedMinor - takenMinor(applications),
      ...(document.traceParent === null ? {} : { traceParent: document.traceParent }),
    },
  }
}

function matchedRow({ row, decided, posting }: MatchedCash): MatchedPayment {
  const { decision, kind, pass, confidencePercent, tried, policyVersion } = decided.decision
  const alternatives = kind === 'duplicate-payment' ? decided.decision.alternatives : []
  const { evidence } = decided.decision
  return {
    paymentId: row.paymentId,
    unappliedMinor: posting.unappliedMinor,
    customerNumber: decided.customerNumber,
    postings: row.postings + (posting.applications.length > 0 ? 1 : 0),
    matching: {
      ...{ decision, kind, pass, confidencePercent, tried, policyVersion },
      // Kept where a person must look; what went by itself is on the orders' timelines.
      ...(posting.unappliedMinor === 0 ? {} : { evidence, alternatives }),
    },
  }
}

function proposalsOf({ row, decided, posting }: MatchedCash) {
  if (posting.applications.length > 0 || posting.unappliedMinor === 0) return []
  const { candidates, policyVersion } = decided.decision
  return candidates.map(({ text, onlyProposedBecause, ...candidate }) => ({
    ...candidate,
    ...{ paymentId: row.paymentId, summary: text, policyVersion },
  }))
}

/** Exact matches teach whose account and name it was; what is known of others is never taken over. */
function learnedFrom({ row, document, decided, posting }: MatchedCash): LearnedPayer[] {
  const { accountKey, aliasKey } = payerTraces(document.canonical)
  const { customerNumber, decision } = decided
  if (customerNumber === null || posting.applications.length === 0 || decision.pass > 3) return []
  return [accountKey, aliasKey].flatMap((payerKey) =>
    payerKey === undefined
      ? []
      : [{ payerKey, customerNumber, paymentId: row.paymentId, learnedFrom: 'match' as const }],
  )
}

/** What became of the money, for whoever follows a customer's credit. */
function receivedEvent({ row, document, decided, posting }: MatchedCash): EventDraft {
  const { customerNumber, decision } = decided
  const { amountMinor, currency, paymentNumber, paymentId } = row
  const { unappliedMinor } = posting
  const rest =
    unappliedMinor === 0
      ? 'all of it is matched'
      : `${moneyText(unappliedMinor, currency)} stay unapplied`
  const whose = customerNumber === null ? 'an unknown payer' : customerNumber
  return {
    kind: 'cash.received',
    actor,
    summary: `Payment ${paymentNumber} of ${whose}: ${moneyText(amountMinor, currency)}, ${rest} (${decision.kind}).`,
    body: {
      ...{ paymentId, paymentNumber, customerNumber, currency, amountMinor, unappliedMinor },
      ...{ decision: decision.decision, kind: decision.kind, pass: decision.pass },
    },
    traceParent: document.traceParent ?? undefined,
  }
}

function missingInvoice({ document }: CashPayment, opened: OpenedCash): string | undefined {
  const known = new Set(opened.books.named.map((invoice) => invoice.invoiceNumber))
  // A negative line names a credit of the payer's, which need not be known to us.
  return document.canonical.remittance.find(
    (line) => line.paidMinor > 0 && !known.has(line.invoiceNumber),
  )?.invoiceNumber
}

function resultOf(matched: MatchedCash, opened: OpenedCash): DocumentResult {
  const { document, posting, decided } = matched
  const { documentId, canonical } = document
  const { unappliedMinor } = posting
  if (unappliedMinor === 0) return { documentId, status: 'applied' }
  if (decided.posted.length > posting.applications.length)
    return {
      ...{ documentId, status: 'parked', waitsFor: `cash:${canonical.paymentNumber}` },
      reason: 'An invoice it pays was moved by another at the same moment; it is looked at again.',
    }
  const missing = missingInvoice(matched, opened)
  const isStopped = decided.decision.kind === 'duplicate-payment'
  if (missing !== undefined && !isStopped)
    return {
      documentId,
      status: 'parked',
      waitsFor: `invoice:${missing}`,
      reason: `Invoice ${missing} is not known yet; the money is unapplied.`,
    }
  const why = isStopped ? ' It looks paid twice: a person must decide.' : ''
  return {
    documentId,
    status: 'applied',
    reason: `${moneyText(unappliedMinor, canonical.currency)} stay unapplied.${why}`,
  }
}

/** A payment of which nothing is left, or that never was money coming in. */
function nothingToMatch({ document, row }: CashPayment): DocumentResult {
  const { documentId } = document
  if (row.unappliedMinor === 0) return { documentId, status: 'applied' }
  const amount = moneyText(row.unappliedMinor, row.currency)
  return { documentId, status: 'applied', reason: `${amount} is no money to match.` }
}

function tellDecisions(matched: readonly MatchedCash[], batch: OrderBatch): void {
  for (const { decided, posting } of matched) {
    const [first] = posting.applications
    const orderId =
      first === undefined ? undefined : orderOfInvoice(batch, first.invoiceId)?.orderId
    if (orderId !== undefined)
      batch.setting.onDecision({ policy: cashPolicy.name, orderId, ...decided.decision })
  }
}

async function writeMatched(
  tx: TenantTx,
  matched: readonly MatchedCash[],
  batch: OrderBatch,
): Promise<OutboundIntent[]> {
  const applied = matched.filter(({ posting }) => posting.applications.length > 0)
  const raised = applied.flatMap(({ row, decided }) =>
    (decided.decision.chosen?.deductions ?? []).map((draft) => ({
      ...{ paymentId: row.paymentId, draft, policy: decided.policy },
    })),
  )
  for (const { posting } of applied) payInvoices(posting, batch)
  await recordApplications(
    tx,
    applied.flatMap(({ row, posting, decided }) =>
      posting.applications.map((application) => ({
        ...application,
        ...{ paymentId: row.paymentId, pass: decided.decision.pass, appliedBy: actor },
      })),
    ),
  )
  const credits = await raiseDeductions(tx, raised, { batch, actor })
  await addSmallDifferences(
    tx,
    applied.flatMap(({ posting }) => smallDifferencesOf(posting, batch)),
  )
  await learnPayers(tx, applied.flatMap(learnedFrom))
  await recordPaymentsMatched(tx, matched.map(matchedRow))
  await replaceProposals(
    tx,
    matched
      .filter(({ row, posting }) => posting.unappliedMinor > 0 || row.postings > 0)
      .map(({ row }) => row.paymentId),
    matched.flatMap(proposalsOf),
  )
  return credits
}

function reversalResult({ document, reversed }: CashReversal): DocumentResult {
  const { documentId, canonical } = document
  if (typeof reversed !== 'string') return { documentId, status: 'applied' }
  return {
    documentId,
    status: 'quarantined',
    reason: `Payment ${canonical.paymentNumber} takes money back: a person must reopen what it had paid (${reversed}).`,
  }
}

async function applyReversals(
  tx: TenantTx,
  reversals: readonly CashReversal[],
  batch: OrderBatch,
): Promise<OutboundIntent[]> {
  const takings = reversals.flatMap(({ document, row, reversed }) => {
    if (typeof reversed === 'string') return []
    const { paymentNumber, bookedOn } = document.canonical
    const reason = `taken back by the bank, ${paymentNumber}`
    return [
      {
        ...{ paymentId: reversed.paymentId, reversalPaymentId: row.paymentId, payment: reversed },
        ...{ reversalNumber: paymentNumber, bookedOn, takenBackBy: actor, reason },
      },
    ]
  })
  if (takings.length === 0) return []
  const { sends } = await takeBackCash(tx, takings, batch)
  await recordPaymentsMatched(
    tx,
    takings.flatMap(({ payment, reversalPaymentId }) => {
      const { paymentId, postings, customerNumber } = payment
      const gone = { unappliedMinor: 0, customerNumber, matching: { kind: 'reversed' } }
      return [
        { paymentId, postings, ...gone, isReversedBy: reversalPaymentId },
        { paymentId: reversalPaymentId, postings: 1, ...gone, matching: { kind: 'reversal' } },
      ]
    }),
  )
  await appendTenantEvents(
    tx,
    takings.map(({ payment, reversalNumber }) => ({
      kind: 'cash.taken-back',
      actor,
      summary: `Payment ${payment.paymentNumber} of ${payment.customerNumber ?? 'an unknown payer'}: ${moneyText(payment.amountMinor, payment.currency)} taken back by ${reversalNumber}.`,
      body: {
        paymentId: payment.paymentId,
        customerNumber: payment.customerNumber,
        amountMinor: payment.amountMinor,
        currency: payment.currency,
        reversalNumber,
      },
    })),
    batch.setting.now,
  )
  return sends
}

/**
 * Matches the payments of a batch in eight passes, posts what may be posted by itself, keeps the rest visible as
 * unapplied with what it could be for, and reopens what reversals take back. The caller holds the locks of the
 * orders that `openCash` named.
 */
export async function applyPayments(
  tx: TenantTx,
  opened: OpenedCash,
  batch: OrderBatch,
): Promise<{ results: DocumentResult[]; sends: OutboundIntent[] }> {
  if (opened.payments.length + opened.reversals.length + opened.repeated.length === 0)
    return { results: [], sends: [] }
  const books = await reloadInvoices(tx, opened)
  const decisions = await decideCash(opened.payments, books, batch.setting)
  const matched = opened.payments.flatMap((payment) => {
    const decided = decisions.get(payment.row.paymentId)
    return decided === undefined ? [] : [matchedCash(payment, decided, batch)]
  })
  const sends = matched.flatMap(({ posting }) => erpPosting(posting, batch))
  tellDecisions(matched, batch)
  const credits = await writeMatched(tx, matched, batch)
  await appendTenantEvents(tx, matched.map(receivedEvent), batch.setting.now)
  const reversed = await applyReversals(tx, opened.reversals, batch)
  const settled = opened.payments.filter(({ row }) => !decisions.has(row.paymentId))
  return {
    results: [
      ...matched.map((one) => resultOf(one, opened)),
      ...settled.map(nothingToMatch),
      ...opened.reversals.map(reversalResult),
      ...opened.repeated.map(({ documentId, canonical }) => ({
        documentId,
        status: 'duplicate' as const,
        reason: `Payment ${canonical.paymentNumber} was reported before.`,
      })),
    ],
    sends: [...sends, ...credits, ...reversed],
  }
}
