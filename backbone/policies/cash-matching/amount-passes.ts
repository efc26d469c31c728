import { addDays } from '../../canonical/calendar.ts'
import { type MinorUnits, moneyText } from '../../canonical/money.ts'
import {
  type CashCandidate,
  candidateOf,
  listed,
  notMatched,
  type PassOutcome,
} from './cash-candidate.ts'
import { bareLine, type CashCase, openSettling } from './cash-case.ts'
import type { OpenItem } from './cash-facts.ts'
import { isDiscountEarned } from './settle-item.ts'
import { subsetSums } from './subset-sum.ts'

type Part = { readonly item: OpenItem; readonly paidMinor: MinorUnits }

type Draft = Pick<CashCandidate, 'pass' | 'kind' | 'text'> & {
  readonly onlyProposedBecause?: string
}

function candidateFrom(facts: CashCase, parts: readonly Part[], draft: Draft): CashCandidate {
  const settle = openSettling(facts)
  const settled = parts.flatMap(({ item, paidMinor }) => {
    const result = settle(bareLine(item.invoiceNumber, paidMinor), item)
    return typeof result === 'string' ? [] : [{ item, result }]
  })
  return candidateOf({
    ...draft,
    confidencePercent: facts.settings.confidencePercent[draft.pass - 1] ?? 0,
    applications: settled.map(({ result }) => result.application),
    // Nobody claimed anything: what is short here simply stays open.
    deductions: [],
    evidence: settled.map(({ item, result }) => ({
      weighs: 'for' as const,
      text: `${item.invoiceNumber}, due ${item.dueOn}, has ${moneyText(item.openMinor, item.currency)} open and gets ${moneyText(result.application.appliedMinor, item.currency)}.`,
      source: `invoice:${item.invoiceNumber}`,
      values: { openMinor: item.openMinor, appliedMinor: result.application.appliedMinor },
    })),
  })
}

/** Why matches by amount alone cannot be: the payer must be known. */
function unknownPayer({ payer }: CashCase): string | undefined {
  return payer.customerNumber === undefined ? 'who paid is not known' : undefined
}

/** The payer named invoices: a match by amount alone goes against its own words. */
function contradiction({ lines, payment }: CashCase): { onlyProposedBecause?: string } {
  const named = lines[0]?.invoiceNumber ?? payment.remittance[0]?.invoiceNumber
  return named === undefined
    ? {}
    : { onlyProposedBecause: `The payer named ${named}; this match goes by the amount alone.` }
}

const numbersOf = (items: readonly OpenItem[]) => items.map((item) => item.invoiceNumber)

/** What an invoice costs the payer on the day the money was booked, its earned discount taken off. */
function netMinor(item: OpenItem, { payment, settings }: CashCase): MinorUnits {
  const isEarned = isDiscountEarned(item, payment.bookedOn, settings)
  return isEarned ? item.openMinor - item.discountMinor : item.openMinor
}

/** Pass 5: exactly one open invoice of the payer has the amount, its earned discount counted. */
export function singleAmount(facts: CashCase): PassOutcome {
  const unknown = unknownPayer(facts)
  if (unknown !== undefined) return notMatched(unknown)
  const { payment, payable } = facts
  const amountMinor = payment.unappliedMinor
  const fitting = payable.filter(
    (item) => item.openMinor === amountMinor || netMinor(item, facts) === amountMinor,
  )
  const [item, another] = fitting
  const text = (one: OpenItem) => `Only the amount fits: ${one.invoiceNumber}.`
  const draftOf = (one: OpenItem) =>
    candidateFrom(facts, [{ item: one, paidMinor: amountMinor }], {
      ...{ pass: 5, kind: 'single-amount', text: text(one) },
      ...contradiction(facts),
    })
  if (item === undefined)
    return notMatched(
      `none of the payer's ${payable.length} open invoices has ${moneyText(amountMinor, payment.currency)}`,
    )
  if (another !== undefined)
    return notMatched(
      `${fitting.length} open invoices have this amount: ${listed(numbersOf(fitting))}`,
      fitting.map(draftOf),
    )
  return { status: 'matched', candidate: draftOf(item) }
}

type Narrowed = { readonly items: readonly OpenItem[]; readonly isNarrowed: boolean }

/** The items among which a sum is searched. What is larger than the money cannot be in a sum; dates narrow the rest only when they must. */
function narrowed({ payable, payment, settings }: CashCase): Narrowed {
  const items = payable.filter((item) => item.openMinor <= payment.unappliedMinor)
  if (items.length <= settings.subsetMostItems) return { items, isNarrowed: false }
  const latest = addDays(payment.bookedOn, settings.subsetDueWithinDays)
  const due = items.filter((item) => item.invoicedOn <= payment.bookedOn && item.dueOn <= latest)
  return { items: due, isNarrowed: true }
}

/** The items due up to some day and no other, if they come to the amount. */
function dueSet(
  items: readonly OpenItem[],
  targetMinor: MinorUnits,
): readonly OpenItem[] | undefined {
  let sum = 0
  for (const [place, item] of items.entries()) {
    sum += item.openMinor
    if (sum > targetMinor) return undefined
    if (sum < targetMinor) continue
    const next = items[place + 1]
    return next?.dueOn === item.dueOn ? undefined : items.slice(0, place + 1)
  }
  return undefined
}

function sumCandidate(facts: CashCase, items: readonly OpenItem[], why?: string): CashCandidate {
  const contradicted = contradiction(facts)
  return candidateFrom(
    facts,
    items.map((item) => ({ item, paidMinor: item.openMinor })),
    {
      ...{ pass: 6, kind: 'subset-sum' },
      text: `${items.length} open invoices add up to the payment: ${listed(numbersOf(items))}.`,
      ...(why === undefined ? contradicted : { onlyProposedBecause: why }),
    },
  )
}

/** Pass 6: exactly one set of the payer's open invoices adds up to the payment. Two sets are none. */
export function subsetSum(facts: CashCase): PassOutcome {
  const unknown = unknownPayer(facts)
  if (unknown !== undefined) return notMatched(unknown)
  const { payment, settings } = facts
  const { items, isNarrowed } = narrowed(facts)
  if (items.length > settings.subsetMostItems)
    return notMatched(
      `${items.length} open invoices come into question, a sum is searched among ${settings.subsetMostItems}`,
    )
  const found = subsetSums(
    items.map((item) => item.openMinor),
    payment.unappliedMinor,
  ).map((places) => places.flatMap((place) => items[place] ?? []))
  const [first, second] = found
  const amount = moneyText(payment.unappliedMinor, payment.currency)
  if (first === undefined)
    return notMatched(`no sum of ${items.length} open invoices comes to ${amount}`)
  const narrowing = isNarrowed
    ? 'Invoices not due yet were left out of the search: there may be other sums.'
    : undefined
  if (second === undefined)
    return { status: 'matched', candidate: sumCandidate(facts, first, narrowing) }
  const byDate =
    settings.subsetTieBreak === 'due-dates' ? dueSet(items, payment.unappliedMinor) : undefined
  if (byDate !== undefined)
    return { status: 'matched', candidate: sumCandidate(facts, byDate, narrowing) }
  return notMatched(
    `more than one set of open invoices comes to ${amount}`,
    found.map((set) => sumCandidate(facts, set)),
  )
}

function oldestParts(facts: CashCase): Part[] {
  let leftMinor = facts.payment.unappliedMinor
  const parts: Part[] = []
  for (const item of facts.payable) {
    const paidMinor = Math.min(leftMinor, item.openMinor)
    if (paidMinor <= 0) break
    parts.push({ item, paidMinor })
    leftMinor -= paidMinor
  }
  return parts
}

/** Pass 7: money without a reference pays the oldest invoices first, where the customer's policy says so. */
export function oldestFirst(facts: CashCase): PassOutcome {
  const unknown = unknownPayer(facts)
  if (unknown !== undefined) return notMatched(unknown)
  const parts = oldestParts(facts)
  if (parts.length === 0) return notMatched('nothing of the payer is open')
  const text = `Pays the oldest first: ${listed(numbersOf(parts.map((part) => part.item)))}.`
  const isAgreed = facts.settings.onAccount === 'oldest-first'
  const candidate = candidateFrom(facts, parts, {
    pass: isAgreed ? 7 : 8,
    ...{ kind: 'oldest-first', text },
  })
  if (!isAgreed) return notMatched('paying on account is not agreed with the payer', [candidate])
  if (facts.lines.length > 0 || facts.hasAmounts)
    return notMatched('the payment names invoices, so it is not on account', [candidate])
  return { status: 'matched', candidate }
}

/** The open invoices whose amount is nearest to the money, for a person to look at. */
export function nearestItems(facts: CashCase): CashCandidate[] {
  const { payment, payable, settings } = facts
  const distance = (item: OpenItem) => Math.abs(item.openMinor - payment.unappliedMinor)
  return payable
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, settings.mostCandidates)
    .map((item) =>
      candidateFrom(
        facts,
        [{ item, paidMinor: Math.min(item.openMinor, payment.unappliedMinor) }],
        {
          ...{ pass: 8, kind: 'unapplied' },
          text: `${item.invoiceNumber} has ${moneyText(item.openMinor, item.currency)} open, ${moneyText(distance(item), item.currency)} away from the money.`,
        },
      ),
    )
}
