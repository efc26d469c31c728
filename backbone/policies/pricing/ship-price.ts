import { compareDecimal, type DecimalText, moneyText } from '../../canonical/money.ts'
import type { LineComparison, OrderComparison } from './comparison.ts'
import { judgeLine } from './line-verdict.ts'
import type { LineVerdict } from './price-judgement.ts'

/** The price of goods on the day they left, or why a person must decide before they are billed. */
export type ShipPrice =
  | { readonly status: 'priced'; readonly unitPrice: DecimalText; readonly source: string }
  | {
      readonly status: 'waits'
      readonly reason: string
      readonly verdict: LineVerdict
      /** What is billed when a person lets it pass; absent where the day has no price. */
      readonly unitPrice?: DecimalText
      readonly source?: string
    }

/** Why a price that has risen since the order was acknowledged is not billed by itself. */
function riseText(
  { asked, sentUnitPrice, deltaMinor }: LineComparison,
  unitPrice: DecimalText,
  told: DecimalText,
): string {
  const { currency, shippedOn } = asked.order
  const beside =
    sentUnitPrice === undefined
      ? ''
      : ` The order says ${sentUnitPrice}, ${moneyText(Math.abs(deltaMinor), currency)} less, which is more than is accepted.`
  return `Line ${asked.line.line}: on ${shippedOn}, the day the goods left, the price is ${unitPrice}; acknowledged was ${told}.${beside}`
}

/**
 * The price of a line whose agreement counts the day the goods leave (domain rules 3.1.1). A price no higher than
 * the one the buyer was told needs nobody; a higher one goes by the tolerance against the order's own.
 */
export function shipPrice(
  line: LineComparison,
  comparison: OrderComparison,
  told: DecimalText,
): ShipPrice {
  const verdict = judgeLine(line, comparison)
  const { expected, kind, decision, ...billed } = verdict
  const waits = { status: 'waits' as const, reason: `At ship: ${verdict.message}`, verdict }
  if (expected === undefined || line.standing === 'conflict') return waits
  const isDone = decision === 'accept'
  const { unitPrice, source } = isDone ? { ...expected, ...billed } : expected
  const change = compareDecimal(unitPrice, told)
  if (change === 0 || isDone) return { status: 'priced', unitPrice, source }
  if (kind === 'MARGIN_FLOOR') return { ...waits, unitPrice, source }
  // Domain rules 3.1.2: where the buyer would pay more than ours, the lower price is billed.
  const isOverpaid = line.delta !== undefined && !line.delta.startsWith('-')
  if (change < 0 || isOverpaid) return { status: 'priced', unitPrice, source }
  return { ...waits, reason: riseText(line, unitPrice, told), unitPrice, source }
}
