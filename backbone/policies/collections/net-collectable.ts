import type { Evidence } from '../../canonical/decision.ts'
import {
  type Currency,
  type MinorUnits,
  minorFromText,
  moneyText,
  sumMinor,
} from '../../canonical/money.ts'
import type { ClaimRow } from './ledger.ts'
import type { CollectionsSettings } from './settings.ts'

/** What may be asked for, and how it came about. */
export type NetCollectable = {
  readonly openMinor: MinorUnits
  readonly disputedMinor: MinorUnits
  readonly promisedMinor: MinorUnits
  readonly unappliedMinor: MinorUnits
  readonly creditsMinor: MinorUnits
  /** Below zero when there is more of the customer's money than is claimed. */
  readonly netMinor: MinorUnits
  readonly isWorthwhile: boolean
  readonly evidence: readonly Evidence[]
}

/**
 * Open less disputed, promised, unapplied cash and open credits (domain rules 3.4). The rows are those of one
 * customer and one currency; each open amount is subtracted once.
 */
export function netCollectable(
  rows: readonly ClaimRow[],
  {
    unappliedMinor,
    creditsMinor,
    currency,
  }: { unappliedMinor: MinorUnits; creditsMinor: MinorUnits; currency: Currency },
  { minimumCollectable }: Pick<CollectionsSettings, 'minimumCollectable'>,
): NetCollectable {
  const openMinor = sumMinor(rows.map((row) => row.openMinor))
  const disputedMinor = sumMinor(rows.map((row) => row.disputedMinor))
  const promisedMinor = sumMinor(rows.map((row) => row.promisedMinor))
  const netMinor = openMinor - disputedMinor - promisedMinor - unappliedMinor - creditsMinor
  const minimumMinor = minorFromText(minimumCollectable, currency)
  const isWorthwhile = netMinor > 0 && netMinor >= minimumMinor
  const text = (minor: MinorUnits) => moneyText(minor, currency)
  return {
    openMinor,
    disputedMinor,
    promisedMinor,
    unappliedMinor,
    creditsMinor,
    netMinor,
    isWorthwhile,
    evidence: [
      {
        weighs: isWorthwhile ? 'for' : 'against',
        text: `Net collectable is ${text(netMinor)}: ${text(openMinor)} open, less ${text(disputedMinor)} disputed, ${text(unappliedMinor)} unapplied cash, ${text(creditsMinor)} credits and ${text(promisedMinor)} promised.`,
        values: { openMinor, disputedMinor, unappliedMinor, creditsMinor, promisedMinor, netMinor },
      },
      ...(isWorthwhile
        ? []
        : [
            {
              weighs: 'against' as const,
              text: `That is below the least amount we dun for, ${text(minimumMinor)}.`,
              values: { minimumMinor },
            },
          ]),
    ],
  }
}
