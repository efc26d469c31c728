import { type DecimalText, type MinorUnits, minorFromText } from '../../canonical/money.ts'
import type { CashFacts, GivenLine, OpenItem } from './cash-facts.ts'
import type { CashSettings } from './cash-policy.ts'
import { numbersInText, type ReadRemittance } from './read-remittance.ts'
import { converted, type Settlement, settleItem } from './settle-item.ts'

/** A payment with its facts sorted for the passes. */
export type CashCase = CashFacts & {
  readonly settings: CashSettings
  readonly lines: readonly GivenLine[]
  /** The lines state amounts; a text only names invoices. */
  readonly hasAmounts: boolean
  readonly listTotalMinor: MinorUnits
  readonly itemsByNumber: ReadonlyMap<string, OpenItem>
  /** Open invoices of the payer and those it pays for, in the payment's currency, the oldest due first. */
  readonly payable: readonly OpenItem[]
}

const bare = (invoiceNumber: string, paidMinor: MinorUnits): GivenLine => ({
  invoiceNumber,
  paidMinor,
  discountMinor: 0,
  deductionMinor: 0,
  creditsTaken: [],
})

/** Invoices that a text names, with what it would give to each: all of a single one's money, else what is open. */
function linesOfText(facts: CashFacts, items: ReadonlyMap<string, OpenItem>): GivenLine[] {
  const named = numbersInText(facts.payment.remittanceText).filter((number) => items.has(number))
  const [only, another] = named
  if (only === undefined) return []
  if (another === undefined) return [bare(only, facts.payment.unappliedMinor)]
  return named.map((number) => bare(number, items.get(number)?.openMinor ?? 0))
}

function byDueDate(a: OpenItem, b: OpenItem): number {
  if (a.dueOn !== b.dueOn) return a.dueOn < b.dueOn ? -1 : 1
  return a.invoiceNumber < b.invoiceNumber ? -1 : 1
}

/** Sorts a payment's facts for the passes. */
export function openCase(
  facts: CashFacts,
  settings: CashSettings,
  remittance: Extract<ReadRemittance, { status: 'read' }>,
): CashCase {
  const { payment, payer, paidInvoiceIds } = facts
  const items = facts.items.filter(
    (item) => item.openMinor > 0 && !paidInvoiceIds.includes(item.invoiceId),
  )
  const itemsByNumber = new Map(items.map((item) => [item.invoiceNumber, item]))
  const hasAmounts = payment.remittance.length > 0
  return {
    ...facts,
    items,
    settings,
    hasAmounts,
    lines: hasAmounts ? remittance.lines : linesOfText(facts, itemsByNumber),
    listTotalMinor: remittance.totalMinor,
    itemsByNumber,
    payable: items
      .filter(
        (item) =>
          item.currency === payment.currency &&
          payer.payableCustomers.includes(item.customerNumber),
      )
      .toSorted(byDueDate),
  }
}

type Fee = CashFacts['feesBorne'][number]

/** Fees in the payment's currency; one that cannot be counted leaves room for no other. */
function feesMinor(fees: readonly Fee[], { payment, rates }: CashFacts): MinorUnits {
  return fees.reduce((sum, { feeMinor, currency }) => {
    if (feeMinor === 0) return sum
    const minor = converted(feeMinor, currency, payment.currency, rates)
    return minor === undefined ? Number.POSITIVE_INFINITY : sum + minor
  }, 0)
}

/** Settles invoices one after the other, counting what has been written off for each customer, and the bank fee, on the way. */
export function openSettling(facts: CashCase) {
  const { payment, settings, rates, letGo } = facts
  const keyOf = ({ customerNumber, currency }: Pick<OpenItem, 'customerNumber' | 'currency'>) =>
    `${customerNumber}\n${currency}`
  const spent = new Map(letGo.map((one) => [keyOf(one), one]))
  let feeBorneMinor = feesMinor(facts.feesBorne, facts)
  return (line: GivenLine, item: OpenItem): Settlement | string => {
    const { customerNumber, currency } = item
    const nothing = { customerNumber, currency, writtenOffMinor: 0, feeMinor: 0 }
    const before = spent.get(keyOf(item)) ?? nothing
    const left = (cap: DecimalText, usedMinor: MinorUnits) =>
      Math.max(0, minorFromText(cap, currency) - usedMinor)
    const capLeftMinor = left(settings.toleranceMonthlyCap, before.writtenOffMinor)
    const feeCapLeftMinor = left(settings.feeMonthlyCap, before.feeMinor)
    const by = { payment, settings, rates, capLeftMinor, feeCapLeftMinor, feeBorneMinor }
    const settled = settleItem(line, item, by)
    if (typeof settled === 'string') return settled
    const { writeOffMinor, feeMinor } = settled.application
    spent.set(keyOf(item), {
      ...before,
      writtenOffMinor: before.writtenOffMinor + writeOffMinor,
      feeMinor: before.feeMinor + feeMinor,
    })
    feeBorneMinor += feesMinor([{ feeMinor, currency: item.currency }], facts)
    return settled
  }
}

/** A line that gives an invoice a sum and says nothing more. */
export const bareLine = bare
