import { setImmediate } from 'node:timers/promises'
import { daysBetween } from '../../canonical/calendar.ts'
import type { CashApplication } from '../../canonical/payment.ts'
import {
  type CashFacts,
  type LetGo,
  type OpenItem,
  type PaymentToApply,
  settledMinor,
} from '../../policies/cash-matching/cash-facts.ts'
import { type CashSettings, cashPolicy } from '../../policies/cash-matching/cash-policy.ts'
import {
  type CashDecision,
  matchByReference,
  matchCash,
} from '../../policies/cash-matching/match-cash.ts'
import type { PolicyInForce } from '../../policies/policy-in-force.ts'
import type { InvoiceFact } from '../../store/cash/matching-facts.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { CashBooks, CashPayment } from './cash-batch.ts'

/** What is done with a payment. */
export type DecidedPayment = {
  readonly decision: CashDecision
  /** Money posted by itself; empty when a person is asked. */
  readonly posted: readonly CashApplication[]
  /** Whose money it is, by the payer or by the one customer whose invoices it names. */
  readonly customerNumber: string | null
  readonly policy: PolicyInForce<CashSettings>
}

function toItem({ discountUntil, ...invoice }: InvoiceFact): OpenItem {
  return discountUntil === null ? invoice : { ...invoice, discountUntil }
}

function paymentToApply({ document, row }: CashPayment): PaymentToApply {
  const { canonical } = document
  const isX12 = canonical.source?.format.startsWith('x12') === true
  return {
    ...canonical,
    unappliedMinor: row.unappliedMinor,
    ...(isX12 ? { formatVersion: canonical.source?.formatVersion } : {}),
  }
}

/** The books as they change from one payment of the batch to the next. */
function openRunningBooks(books: CashBooks) {
  const items = new Map(
    [...books.ofPayers, ...books.named].map((invoice) => [invoice.invoiceId, toItem(invoice)]),
  )
  const keyOf = (
    { customerNumber, currency }: Pick<LetGo, 'customerNumber' | 'currency'>,
    month: string,
  ) => `${customerNumber}\n${month}\n${currency}`
  const spent = new Map(
    books.writtenOff.map(({ month, ...row }) => {
      const inMonth = { ...row, month: month.slice(0, 7) }
      return [keyOf(row, inMonth.month), inMonth]
    }),
  )
  return {
    all: () => [...items.values()],
    /** What has been let go for the customers in a month. */
    letGoIn: (month: string): LetGo[] => [...spent.values()].filter((row) => row.month === month),
    post(application: CashApplication, month: string) {
      const item = items.get(application.invoiceId)
      if (item === undefined) return
      items.set(item.invoiceId, {
        ...item,
        openMinor: item.openMinor - settledMinor(application),
        discountMinor: Math.max(0, item.discountMinor - application.discountMinor),
      })
      const { customerNumber, currency } = item
      const key = keyOf(item, month)
      const before = spent.get(key)
      spent.set(key, {
        ...{ customerNumber, currency, month },
        writtenOffMinor: (before?.writtenOffMinor ?? 0) + application.writeOffMinor,
        feeMinor: (before?.feeMinor ?? 0) + application.feeMinor,
      })
    },
  }
}

/** Whose money a payment is: the payer's where that is certain, else the one customer's whose invoices it names. */
function customerOf(
  { payer, row, document }: CashPayment,
  named: readonly InvoiceFact[],
): string | null {
  if (payer.isCertain && payer.customerNumber !== undefined) return payer.customerNumber
  const numbers = new Set(document.canonical.remittance.map((line) => line.invoiceNumber))
  const text = document.canonical.remittanceText?.toUpperCase() ?? ''
  const customers = new Set(
    named
      .filter(({ invoiceNumber }) => numbers.has(invoiceNumber) || text.includes(invoiceNumber))
      .map((invoice) => invoice.customerNumber),
  )
  const [only, another] = customers
  const byName = another === undefined ? only : undefined
  return byName ?? row.customerNumber ?? payer.customerNumber ?? null
}

/** Earlier payments with the same payer, amount and reference (domain rules C7). */
function earlierOf(
  { row }: CashPayment,
  customers: ReadonlyMap<string, string | null>,
  { sameReference }: CashBooks,
  days: number,
) {
  const customer = customers.get(row.paymentId) ?? null
  return sameReference.filter((other) => {
    const otherCustomer = other.customerNumber ?? customers.get(other.paymentId) ?? null
    const isSamePayer =
      (row.payerKey !== null && row.payerKey === other.payerKey) ||
      (customer !== null && customer === otherCustomer)
    return (
      isSamePayer &&
      other.paymentId < row.paymentId &&
      other.referenceKey === row.referenceKey &&
      other.amountMinor === row.amountMinor &&
      other.currency === row.currency &&
      Math.abs(daysBetween(other.bookedOn, row.bookedOn)) <= days
    )
  })
}

function policyOf(
  { document }: CashPayment,
  customerNumber: string | null,
  setting: FlowSetting,
): PolicyInForce<CashSettings> {
  return setting.policy(cashPolicy, {
    ...(customerNumber === null ? {} : { customerNumber }),
    ...(document.partnerId === null ? {} : { partnerId: document.partnerId }),
  })
}

/** Everything but the running books that a payment is decided by. */
type Deciding = {
  readonly books: CashBooks
  readonly existingNumbers: ReadonlySet<string>
  readonly customers: ReadonlyMap<string, string | null>
}

function factsOf(
  payment: CashPayment,
  running: ReturnType<typeof openRunningBooks>,
  { books, existingNumbers, customers }: Deciding,
  { duplicateDays }: CashSettings,
): CashFacts {
  const { row, payer } = payment
  return {
    ...{ payer, existingNumbers, paidInvoiceIds: row.paidInvoiceIds },
    ...{ takenOffInvoiceIds: row.takenOffInvoiceIds, feesBorne: row.feesBorne },
    rates: books.ratesOn.get(row.bookedOn) ?? [],
    payment: paymentToApply(payment),
    items: running.all(),
    earlier: earlierOf(payment, customers, books, duplicateDays),
    letGo: running.letGoIn(row.bookedOn.slice(0, 7)),
  }
}

/** What a decision posts by itself. */
function postedBy({ decision, chosen }: CashDecision): readonly CashApplication[] {
  return decision === 'accept' && chosen !== undefined ? chosen.applications : []
}

/**
 * Decides the payments of a batch one after the other, each by the books as the ones before it left them.
 * Open invoices of the payers count where they have been loaded. Searching sums among them takes its time: in
 * between, everybody else has a turn.
 */
export async function decideCash(
  payments: readonly CashPayment[],
  books: CashBooks,
  setting: FlowSetting,
): Promise<Map<string, DecidedPayment>> {
  const running = openRunningBooks(books)
  const existingNumbers = new Set(books.named.map((invoice) => invoice.invoiceNumber))
  const customers = new Map(
    payments.map((payment) => [payment.row.paymentId, customerOf(payment, books.named)]),
  )
  const decided = new Map<string, DecidedPayment>()
  for (const payment of payments) {
    const { row } = payment
    if (row.unappliedMinor <= 0) continue
    const customerNumber = customers.get(row.paymentId) ?? null
    const policy = policyOf(payment, customerNumber, setting)
    const by = { books, existingNumbers, customers }
    const facts = factsOf(payment, running, by, policy.settings)
    const byName = matchByReference(facts, policy)
    const isSearched = byName.kind === 'unapplied'
    const decision = isSearched ? matchCash(facts, policy) : byName
    const posted = postedBy(decision)
    for (const application of posted) running.post(application, row.bookedOn.slice(0, 7))
    decided.set(row.paymentId, { decision, posted, customerNumber, policy })
    if (isSearched) await setImmediate()
  }
  return decided
}
