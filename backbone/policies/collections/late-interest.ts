import { addDays } from '../../canonical/calendar.ts'
import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import type { Customer } from '../../canonical/master-data.ts'
import {
  type Currency,
  type DecimalText,
  divideDecimal,
  type MinorUnits,
  moneyText,
  multiplyDecimal,
  sumDecimal,
} from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import { daysBetween } from './ledger.ts'
import type { LatePaymentLaw, RateMethod, ReferenceRate } from './legal-interest.ts'
import type { CollectionsSettings } from './settings.ts'

/** A debt that was paid, or is looked at, after its due date; the amount includes VAT. */
export type LateDebt = {
  readonly invoiceNumber: string
  readonly currency: Currency
  readonly amountMinor: MinorUnits
  readonly dueOn: IsoDate
  /** The day of payment, or the day it is looked at. */
  readonly until: IsoDate
  readonly legalKind: Customer['legalKind']
  readonly country?: string
}

/** A stretch of days at one rate. */
export type InterestPart = {
  readonly from: IsoDate
  readonly to: IsoDate
  readonly days: number
  readonly ratePercent: DecimalText
}

/** Interest and fixed sum for a late debt, and why; or why none. */
export type LateInterest = PolicyDecision<
  | 'off'
  | 'not-late'
  | 'treated-as-consumer'
  | 'no-law'
  | 'no-rate'
  | 'statutory-interest'
  | 'contract-interest'
> & {
  readonly days: number
  readonly parts: readonly InterestPart[]
  readonly interestMinor: MinorUnits
  readonly fixedMinor: MinorUnits
}

/** Simple interest, actual/365 fixed, rounded once at the end (domain rules 3.4). */
export function simpleInterestMinor(
  amountMinor: MinorUnits,
  parts: readonly Pick<InterestPart, 'days' | 'ratePercent'>[],
): MinorUnits {
  const percentDays = sumDecimal(
    parts.map(({ days, ratePercent }) => multiplyDecimal(ratePercent, String(days))),
  )
  return Number(divideDecimal(multiplyDecimal(String(amountMinor), percentDays), '36500', 0))
}

/** The rate of a half-year by its first day; the one of another half-year says nothing about it. */
function rateOf(
  halfYear: IsoDate,
  law: LatePaymentLaw,
  rates: readonly ReferenceRate[],
): DecimalText | undefined {
  const reference = rates.find(({ series, from }) => series === law.series && from === halfYear)
  return reference && sumDecimal([reference.percent, law.marginPercent])
}

const halfYearStart = (day: IsoDate): IsoDate =>
  `${day.slice(0, 4)}-${day.slice(5, 7) < '07' ? '01' : '07'}-01`

const nextHalfYear = (day: IsoDate): IsoDate =>
  day.slice(5, 7) < '07' ? `${day.slice(0, 4)}-07-01` : `${Number(day.slice(0, 4)) + 1}-01-01`

type Stretch = { readonly from: IsoDate; readonly to: IsoDate; readonly halfYear: IsoDate }

/** Interest runs from the day after the due date; the day of payment counts. */
function stretches(dueOn: IsoDate, until: IsoDate, method: RateMethod): Stretch[] {
  const from = addDays(dueOn, 1)
  if (method === 'rate-at-due-date') return [{ from, to: until, halfYear: halfYearStart(dueOn) }]
  if (method === 'rate-at-payment') return [{ from, to: until, halfYear: halfYearStart(until) }]
  const found: Stretch[] = []
  for (let start = from; start <= until; ) {
    const next = nextHalfYear(start)
    const to = next > until ? until : addDays(next, -1)
    found.push({ from: start, to, halfYear: halfYearStart(start) })
    start = next
  }
  return found
}

/** The days of a debt by the rate that holds for them; nothing when a rate is missing. */
function interestParts(
  debt: Pick<LateDebt, 'dueOn' | 'until'>,
  law: LatePaymentLaw,
  rates: readonly ReferenceRate[],
): InterestPart[] | undefined {
  const parts = stretches(debt.dueOn, debt.until, law.method).flatMap(({ from, to, halfYear }) => {
    const ratePercent = rateOf(halfYear, law, rates)
    return ratePercent === undefined
      ? []
      : [{ from, to, days: daysBetween(from, to) + 1, ratePercent }]
  })
  const covered = parts.reduce((sum, { days }) => sum + days, 0)
  return covered === daysBetween(debt.dueOn, debt.until) ? parts : undefined
}

type Tables = {
  readonly laws: readonly LatePaymentLaw[]
  readonly rates: readonly ReferenceRate[]
}

type Found = {
  kind: LateInterest['kind']
  text: string
  parts?: readonly InterestPart[]
  fixedMinor?: MinorUnits
  source?: string
}

function lawFor(debt: LateDebt, laws: readonly LatePaymentLaw[]): LatePaymentLaw | undefined {
  return laws.find(
    (law) =>
      law.country === debt.country &&
      law.currency === debt.currency &&
      law.from <= debt.dueOn &&
      (law.to === undefined || debt.dueOn < law.to),
  )
}

function statutory(debt: LateDebt, tables: Tables, usesUncheckedRates: boolean): Found {
  const law = lawFor(debt, tables.laws)
  if (law === undefined)
    return {
      kind: 'no-law',
      text: `There is no contract rate, and no law on file for ${debt.country ?? 'an unknown country'} in ${debt.currency}.`,
    }
  const rates = tables.rates.filter(({ isChecked }) => isChecked || usesUncheckedRates)
  const parts = interestParts(debt, law, rates)
  if (parts === undefined)
    return {
      kind: 'no-rate',
      text: `The reference rate (${law.series}) is not on file, or not checked, for every day from ${debt.dueOn} to ${debt.until}.`,
      source: law.source,
    }
  const { fixedMinor, marginPercent, source } = law
  return {
    kind: 'statutory-interest',
    text: `${law.country}: reference rate plus ${marginPercent} points, ${law.method}, and ${moneyText(fixedMinor, law.currency)} fixed.`,
    parts,
    fixedMinor,
    source,
  }
}

function find(debt: LateDebt, settings: CollectionsSettings, tables: Tables): Found {
  const { isAllowed, contractRatePercent, usesUncheckedRates } = settings.lateFees
  if (!isAllowed)
    return { kind: 'off', text: 'Late fees are not allowed by policy; none is worked out.' }
  if (debt.until <= debt.dueOn)
    return { kind: 'not-late', text: `It was due on ${debt.dueOn}: it is not late.` }
  const isBusiness = debt.legalKind === 'business' || debt.legalKind === 'public-body'
  if (!isBusiness || debt.country === undefined)
    return {
      kind: 'treated-as-consumer',
      text: 'A customer of unknown kind or country is treated as a consumer: no late fee.',
    }
  if (contractRatePercent === undefined) return statutory(debt, tables, usesUncheckedRates)
  const from = addDays(debt.dueOn, 1)
  const days = daysBetween(debt.dueOn, debt.until)
  return {
    kind: 'contract-interest',
    text: `The contract says ${contractRatePercent} % a year.`,
    parts: [{ from, to: debt.until, days, ratePercent: contractRatePercent }],
  }
}

/**
 * Interest and fixed sum for late payment, by contract or by the dated tables of law. Off unless the tenant
 * allows it; never for consumers, nor for customers of unknown kind or country.
 */
export function lateInterest(
  debt: LateDebt,
  { settings, version }: PolicyInForce<CollectionsSettings>,
  tables: Tables,
): LateInterest {
  const { kind, text, parts = [], fixedMinor = 0, source } = find(debt, settings, tables)
  const interestMinor = simpleInterestMinor(debt.amountMinor, parts)
  const isDue = parts.length > 0
  const amountMinor = interestMinor + fixedMinor
  const steps = parts.map(
    ({ from, to, days, ratePercent }): Evidence => ({
      weighs: 'note',
      text: `${days} days from ${from} to ${to} at ${ratePercent} % a year, actual/365.`,
      values: { days, ratePercent },
    }),
  )
  return {
    decision: isDue ? 'propose' : 'refuse',
    kind,
    days: Math.max(0, daysBetween(debt.dueOn, debt.until)),
    parts,
    interestMinor,
    fixedMinor,
    ...(isDue ? { money: { amountMinor, currency: debt.currency } } : {}),
    evidence: [
      { weighs: isDue ? 'for' : 'against', text, ...(source === undefined ? {} : { source }) },
      ...steps,
    ],
    alternatives: [],
    policyVersion: version,
  }
}
