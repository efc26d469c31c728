import { divideDecimal, type MinorUnits } from '../../canonical/money.ts'

/** What became of one payment, for the figures. */
export type PaymentOutcome = {
  readonly amountMinor: MinorUnits
  readonly unappliedMinor: MinorUnits
  /** Lines of its remittance; at least one. */
  readonly lines: number
  /** Lines whose invoices got money without a person. */
  readonly linesByRule: number
  readonly appliedByRuleMinor: MinorUnits
  /** From receipt to the last cent being matched; absent while some is not. */
  readonly secondsToApply?: number | undefined
  /** Days since booking, of money not matched. */
  readonly ageDays: number
}

/** How often applied money was put right by a person. */
export type ApplicationCounts = { readonly applied: number; readonly takenBackByPerson: number }

/** The figures of cash application (domain rules 3.5): rates in percent with two decimals, null without anything to count. */
export type CashFigures = {
  readonly payments: number
  readonly paymentRate: string | null
  readonly paymentRateByValue: string | null
  readonly invoiceLines: number
  readonly invoiceLineRate: string | null
  readonly medianSecondsToApply: number | null
  readonly p95SecondsToApply: number | null
  readonly unappliedMinor: MinorUnits
  readonly unappliedByAge: readonly {
    readonly bucket: string
    readonly amountMinor: MinorUnits
    readonly payments: number
  }[]
  readonly wrongApplicationRate: string | null
}

function rate(part: number, whole: number): string | null {
  return whole === 0 ? null : divideDecimal(String(part * 100), String(whole), 2)
}

function percentile(sorted: readonly number[], percent: number): number | null {
  const place = Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)
  return sorted[place] ?? null
}

const buckets = [
  { bucket: '0-7 days', upTo: 7 },
  { bucket: '8-30 days', upTo: 30 },
  { bucket: '31-60 days', upTo: 60 },
  { bucket: 'over 60 days', upTo: Number.POSITIVE_INFINITY },
]

function ageing(outcomes: readonly PaymentOutcome[]): CashFigures['unappliedByAge'] {
  const open = outcomes.filter((outcome) => outcome.unappliedMinor !== 0)
  return buckets.map(({ bucket, upTo }, place) => {
    const over = buckets[place - 1]?.upTo ?? -1
    const inBucket = open.filter(({ ageDays }) => Math.max(0, ageDays) > over && ageDays <= upTo)
    const amountMinor = inBucket.reduce((sum, one) => sum + one.unappliedMinor, 0)
    return { bucket, amountMinor, payments: inBucket.length }
  })
}

/** Works out the figures of payments of one currency: whole payments, their value, invoice lines, time, age of what is left. */
export function cashFigures(
  outcomes: readonly PaymentOutcome[],
  { applied, takenBackByPerson }: ApplicationCounts,
): CashFigures {
  const sum = (of: (outcome: PaymentOutcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0)
  const isByRule = (outcome: PaymentOutcome) => outcome.appliedByRuleMinor === outcome.amountMinor
  const seconds = outcomes
    .flatMap((outcome) => outcome.secondsToApply ?? [])
    .toSorted((a, b) => a - b)
  const lines = sum((outcome) => outcome.lines)
  return {
    payments: outcomes.length,
    paymentRate: rate(outcomes.filter(isByRule).length, outcomes.length),
    paymentRateByValue: rate(
      sum((outcome) => outcome.appliedByRuleMinor),
      sum((outcome) => outcome.amountMinor),
    ),
    invoiceLines: lines,
    invoiceLineRate: rate(
      sum((outcome) => outcome.linesByRule),
      lines,
    ),
    medianSecondsToApply: percentile(seconds, 50),
    p95SecondsToApply: percentile(seconds, 95),
    unappliedMinor: sum((outcome) => outcome.unappliedMinor),
    unappliedByAge: ageing(outcomes),
    wrongApplicationRate: rate(takenBackByPerson, applied),
  }
}
