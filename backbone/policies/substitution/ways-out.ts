import type { IsoDate } from '../../canonical/document.ts'
import {
  type Currency,
  type DecimalText,
  type MinorUnits,
  multiplyDecimal,
  percentOfMinor,
  sumMinor,
} from '../../canonical/money.ts'
import type { SubstitutionSettings } from './substitution-policy.ts'

/** What may be done about a line that cannot be delivered in time as ordered. */
type WayKind = 'split' | 'substitute' | 'mixed' | 'backorder'

/** One way out and what goes into its cost. */
export type WayFacts = {
  readonly kind: WayKind
  /** The value the lateness or the change bears on, in minor units. */
  readonly lateValueMinor: MinorUnits
  readonly swappedValueMinor: MinorUnits
  /** Days late; null when nobody knows when the goods come. */
  readonly daysLate: number | null
  readonly extraShipments: number
  readonly lostMarginMinor: MinorUnits
  readonly completeOn?: IsoDate
  /** Why it cannot be taken at all. */
  readonly barred?: string
}

/** A way out with its cost; null where something it depends on is not known. */
export type WayOut = WayFacts & { readonly costMinor: MinorUnits | null }

type CostSettings = Pick<
  SubstitutionSettings,
  'latenessPercentPerDay' | 'frictionPercent' | 'extraShipmentMinor'
>

function costOf(way: WayFacts, currency: Currency, settings: CostSettings): MinorUnits | null {
  if (way.daysLate === null) return null
  const perShipment = settings.extraShipmentMinor[currency]
  if (way.extraShipments > 0 && perShipment === undefined) return null
  const latePercent: DecimalText = multiplyDecimal(
    settings.latenessPercentPerDay,
    String(way.daysLate),
  )
  return sumMinor([
    way.lostMarginMinor,
    (perShipment ?? 0) * way.extraShipments,
    percentOfMinor(way.lateValueMinor, latePercent),
    percentOfMinor(way.swappedValueMinor, settings.frictionPercent),
  ])
}

const orderOfWays: readonly WayKind[] = ['split', 'mixed', 'substitute', 'backorder']

/**
 * Split, substitute or wait (domain rules 3.2): what each costs, the cheapest that may be taken first. A
 * partner who takes one shipment only gets no split.
 */
export function compareWays(
  ways: readonly WayFacts[],
  {
    currency,
    isShipComplete,
    settings,
  }: { currency: Currency; isShipComplete: boolean; settings: CostSettings },
): WayOut[] {
  return ways
    .map((way): WayOut => {
      const isSplitUp = isShipComplete && way.extraShipments > 0 && way.barred === undefined
      return {
        ...way,
        costMinor: way.barred === undefined ? costOf(way, currency, settings) : null,
        ...(isSplitUp ? { barred: 'the order leaves in one shipment' } : {}),
      }
    })
    .sort(
      (a, b) =>
        Number(a.barred !== undefined) - Number(b.barred !== undefined) ||
        (a.costMinor ?? Number.MAX_SAFE_INTEGER) - (b.costMinor ?? Number.MAX_SAFE_INTEGER) ||
        orderOfWays.indexOf(a.kind) - orderOfWays.indexOf(b.kind),
    )
}
