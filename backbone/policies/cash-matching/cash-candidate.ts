import { createHash } from 'node:crypto'
import type { Evidence } from '../../canonical/decision.ts'
import { type MinorUnits, sumMinor } from '../../canonical/money.ts'
import type { CashApplication, DeductionDraft } from '../../canonical/payment.ts'

/** The eight ways in which money finds its invoices, in the order they are tried (domain rules 3.5). */
export const passNames = [
  'exact reference and amount',
  'reference and allowed difference',
  'remittance list sums to the payment',
  'repaired reference with the same amount',
  'single open invoice with the amount',
  'unique sum of open invoices',
  'oldest first',
  'unapplied',
] as const

/** The kinds of matches, one a pass, and what stops a payment before them. */
export type CashKind =
  | 'exact'
  | 'allowed-difference'
  | 'over-payment'
  | 'remittance-list'
  | 'repaired-reference'
  | 'single-amount'
  | 'subset-sum'
  | 'oldest-first'
  | 'unapplied'
  | 'duplicate-payment'
  | 'remittance-mismatch'

/** Invoices that money can be put to, made by code: a person chooses it by its id. */
export type CashCandidate = {
  /** Stable for the same invoices and amounts. */
  readonly candidateId: string
  readonly pass: number
  readonly kind: CashKind
  readonly confidencePercent: number
  readonly text: string
  readonly applications: readonly CashApplication[]
  readonly deductions: readonly DeductionDraft[]
  readonly evidence: readonly Evidence[]
  /** Why it may not be posted by itself although its pass may. */
  readonly onlyProposedBecause?: string
}

/** What came of one pass. */
export type PassOutcome =
  | { readonly status: 'matched'; readonly candidate: CashCandidate }
  | {
      readonly status: 'not-matched'
      readonly why: string
      /** What it found all the same, for a person to choose from. */
      readonly candidates?: readonly CashCandidate[]
    }

/** Says that a pass found nothing. */
export function notMatched(why: string, candidates: readonly CashCandidate[] = []): PassOutcome {
  return { status: 'not-matched', why, candidates }
}

/** The money an amount of applications takes off the payment. */
export function takenMinor(applications: readonly CashApplication[]): MinorUnits {
  return sumMinor(applications.map((application) => application.takenMinor))
}

/** Makes a candidate; its id follows from what it would do. */
export function candidateOf(draft: Omit<CashCandidate, 'candidateId'>): CashCandidate {
  const parts = draft.applications.map(
    ({ invoiceId, appliedMinor, discountMinor, writeOffMinor, feeMinor }) =>
      [invoiceId, appliedMinor, discountMinor, writeOffMinor, feeMinor].join(':'),
  )
  const print = createHash('sha256').update(parts.toSorted().join('+')).digest('hex').slice(0, 16)
  return { candidateId: `${draft.kind}:${print}`, ...draft }
}

/** Invoice numbers as a sentence lists them, the first few by name. */
export function listed(numbers: readonly string[]): string {
  const shown = numbers.slice(0, 6)
  const rest = numbers.length - shown.length
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`
}
