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
