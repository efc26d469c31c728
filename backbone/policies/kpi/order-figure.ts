import type { IsoDate, IsoMoment } from '../../canonical/document.ts'

/** What happened to one order, as the store knows it. */
export type OrderFacts = {
  readonly orderId: string
  readonly partnerId: string | null
  readonly receivedAt: IsoMoment
  readonly releasedAt: IsoMoment | null
  readonly validatedAt: IsoMoment | null
  readonly shippedAt: IsoMoment | null
  /** When the last shipment arrived, once all have. */
  readonly deliveredAt: IsoMoment | null
  /** The same as a day of the tenant. */
  readonly deliveredOn: IsoDate | null
  readonly invoicedAt: IsoMoment | null
  readonly paidAt: IsoMoment | null
  /** Seconds it waited for a day the customer had asked for. */
  readonly waitedSeconds: number
  /** What people did to it, and when. */
  readonly acts: readonly { readonly kind: string; readonly at: IsoMoment }[]
  /** Its document was set aside and a person sent it on. */
  readonly wasReleasedFromQuarantine: boolean
  /** An earlier order of its purchase order number was cancelled. */
  readonly isResent: boolean
  /** Rejections, holds and failed calls. */
  readonly exceptions: number
  readonly acknowledgement: {
    readonly stoppedAt: IsoMoment | null
    readonly breachAt: IsoMoment
    readonly isOverdue: boolean
  } | null
  /** The last day promised, or asked for, of its lines. */
  readonly dueOn: IsoDate | null
  readonly isShippedWhole: boolean
  readonly isDamaged: boolean
  readonly hasFailedPapers: boolean
}

/** What one order contributes to the figures of its period. */
export type OrderFigure = {
  readonly orderId: string
  readonly partnerId: string | null
  readonly receivedAt: IsoMoment
  readonly isTouchless: boolean
  readonly exceptions: number
  readonly isAcknowledgedOnTime: boolean | null
  readonly isOnTime: boolean | null
  readonly isComplete: boolean | null
  readonly isUndamaged: boolean | null
  readonly hasRightDocuments: boolean | null
  readonly validating: number | null
  readonly releasing: number | null
  readonly shipping: number | null
  readonly invoicing: number | null
  readonly paying: number | null
  readonly orderCycle: number | null
  readonly orderToInvoice: number | null
  readonly touches: Readonly<Record<string, number>> | null
}

type Moment = IsoMoment | null

/** Seconds from one moment to another, less some; nothing when one has not come or the clocks disagree. */
function seconds(from: Moment, to: Moment, lessSeconds = 0): number | null {
  if (from === null || to === null) return null
  const between = (Date.parse(to) - Date.parse(from)) / 1_000 - lessSeconds
  return between < 0 ? null : between
}

function isBy(at: IsoMoment, end: Moment): boolean {
  return end === null || Date.parse(at) <= Date.parse(end)
}

/** Human acts up to the invoice, by their kind: what the touch map shows. */
function touchesOf(facts: OrderFacts): Record<string, number> | null {
  const kinds = [
    ...facts.acts.filter(({ at }) => isBy(at, facts.invoicedAt)).map(({ kind }) => kind),
    ...(facts.wasReleasedFromQuarantine ? ['quarantine.released'] : []),
    ...(facts.isResent ? ['order.resent'] : []),
  ]
  if (kinds.length === 0) return null
  const counts: Record<string, number> = {}
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** From receipt to the ERP's order without an edit, decision or re-submit of a person; a resent order is touched. */
function isTouchless(facts: OrderFacts): boolean {
  const { releasedAt, acts, isResent, wasReleasedFromQuarantine } = facts
  if (releasedAt === null || isResent || wasReleasedFromQuarantine) return false
  return !acts.some(({ at }) => isBy(at, releasedAt))
}

function isAcknowledgedOnTime({ acknowledgement }: OrderFacts): boolean | null {
  if (acknowledgement === null) return null
  const { stoppedAt, breachAt, isOverdue } = acknowledgement
  if (stoppedAt !== null) return Date.parse(stoppedAt) <= Date.parse(breachAt)
  return isOverdue ? false : null
}

/** The four parts of a perfect order, known once everything is delivered. Without a day to keep it was in time. */
function perfectParts(facts: OrderFacts) {
  const { deliveredOn, dueOn } = facts
  if (deliveredOn === null)
    return { isOnTime: null, isComplete: null, isUndamaged: null, hasRightDocuments: null }
  return {
    isOnTime: dueOn === null || deliveredOn <= dueOn,
    isComplete: facts.isShippedWhole,
    isUndamaged: !facts.isDamaged,
    hasRightDocuments: !facts.hasFailedPapers,
  }
}

/** Judges one order by the definitions of domain rules 3.8. */
export function orderFigure(facts: OrderFacts): OrderFigure {
  const { receivedAt, releasedAt, validatedAt, shippedAt, deliveredAt, invoicedAt, paidAt } = facts
  const { orderId, partnerId, exceptions, waitedSeconds } = facts
  return {
    orderId,
    partnerId,
    receivedAt,
    isTouchless: isTouchless(facts),
    exceptions,
    isAcknowledgedOnTime: isAcknowledgedOnTime(facts),
    ...perfectParts(facts),
    validating: seconds(receivedAt, validatedAt),
    releasing: seconds(validatedAt ?? receivedAt, releasedAt, waitedSeconds),
    shipping: seconds(releasedAt, shippedAt),
    invoicing: seconds(shippedAt, invoicedAt),
    paying: seconds(invoicedAt, paidAt),
    orderCycle: seconds(receivedAt, deliveredAt, waitedSeconds),
    orderToInvoice: seconds(receivedAt, invoicedAt),
    touches: touchesOf(facts),
  }
}
