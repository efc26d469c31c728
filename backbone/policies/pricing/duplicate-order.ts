import { addDays } from '../../canonical/calendar.ts'
import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoMoment } from '../../canonical/document.ts'
import { type MinorUnits, normalDecimal } from '../../canonical/money.ts'
import type { PolicyInForce } from '../policy-in-force.ts'
import type { PricingSettings } from './pricing-policy.ts'

/** A line as repeated orders are known by. */
export type RepeatableLine = {
  /** Our SKU, or the numbers the buyer gave where we know none. */
  readonly item: string
  readonly quantityEach: number
  /** Per base unit; empty where the buyer wrote none. */
  readonly unitPrice: string
  readonly requestedOn: string
}

/** An order as repeated orders are known by. */
export type RepeatableOrder = {
  readonly orderNumber: string
  readonly purchaseOrderNumber: string
  readonly releaseNumber?: string
  readonly receivedAt: IsoMoment
  /** The ship-to, spelled one way. */
  readonly shipTo: string
  readonly lines: readonly RepeatableLine[]
  /** At the buyer's prices or ours; absent where neither is known. */
  readonly totalMinor?: MinorUnits
  /** Hash of the document's own lines (see `orderContentHash`). */
  readonly contentHash: string
}

/** What an order is to those before it. */
type DuplicateKind = 'NEW_ORDER' | 'DUPLICATE_PO' | 'PO_REUSED' | 'NEAR_DUPLICATE'

/** Whether an order was seen before, and which one it is. */
export type DuplicateJudgement = PolicyDecision<DuplicateKind> & {
  readonly message: string
  readonly of?: string
}

const dayOf = (moment: IsoMoment) => moment.slice(0, 10)

function isWithinDays(earlier: RepeatableOrder, order: RepeatableOrder, days: number): boolean {
  return dayOf(order.receivedAt) <= addDays(dayOf(earlier.receivedAt), days)
}

/** As people write it: letters' case and outer blanks aside. */
const spelled = (number: string) => number.trim().toUpperCase()

/** A purchase order number without blanks, dashes, underscores and leading zeros. */
export const bareNumber = (number: string): string =>
  spelled(number)
    .replace(/[\s\-_]/g, '')
    .replace(/^0+(?=.)/, '')

// Systems that pad numbers with zeros make ten digits of them.
const paddedLength = 10

/** The normalised numbers under which an order may have come before: as it is, and with other leading zeros. */
export function numbersToLookFor(poNormalised: string): string[] {
  const number = bareNumber(poNormalised)
  const zeros = /^\d/.test(number) ? Math.max(0, paddedLength - number.length) : 0
  const padded = Array.from({ length: zeros + 1 }, (_, count) => `${'0'.repeat(count)}${number}`)
  return [...new Set([poNormalised, ...padded])]
}

const lineText = ({ item, quantityEach, unitPrice, requestedOn }: RepeatableLine) =>
  [item, quantityEach, unitPrice === '' ? '' : normalDecimal(unitPrice), requestedOn].join('|')

const contentText = (order: RepeatableOrder) =>
  [...order.lines.map(lineText).sort(), order.shipTo].join('\n')

function isSameContent(a: RepeatableOrder, b: RepeatableOrder): boolean {
  return a.contentHash === b.contentHash || contentText(a) === contentText(b)
}

/** Lines equal in item and base quantity, over the larger number of lines. */
function matchedPercent(a: RepeatableOrder, b: RepeatableOrder): number {
  const left = new Map<string, number>()
  for (const { item, quantityEach } of a.lines) {
    const key = `${item}|${quantityEach}`
    left.set(key, (left.get(key) ?? 0) + 1)
  }
  const matched = b.lines.filter(({ item, quantityEach }) => {
    const key = `${item}|${quantityEach}`
    const count = left.get(key) ?? 0
    left.set(key, count - 1)
    return count > 0
  })
  return (matched.length * 100) / Math.max(a.lines.length, b.lines.length, 1)
}

function isNearDuplicate(
  order: RepeatableOrder,
  earlier: RepeatableOrder,
  { withinDays, linesPercent, totalPercent }: PricingSettings['nearDuplicate'],
): boolean {
  if (order.totalMinor === undefined || earlier.totalMinor === undefined) return false
  const off = Math.abs(order.totalMinor - earlier.totalMinor) * 100
  return (
    order.shipTo === earlier.shipTo &&
    off <= Math.abs(earlier.totalMinor) * totalPercent &&
    isWithinDays(earlier, order, withinDays) &&
    matchedPercent(order, earlier) >= linesPercent
  )
}

type Judged = Pick<DuplicateJudgement, 'decision' | 'kind' | 'message'> & {
  readonly earlier: RepeatableOrder
}

function judgement(
  { decision, kind, message, earlier }: Judged,
  policyVersion: string,
): DuplicateJudgement {
  const evidence: Evidence = {
    weighs: decision === 'accept' ? 'note' : 'against',
    text: message,
    source: `order:${earlier.orderNumber}`,
    values: { purchaseOrderNumber: earlier.purchaseOrderNumber, receivedAt: earlier.receivedAt },
  }
  const alternatives =
    decision === 'accept'
      ? []
      : [
          {
            candidateId: `duplicate:${earlier.orderNumber}:reject`,
            kind: 'reject-order',
            text: `Reject it as a repetition of order ${earlier.orderNumber}.`,
          },
          {
            candidateId: `duplicate:${earlier.orderNumber}:keep`,
            kind: 'keep-order',
            text: 'Keep it: the customer wants both.',
          },
        ]
  return {
    decision,
    kind,
    message,
    of: earlier.orderNumber,
    evidence: [evidence],
    alternatives,
    policyVersion,
  }
}

function sameNumber(
  order: RepeatableOrder,
  earlier: readonly RepeatableOrder[],
  days: number,
): Judged | undefined {
  const same = earlier.filter(
    (one) => spelled(one.purchaseOrderNumber) === spelled(order.purchaseOrderNumber),
  )
  const repeated = same.find((one) => isSameContent(one, order))
  if (repeated !== undefined && isWithinDays(repeated, order, days))
    return {
      decision: 'refuse',
      kind: 'DUPLICATE_PO',
      earlier: repeated,
      message: `Order ${repeated.orderNumber} has the same purchase order number and the same content.`,
    }
  const [latest] = same
  if (latest === undefined) return undefined
  const message =
    repeated === undefined
      ? `Order ${latest.orderNumber} has the same purchase order number and other content.`
      : `Order ${repeated.orderNumber} has the same purchase order number and content, but is more than ${days} days old.`
  return { decision: 'hold', kind: 'PO_REUSED', earlier: repeated ?? latest, message }
}

/** A match only without zeros or punctuation warns: people pad and hyphenate numbers as they like. */
function similarNumber(
  order: RepeatableOrder,
  earlier: readonly RepeatableOrder[],
): Judged | undefined {
  const similar = earlier.filter(
    (one) => bareNumber(one.purchaseOrderNumber) === bareNumber(order.purchaseOrderNumber),
  )
  const repeated = similar.find((one) => isSameContent(one, order))
  const [latest] = similar
  const found = repeated ?? latest
  if (found === undefined) return undefined
  const content = repeated === undefined ? 'other content' : 'the same content'
  return {
    decision: 'accept',
    kind: repeated === undefined ? 'NEAR_DUPLICATE' : 'DUPLICATE_PO',
    earlier: found,
    message: `Its number differs from that of order ${found.orderNumber} only in punctuation or zeros, with ${content}.`,
  }
}

function otherNumber(
  order: RepeatableOrder,
  earlier: readonly RepeatableOrder[],
  settings: PricingSettings,
): Judged | undefined {
  const near = earlier.find((one) => isNearDuplicate(order, one, settings.nearDuplicate))
  if (near === undefined) return undefined
  return {
    decision: 'accept',
    kind: 'NEAR_DUPLICATE',
    earlier: near,
    message: `Order ${near.orderNumber} (purchase order ${near.purchaseOrderNumber}) has nearly the same lines, ship-to and total.`,
  }
}

/**
 * Tells whether an order came before, by whatever channel (domain rules 3.1.3): the same again is refused, a used
 * number with other content is held, what only looks alike is shown. `earlier` are the customer's orders with the
 * same or a similar number and those of the last days; other releases of a blanket order are other orders.
 */
export function judgeDuplicate(
  order: RepeatableOrder,
  earlier: readonly RepeatableOrder[],
  policy: PolicyInForce<PricingSettings>,
): DuplicateJudgement {
  const latestFirst = earlier
    .filter((one) => (one.releaseNumber ?? '') === (order.releaseNumber ?? ''))
    .toSorted((a, b) => (a.receivedAt < b.receivedAt ? 1 : a.receivedAt > b.receivedAt ? -1 : 0))
  const found =
    sameNumber(order, latestFirst, policy.settings.duplicateDays) ??
    similarNumber(order, latestFirst) ??
    otherNumber(order, latestFirst, policy.settings)
  if (found !== undefined) return judgement(found, policy.version)
  return {
    decision: 'accept',
    kind: 'NEW_ORDER',
    message: 'No earlier order has this number or this content.',
    evidence: [],
    alternatives: [],
    policyVersion: policy.version,
  }
}
