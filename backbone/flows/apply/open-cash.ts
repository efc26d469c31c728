import { newId } from '../../canonical/ids.ts'
import type { Payment } from '../../canonical/payment.ts'
import type { Payer, StoredRate } from '../../policies/cash-matching/cash-facts.ts'
import { findReversed } from '../../policies/cash-matching/find-reversed.ts'
import { numbersNamed } from '../../policies/cash-matching/read-remittance.ts'
import { payerTraces, resolvePayer } from '../../policies/cash-matching/resolve-payer.ts'
import {
  type InvoiceFact,
  invoicesNamed,
  openInvoicesOf,
  payerRows,
  paymentsWithReference,
  writtenOff,
} from '../../store/cash/matching-facts.ts'
import {
  type NewPayment,
  ordersPaidBy,
  type PaymentRow,
  recordPayments,
  reversiblePayments,
} from '../../store/cash/payments.ts'
import { ratesOn } from '../../store/checks/credit-money.ts'
import type { TenantTx } from '../../store/database.ts'
import type { FlowSetting } from '../flow-setting.ts'
import type { Waiting } from './applied.ts'
import type {
  CashBooks,
  CashPayment,
  CashReversal,
  OpenedCash,
  PaymentDocument,
} from './cash-batch.ts'
import { type DecidedPayment, decideCash } from './decide-cash.ts'

const nothing: OpenedCash = {
  ...{ payments: [], reversals: [], repeated: [], orderIds: [], hasWriteOffs: false },
  differences: { customerNumbers: [], months: [], currencies: [] },
  books: { named: [], ofPayers: [], sameReference: [], writtenOff: [], ratesOn: new Map() },
}

/** A payer of whom nothing is known. */
export const unknownPayer: Payer = { isCertain: false, payableCustomers: [], evidence: [] }

/** The numbers a payment names, in one spelling; of a text only those that are invoices. */
function referenceKey(payment: Payment, invoices: ReadonlySet<string>): string | null {
  const named = numbersNamed(payment)
    .filter((number) => payment.remittance.length > 0 || invoices.has(number))
    .map((number) => number.toUpperCase().replace(/\s/g, ''))
  return named.length === 0 ? null : [...new Set(named)].toSorted().join('+').slice(0, 400)
}

function payerKey(payment: Payment): string | null {
  const { accountKey, aliasKey, customerNumbers } = payerTraces(payment)
  const [number] = customerNumbers
  return accountKey ?? (number === undefined ? aliasKey : `customer:${number}`) ?? null
}

function newPayment(document: Waiting<Payment>, invoices: ReadonlySet<string>): NewPayment {
  const { canonical, connectionId, documentId } = document
  const { paymentNumber, currency, amountMinor, bookedOn, isReversal } = canonical
  return {
    ...{ paymentNumber, connectionId, documentId, currency, amountMinor, bookedOn, isReversal },
    paymentId: newId('pay'),
    unappliedMinor: isReversal ? 0 : amountMinor,
    payerKey: payerKey(canonical),
    referenceKey: referenceKey(canonical, invoices),
    remittanceLines: Math.max(1, canonical.remittance.length),
  }
}

/** Who paid, by document. */
export async function payersOf(
  tx: TenantTx,
  documents: readonly PaymentDocument[],
): Promise<Map<string, Payer>> {
  const traces = new Map(
    documents.map(({ documentId, canonical }) => [documentId, payerTraces(canonical)]),
  )
  const all = [...traces.values()]
  const keys = {
    payerKeys: all.flatMap(({ accountKey, aliasKey }) =>
      [accountKey, aliasKey].flatMap((key) => key ?? []),
    ),
    customerNumbers: all.flatMap(({ customerNumbers }) => customerNumbers),
    customerKeys: all.flatMap(({ customerKeys }) => customerKeys),
  }
  const isAnonymous = Object.values(keys).every((list) => list.length === 0)
  const rows = isAnonymous
    ? { known: new Map(), named: [], childrenOf: new Map() }
    : await payerRows(tx, keys)
  return new Map([...traces].map(([documentId, trace]) => [documentId, resolvePayer(trace, rows)]))
}

const reversedKey = ({
  paymentNumber,
  connectionId,
}: {
  paymentNumber: string
  connectionId: string
}) => `${connectionId}\n${paymentNumber}`

async function reversalsOf(
  tx: TenantTx,
  taken: readonly { document: Waiting<Payment>; row: PaymentRow }[],
): Promise<CashReversal[]> {
  if (taken.length === 0) return []
  const candidates = await reversiblePayments(tx, {
    numbers: taken.flatMap(({ document }) => document.canonical.reversesPayment ?? []),
    referenceKeys: taken.flatMap(({ row }) => row.referenceKey ?? []),
  })
  const gone = new Set<string>()
  return taken.map(({ document, row }) => {
    const { reversesPayment } = document.canonical
    const left = candidates.filter((candidate) => !gone.has(candidate.paymentId))
    const found = findReversed({ ...row, reversesPayment }, left)
    if (typeof found === 'string') return { document, row, reversed: found }
    gone.add(found.paymentId)
    const reversed = left.find((candidate) => reversedKey(candidate) === reversedKey(found))
    return { document, row, reversed: reversed ?? 'it is not there' }
  })
}

const monthOf = (day: string) => `${day.slice(0, 7)}-01`

/** Whose small differences count for payments: the payers' and those of the invoices they name. */
function differencesOf(payments: readonly CashPayment[], named: readonly InvoiceFact[]) {
  const customers = [
    ...named.map((invoice) => invoice.customerNumber),
    ...payments.flatMap(({ payer }) => payer.payableCustomers),
  ]
  const months = payments.map(({ row }) => monthOf(row.bookedOn))
  const currencies = [
    ...named.map((invoice) => invoice.currency),
    ...payments.map(({ row }) => row.currency),
  ]
  return {
    customerNumbers: [...new Set(customers)],
    months: [...new Set(months)],
    currencies: [...new Set(currencies)],
  }
}

/** Loads invoices again, once their orders are locked: what others did to them in the meantime counts. */
export async function reloadInvoices(tx: TenantTx, opened: OpenedCash): Promise<CashBooks> {
  const { books } = opened
  const numbers = books.named.map((invoice) => invoice.invoiceNumber)
  const customers = books.ofPayers.map((invoice) => invoice.customerNumber)
  return {
    ...books,
    writtenOff: opened.hasWriteOffs
      ? await writtenOff(tx, { ...opened.differences, isLocked: true })
      : books.writtenOff,
    named: await invoicesNamed(tx, numbers),
    ofPayers: await openInvoicesOf(tx, [...new Set(customers)]),
  }
}

/** Records and locks the payments of a batch, and finds out which orders they will move. */
export async function openCash(
  tx: TenantTx,
  setting: FlowSetting,
  documents: readonly Waiting<Payment>[],
): Promise<OpenedCash> {
  if (documents.length === 0) return nothing
  const named = await invoicesNamed(
    tx,
    documents.flatMap(({ canonical }) => numbersNamed(canonical)),
  )
  const numbers = new Set(named.map((invoice) => invoice.invoiceNumber))
  const rows = await recordPayments(
    tx,
    documents.map((document) => newPayment(document, numbers)),
  )
  const rowByKey = new Map(rows.map((row) => [reversedKey(row), row]))
  const recorded = documents.flatMap((document) => {
    const { connectionId, canonical } = document
    const row = rowByKey.get(reversedKey({ connectionId, paymentNumber: canonical.paymentNumber }))
    return row === undefined ? [] : [{ document, row }]
  })
  const own = recorded.filter(({ document, row }) => row.documentId === document.documentId)
  const reversals = await reversalsOf(
    tx,
    own.filter(({ row }) => row.isReversal && row.reversedBy === null),
  )
  const payers = await payersOf(tx, documents)
  const payments = own
    .filter(({ row }) => !row.isReversal)
    .map(({ document, row }) => ({
      ...{ document, row },
      payer: payers.get(document.documentId) ?? unknownPayer,
    }))
  const { books, decisions } = await planCash(tx, setting, { payments, named })
  const invoices = new Map([...books.named, ...books.ofPayers].map((one) => [one.invoiceId, one]))
  const moved = [...decisions.values()].flatMap(({ posted }) =>
    posted.flatMap(({ invoiceId }) => invoices.get(invoiceId)?.orderId ?? []),
  )
  const reopened = await ordersPaidBy(
    tx,
    reversals.flatMap(({ reversed }) => (typeof reversed === 'string' ? [] : reversed.paymentId)),
  )
  return {
    ...{ payments, reversals, books },
    differences: differencesOf(payments, named),
    hasWriteOffs: [...decisions.values()].some(({ posted }) =>
      posted.some(({ writeOffMinor, feeMinor }) => writeOffMinor + feeMinor > 0),
    ),
    repeated: recorded
      .filter(({ document, row }) => row.documentId !== document.documentId)
      .map(({ document }) => document),
    orderIds: [...new Set([...moved, ...reopened])],
  }
}

/** Rates of the days on which money was booked that names invoices in another currency. */
async function ratesNeeded(
  tx: TenantTx,
  payments: readonly CashPayment[],
  named: readonly InvoiceFact[],
): Promise<Map<string, readonly StoredRate[]>> {
  const currencies = new Set(named.map((invoice) => invoice.currency))
  const foreign = payments.filter(
    ({ row }) => currencies.size > 1 || (currencies.size === 1 && !currencies.has(row.currency)),
  )
  const all = [...new Set([...currencies, ...foreign.map(({ row }) => row.currency)])]
  const rates = new Map<string, readonly StoredRate[]>()
  for (const day of new Set(foreign.map(({ row }) => row.bookedOn)))
    rates.set(day, await ratesOn(tx, all, day))
  return rates
}

type Planned = {
  readonly books: CashBooks
  readonly decisions: ReadonlyMap<string, DecidedPayment>
}

/** Loads what payments are matched by and decides them: without locks this is what would be done. */
export async function planCash(
  tx: TenantTx,
  setting: FlowSetting,
  { payments, named }: { payments: readonly CashPayment[]; named: readonly InvoiceFact[] },
): Promise<Planned> {
  const sameReference = await paymentsWithReference(tx, [
    ...new Set(payments.flatMap(({ row }) => row.referenceKey ?? [])),
  ])
  const differences = differencesOf(payments, named)
  const spent = await writtenOff(tx, { ...differences, isLocked: false })
  const ratesOfDays = await ratesNeeded(tx, payments, named)
  const books = {
    ...{ named, sameReference, writtenOff: spent, ofPayers: [] },
    ratesOn: ratesOfDays,
  }
  const decisions = await decideCash(payments, books, setting)
  // The payers' other invoices are looked at only when what the money names is not enough.
  const homeless = payments.filter(
    ({ row }) => decisions.get(row.paymentId)?.decision.kind === 'unapplied',
  )
  const payers = new Set(homeless.flatMap(({ payer }) => payer.payableCustomers))
  if (payers.size === 0) return { books, decisions }
  const whole = { ...books, ofPayers: await openInvoicesOf(tx, [...payers]) }
  return { books: whole, decisions: await decideCash(payments, whole, setting) }
}
