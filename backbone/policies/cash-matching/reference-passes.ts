import { moneyText, sumMinor } from '../../canonical/money.ts'
import {
  type CashCandidate,
  type CashKind,
  candidateOf,
  listed,
  notMatched,
  type PassOutcome,
  takenMinor,
} from './cash-candidate.ts'
import { type CashCase, openSettling } from './cash-case.ts'
import type { GivenLine, OpenItem } from './cash-facts.ts'
import { repairOf } from './repair-reference.ts'
import type { Settlement } from './settle-item.ts'

/** A line with the invoice it is put to and what that does. */
type Put = { readonly line: GivenLine; readonly item: OpenItem; readonly settled: Settlement }

/** Why money of this payer for these invoices is looked at by a person first; undefined when it need not be. */
function strangerReason(facts: CashCase, items: readonly OpenItem[]): string | undefined {
  const { payer, settings } = facts
  if (payer.customerNumber === undefined || !payer.isCertain) return undefined
  if (settings.thirdPartyPayers === 'accept') return undefined
  const strange = items.find((item) => !payer.payableCustomers.includes(item.customerNumber))
  return strange === undefined
    ? undefined
    : `${payer.customerNumber} pays for ${strange.customerNumber}, which is not known to belong to it.`
}

function candidateFrom(
  facts: CashCase,
  puts: readonly Put[],
  { pass, kind, text }: { pass: number; kind: CashKind; text: string },
): CashCandidate {
  const stranger = strangerReason(
    facts,
    puts.map((put) => put.item),
  )
  const deductions = puts.flatMap((put) => put.settled.deductions)
  return candidateOf({
    ...{ pass, kind, text, deductions },
    confidencePercent: facts.settings.confidencePercent[pass - 1] ?? 0,
    applications: puts.map((put) => put.settled.application),
    evidence: puts.map(({ item, settled }) => ({
      weighs: 'for' as const,
      text: `${item.invoiceNumber}: ${moneyText(settled.application.appliedMinor, item.currency)} of ${moneyText(item.openMinor, item.currency)} open (${settled.application.reason}).`,
      source: `invoice:${item.invoiceNumber}`,
      values: {
        openMinor: item.openMinor,
        appliedMinor: settled.application.appliedMinor,
        discountMinor: settled.application.discountMinor,
        writeOffMinor: settled.application.writeOffMinor,
        feeMinor: settled.application.feeMinor,
      },
    })),
    ...(stranger === undefined ? {} : { onlyProposedBecause: stranger }),
  })
}

/** The one line of a payment, settled, when there is exactly one and its invoice is open. */
function onlyPut(facts: CashCase): Put | string {
  const [line, another] = facts.lines
  if (line === undefined)
    return facts.payment.remittanceText === undefined
      ? 'the payment names no invoice'
      : 'its text names no open invoice'
  if (another !== undefined) return `it names ${facts.lines.length} invoices, not one`
  const item = facts.itemsByNumber.get(line.invoiceNumber)
  if (item === undefined) return absentReason(line.invoiceNumber, facts)
  if (facts.hasAmounts && facts.listTotalMinor !== facts.payment.amountMinor)
    return listReason(facts)
  const settled = openSettling(facts)(line, item)
  if (typeof settled === 'string') return `${line.invoiceNumber}: ${settled}`
  return settled.application.takenMinor > facts.payment.unappliedMinor
    ? spentReason
    : { line, item, settled }
}

const spentReason = 'a part of the money is with other invoices already'

function absentReason(
  number: string,
  { existingNumbers, paidInvoiceIds, items }: CashCase,
): string {
  if (!existingNumbers.has(number)) return `there is no invoice ${number}`
  const isPaidByThis = items.some(
    (item) => item.invoiceNumber === number && paidInvoiceIds.includes(item.invoiceId),
  )
  return isPaidByThis ? `${number} got this money before` : `nothing is open of ${number}`
}

function listReason({ payment, listTotalMinor }: CashCase): string {
  return `its remittance comes to ${moneyText(listTotalMinor, payment.currency)}, the payment is ${moneyText(payment.amountMinor, payment.currency)}`
}

/** Pass 1: one invoice is named, and exactly its open amount was paid. */
export function exactReference(facts: CashCase): PassOutcome {
  const put = onlyPut(facts)
  if (typeof put === 'string') return notMatched(put)
  const { item, settled } = put
  const isExact = settled.isWhole && !settled.hasDifference && settled.overMinor === 0
  if (!isExact)
    return notMatched(
      `${item.invoiceNumber} has ${moneyText(item.openMinor, item.currency)} open, ${moneyText(put.line.paidMinor, facts.payment.currency)} were paid`,
    )
  const text = `Names ${item.invoiceNumber} and pays exactly what is open.`
  return {
    status: 'matched',
    candidate: candidateFrom(facts, [put], { pass: 1, kind: 'exact', text }),
  }
}

function differenceText({ item, settled }: Put, currency: string): string {
  const { discountMinor, writeOffMinor, feeMinor } = settled.application
  const parts = [
    ...(discountMinor > 0 ? [`discount ${moneyText(discountMinor, item.currency)}`] : []),
    ...(writeOffMinor > 0 ? [`small difference ${moneyText(writeOffMinor, item.currency)}`] : []),
    ...(feeMinor > 0 ? [`bank fee ${moneyText(feeMinor, item.currency)}`] : []),
    ...(settled.overMinor > 0
      ? [`${moneyText(settled.overMinor, currency)} too much, which stays on account`]
      : []),
  ]
  return parts.join(', ')
}

/** Pass 2: one invoice is named, and the difference is one the policy allows; too much stays on account. */
export function allowedDifference(facts: CashCase): PassOutcome {
  const put = onlyPut(facts)
  if (typeof put === 'string') return notMatched(put)
  const { item, settled } = put
  if (!settled.isWhole) {
    const { appliedMinor } = settled.application
    const shortMinor = item.openMinor - appliedMinor
    return notMatched(
      `${moneyText(shortMinor, item.currency)} short of ${item.invoiceNumber}: neither an earned discount, nor a small difference, nor a bank fee`,
      [
        candidateFrom(facts, [put], {
          ...{ pass: 8, kind: 'unapplied' },
          text: `Puts ${moneyText(appliedMinor, item.currency)} to ${item.invoiceNumber}; ${moneyText(shortMinor, item.currency)} stay open.`,
        }),
      ],
    )
  }
  const kind = settled.overMinor > 0 ? 'over-payment' : 'allowed-difference'
  const text = `Names ${item.invoiceNumber}; ${differenceText(put, facts.payment.currency)}.`
  return { status: 'matched', candidate: candidateFrom(facts, [put], { pass: 2, kind, text }) }
}

function putAll(facts: CashCase): { readonly puts: Put[]; readonly failed: string[] } {
  const settle = openSettling(facts)
  const puts: Put[] = []
  const failed: string[] = []
  for (const line of facts.lines) {
    const item = facts.itemsByNumber.get(line.invoiceNumber)
    if (item === undefined) {
      failed.push(absentReason(line.invoiceNumber, facts))
      continue
    }
    const settled = settle(line, item)
    if (typeof settled === 'string') failed.push(`${line.invoiceNumber}: ${settled}`)
    else if (line.paidMinor > 0) puts.push({ line, item, settled })
  }
  return { puts, failed }
}

/** Pass 3: the remittance's lines, negative ones included, come to the payment; a text's invoices must be open with exactly that. */
export function remittanceList(facts: CashCase): PassOutcome {
  const { lines, hasAmounts, payment } = facts
  if (lines.length === 0) return notMatched('there is no remittance')
  if (!hasAmounts && lines.length === 1) return notMatched('its text states no amounts')
  const { puts, failed } = putAll(facts)
  const takes = takenMinor(puts.map((put) => put.settled.application))
  if (puts.length === 0) return notMatched(failed[0] ?? 'its lines give nothing')
  if (listTotal(facts) !== payment.amountMinor) return astray(facts, puts, takes)
  if (takes > payment.unappliedMinor) return notMatched(spentReason)
  const rest = failed.length === 0 ? '' : ` Not put: ${failed.join('; ')}.`
  const text = `The remittance comes to the payment: ${numbersOf(puts)}.${rest}`
  return {
    status: 'matched',
    candidate: candidateFrom(facts, puts, { pass: 3, kind: 'remittance-list', text }),
  }
}

const numbersOf = (puts: readonly Put[]) => listed(puts.map((put) => put.item.invoiceNumber))

function listTotal({ lines, hasAmounts, listTotalMinor }: CashCase): number {
  return hasAmounts ? listTotalMinor : sumMinor(lines.map((line) => line.paidMinor))
}

/** A remittance that does not come to the payment: a person may follow it as far as the money goes. */
function astray(facts: CashCase, puts: readonly Put[], takes: number): PassOutcome {
  const { payment, hasAmounts } = facts
  if (!hasAmounts)
    return notMatched(
      `the invoices it names have ${moneyText(listTotal(facts), payment.currency)} open, ${moneyText(payment.amountMinor, payment.currency)} were paid`,
    )
  if (takes > payment.unappliedMinor) return notMatched(listReason(facts))
  const text = `Puts to ${numbersOf(puts)} what the remittance says, although it does not come to the payment.`
  return notMatched(listReason(facts), [
    candidateFrom(facts, puts, { pass: 8, kind: 'unapplied', text }),
  ])
}

type Repair = { readonly line: GivenLine; readonly item: OpenItem; readonly how: string }

/** The one open invoice with the line's amount whose number the line nearly names. */
function repairLine(line: GivenLine, facts: CashCase): Repair | string {
  const { settings, items, payment, itemsByNumber } = facts
  const known = itemsByNumber.get(line.invoiceNumber)
  if (known !== undefined && known.openMinor === line.paidMinor)
    return { line, item: known, how: 'exact' }
  const repairs = items.flatMap((item) => {
    const isAmount = item.currency === payment.currency && item.openMinor === line.paidMinor
    const how = isAmount
      ? repairOf(line.invoiceNumber, item.invoiceNumber, settings.repairLength)
      : undefined
    return how === undefined ? [] : [{ line, item, how }]
  })
  const [only, another] = repairs
  if (only === undefined)
    return `no open invoice with ${moneyText(line.paidMinor, payment.currency)} has a number like ${line.invoiceNumber}`
  return another === undefined ? only : `${line.invoiceNumber} is like several invoice numbers`
}

/** The references to repair: the lines with amounts, or each word of a text with all the money. */
function referencesOf(
  { lines, hasAmounts, payment }: CashCase,
  words: readonly string[],
): GivenLine[] {
  if (hasAmounts) return [...lines]
  const [bare] = words.map((invoiceNumber) => ({
    ...{ invoiceNumber, paidMinor: payment.unappliedMinor },
    ...{ discountMinor: 0, deductionMinor: 0, creditsTaken: [] },
  }))
  return bare === undefined ? [] : [bare]
}

/** Pass 4: what is named is no open invoice, but one edit, swap or prefix away from one with the same amount. */
export function repairedReference(facts: CashCase, words: readonly string[]): PassOutcome {
  const references = referencesOf(facts, words)
  if (references.length === 0) return notMatched('there is no reference to repair')
  const repairs = references.map((line) => repairLine(line, facts))
  const failed = repairs.find((repair) => typeof repair === 'string')
  if (typeof failed === 'string') return notMatched(failed)
  const found = repairs.filter((repair) => typeof repair !== 'string')
  const isTwice = new Set(found.map(({ item }) => item.invoiceId)).size < found.length
  const total = sumMinor(found.map(({ line }) => line.paidMinor))
  if (isTwice || total !== facts.payment.unappliedMinor)
    return notMatched('the repaired references do not come to the payment')
  const settle = openSettling(facts)
  const puts = found.flatMap(({ line, item }) => {
    const settled = settle(line, item)
    return typeof settled === 'string' ? [] : [{ line, item, settled }]
  })
  const repaired = found.filter(({ how }) => how !== 'exact')
  const taken = repaired.find(({ line }) => facts.existingNumbers.has(line.invoiceNumber))
  const text = repaired
    .map(({ line, item, how }) => `${line.invoiceNumber} read as ${item.invoiceNumber} (${how})`)
    .join(', ')
  const candidate = candidateFrom(facts, puts, {
    ...{ pass: 4, kind: 'repaired-reference' },
    text: `${text}; the amount is the same.`,
  })
  const onlyProposedBecause =
    taken === undefined ? undefined : `An invoice ${taken.line.invoiceNumber} exists as well.`
  return {
    status: 'matched',
    candidate:
      onlyProposedBecause === undefined ? candidate : { ...candidate, onlyProposedBecause },
  }
}
