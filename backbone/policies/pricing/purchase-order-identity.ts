import { createHash } from 'node:crypto'

/** The business content of a line that makes two orders the same (domain rules 3.1.3). */
export type LineContent = {
  readonly item: string
  readonly quantity: string
  readonly uom: string
  readonly unitPrice: string
  readonly requestedOn: string
}

/** A hash over the lines as a sorted multiset and the ship-to: equal for the same order sent twice. */
export function orderContentHash(lines: readonly LineContent[], shipTo: string): string {
  const spelled = lines
    .map((line) => [line.item, line.quantity, line.uom, line.unitPrice, line.requestedOn].join('|'))
    .sort()
  return createHash('sha256')
    .update([...spelled, shipTo].join('\n'))
    .digest('hex')
}

/** An earlier order that carries the same purchase order number. */
export type EarlierOrder = {
  readonly orderNumber: string
  readonly lineHash: string
  readonly receivedAt: string
  readonly isSameSpelling: boolean
}

/** What a purchase order number that was seen before means. */
export type DuplicateVerdict =
  | { readonly verdict: 'new' }
  | { readonly verdict: 'exact-duplicate'; readonly of: string }
  | { readonly verdict: 'reused'; readonly of: string; readonly reason: string }

const duplicateWindowMs = 365 * 24 * 3_600_000

/** Tells a repeated order from a reused number; `now` and receipt times are ISO moments. */
export function judgeDuplicate(
  lineHash: string,
  earlier: readonly EarlierOrder[],
  now: string,
): DuplicateVerdict {
  const isRecent = (order: EarlierOrder) =>
    Date.parse(now) - Date.parse(order.receivedAt) <= duplicateWindowMs
  const same = earlier.find((order) => order.lineHash === lineHash && order.isSameSpelling)
  if (same !== undefined && isRecent(same))
    return { verdict: 'exact-duplicate', of: same.orderNumber }
  const [latest] = [...earlier].sort((a, b) => (a.receivedAt < b.receivedAt ? 1 : -1))
  if (latest === undefined) return { verdict: 'new' }
  const reason = !latest.isSameSpelling
    ? `Its number differs from that of order ${latest.orderNumber} only in punctuation or zeros.`
    : `Order ${latest.orderNumber} has the same purchase order number and other content.`
  return { verdict: 'reused', of: latest.orderNumber, reason }
}
