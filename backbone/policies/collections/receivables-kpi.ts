import { type DecimalText, divideDecimal, type MinorUnits } from '../../canonical/money.ts'

/** What the figures of a period are worked out from, in one currency. */
export type ReceivablesPeriod = {
  readonly days: number
  /** Open at the end of the period, and what of it was not past due. */
  readonly endMinor: MinorUnits
  readonly endCurrentMinor: MinorUnits
  /** Open when the period began. */
  readonly beginMinor: MinorUnits
  /** Sold on credit within the period. */
  readonly salesMinor: MinorUnits
}

/** How long money stays outside and how much of what could be collected was; null where there is nothing to divide by. */
export type ReceivablesKpi = {
  /** Days sales outstanding. */
  readonly dso: DecimalText | null
  /** Best possible: as if nothing were late. */
  readonly bestPossibleDso: DecimalText | null
  /** Average days delinquent: DSO less the best possible. */
  readonly averageDaysDelinquent: DecimalText | null
  /** Collection effectiveness index, percent. */
  readonly collectionEffectiveness: DecimalText | null
}

function ratio(numerator: number, denominator: number, factor: number): DecimalText | null {
  if (denominator === 0) return null
  const exact = BigInt(numerator) * BigInt(factor)
  return divideDecimal(String(exact), String(denominator), 1)
}

/** DSO, best possible DSO, average days delinquent and collection effectiveness, to one decimal (domain rules 3.4). */
export function receivablesKpi(period: ReceivablesPeriod): ReceivablesKpi {
  const { days, endMinor, endCurrentMinor, beginMinor, salesMinor } = period
  return {
    dso: ratio(endMinor, salesMinor, days),
    bestPossibleDso: ratio(endCurrentMinor, salesMinor, days),
    averageDaysDelinquent: ratio(endMinor - endCurrentMinor, salesMinor, days),
    collectionEffectiveness: ratio(
      beginMinor + salesMinor - endMinor,
      beginMinor + salesMinor - endCurrentMinor,
      100,
    ),
  }
}
