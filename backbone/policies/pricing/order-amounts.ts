import { groupBy } from '../../canonical/group-by.ts'
import {
  allocateMinor,
  type DecimalText,
  type MinorUnits,
  percentOfMinor,
  type RoundingMode,
  sumMinor,
} from '../../canonical/money.ts'

/** An amount to tax. */
export type Taxable = {
  readonly amountMinor: MinorUnits
  readonly ratePercent: DecimalText
  readonly jurisdiction: string
}

/**
 * The tax on amounts, rounded for every line or once for each jurisdiction and rate: a partner's own books
 * round one way or the other, and ours must round the same (domain rules 3.1.1, P5).
 */
export function taxMinor(
  amounts: readonly Taxable[],
  point: 'line' | 'group',
  mode: RoundingMode = 'half-up',
): MinorUnits {
  if (point === 'line')
    return sumMinor(
      amounts.map(({ amountMinor, ratePercent }) => percentOfMinor(amountMinor, ratePercent, mode)),
    )
  const groups = groupBy(
    amounts,
    ({ jurisdiction, ratePercent }) => `${jurisdiction}|${ratePercent}`,
  )
  return sumMinor(
    [...groups.values()].map((group) =>
      percentOfMinor(
        sumMinor(group.map(({ amountMinor }) => amountMinor)),
        group[0]?.ratePercent ?? '0',
        mode,
      ),
    ),
  )
}

/** A line's part of an order-level amount. */
export type LineShare = { readonly line: string; readonly amountMinor: MinorUnits }

const byLineNumber = (a: LineShare, b: LineShare) =>
  a.line.localeCompare(b.line, 'en', { numeric: true })

/**
 * Splits an order-level discount over the lines by largest remainder, so that the cents sum exactly: only lines
 * with a positive amount take part, ties go to the lower line number. Undefined when no line can take any.
 */
export function allocateDiscount(
  discountMinor: MinorUnits,
  lines: readonly LineShare[],
): LineShare[] | undefined {
  const eligible = lines.filter(({ amountMinor }) => amountMinor > 0).sort(byLineNumber)
  if (eligible.length === 0) return undefined
  const parts = allocateMinor(
    discountMinor,
    eligible.map(({ amountMinor }) => amountMinor),
  )
  return eligible.map(({ line }, index) => ({ line, amountMinor: parts[index] ?? 0 }))
}
