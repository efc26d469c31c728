import type { Evidence } from '../../canonical/decision.ts'
import {
  type Currency,
  type DecimalText,
  divideDecimal,
  type MinorUnits,
  minorFromText,
  moneyText,
  multiplyDecimal,
  subtractDecimal,
} from '../../canonical/money.ts'
import type { Bucket } from './ageing.ts'
import type { CollectionsSettings } from './settings.ts'

/** Own experience with a segment and age of debt: cases, and how many of them paid within 14 days. */
export type OwnOdds = {
  readonly segment: string
  readonly bucket: Bucket
  readonly contactedTrials: number
  readonly contactedPaid: number
  readonly leftAloneTrials: number
  readonly leftAlonePaid: number
}

/** What a contact is expected to bring, less what it costs: the order of the worklist. */
export type Priority = {
  readonly valueMinor: MinorUnits
  readonly leftAlone: DecimalText
  readonly contacted: DecimalText
  readonly evidence: readonly Evidence[]
}

// (k + 1) / (n + 2): a few lucky cases do not make a certainty.
const smoothed = (paid: number, trials: number): DecimalText =>
  divideDecimal(String(paid + 1), String(trials + 2), 6)

type Chances = { leftAlone: DecimalText; contacted: DecimalText; from: string }

function chancesOf(
  { segment, bucket }: { segment: string; bucket: Bucket },
  odds: readonly OwnOdds[],
  { leastOwnCases, coldStart, fallbackSegment }: CollectionsSettings,
): Chances {
  const own = odds.find((known) => known.segment === segment && known.bucket === bucket)
  if (
    own !== undefined &&
    own.contactedTrials >= leastOwnCases &&
    own.leftAloneTrials >= leastOwnCases
  )
    return {
      leftAlone: smoothed(own.leftAlonePaid, own.leftAloneTrials),
      contacted: smoothed(own.contactedPaid, own.contactedTrials),
      from: `${own.contactedTrials} own cases with a contact and ${own.leftAloneTrials} without`,
    }
  const known = [segment, fallbackSegment].flatMap((wanted) =>
    coldStart.filter((chance) => chance.segment === wanted && chance.bucket === bucket),
  )
  const { leftAlone = '0', contacted = '0' } = known[0] ?? {}
  return { leftAlone, contacted, from: 'the starting table, for want of own cases' }
}

const percentText = (share: DecimalText): string => `${multiplyDecimal(share, '100')} %`

/**
 * Expected gain of a contact (domain rules 3.4): what may be asked for × how much more likely it is paid within
 * 14 days × urgency − what the contact costs. The biggest balance is not always first.
 */
export function priorityOf(
  facts: {
    readonly netMinor: MinorUnits
    readonly currency: Currency
    readonly segment: string
    readonly bucket: Bucket
    /** Why it is urgent; empty when it is not. */
    readonly urgentBecause: readonly string[]
  },
  odds: readonly OwnOdds[],
  settings: CollectionsSettings,
): Priority {
  const { netMinor, currency, urgentBecause } = facts
  const { leftAlone, contacted, from } = chancesOf(facts, odds, settings)
  const urgency = urgentBecause.length > 0 ? settings.urgencyFactor : '1'
  const gain = multiplyDecimal(
    multiplyDecimal(String(netMinor), subtractDecimal(contacted, leftAlone)),
    urgency,
  )
  const costMinor = minorFromText(settings.contactCost, currency)
  const valueMinor = Number(divideDecimal(gain, '1', 0)) - costMinor
  return {
    valueMinor,
    leftAlone,
    contacted,
    evidence: [
      {
        weighs: 'note',
        text: `A contact is worth ${moneyText(valueMinor, currency)}: ${moneyText(netMinor, currency)} paid within 14 days with ${percentText(contacted)} instead of ${percentText(leftAlone)} likelihood (${from}), urgency ${urgency}, less ${moneyText(costMinor, currency)} a contact.`,
        values: { valueMinor, netMinor, leftAlone, contacted, urgency, costMinor },
      },
      ...urgentBecause.map((text): Evidence => ({ weighs: 'for', text })),
    ],
  }
}
