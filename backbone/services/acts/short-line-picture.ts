import type { Evidence } from '../../canonical/decision.ts'
import { moneyText } from '../../canonical/money.ts'
import type { OrderLineState, OrderState } from '../../canonical/order-state.ts'
import type { Change } from '../../canonical/proposal.ts'
import type { ShortLine } from '../../flows/apply/short-line.ts'
import type { Decision } from '../../flows/order-batch.ts'
import { orderChanges } from './change-line.ts'

/** What a line is delivered as now, in a few words. */
function deliveredText(line: OrderLineState): string {
  const { allocatedEach, orderedEach, cancelledEach, warehouse, promisedOn, sku } = line
  const wanted = orderedEach - cancelledEach
  const there = allocatedEach === 0 ? 'none there' : `${allocatedEach} there, in ${warehouse}`
  const rest = promisedOn === undefined ? 'the rest when it comes' : `the rest on ${promisedOn}`
  return `${wanted} of ${sku}: ${there}, ${rest}`
}

/** Why: the three numbers of the ways out first, then what speaks for and against (domain rules 3.2). */
export function evidenceOfWays({ decision }: ShortLine): Evidence[] {
  return decision.evidence.slice(0, 14)
}

/** The differences that a way out of a short line makes: how it is delivered, what it costs, what becomes of the order. */
export function shortLineChanges(
  order: OrderState,
  { short, decision }: { readonly short: ShortLine; readonly decision: Decision },
  delivered: string,
): Change[] {
  const { state } = short
  const numbers = new Set(order.lines.map(({ line }) => line))
  const lines = decision.order.lines.filter(({ line }) => line === state.line || !numbers.has(line))
  const amountMinor = lines.reduce((sum, line) => sum + line.lineAmountMinor, 0)
  const amount: Change[] =
    amountMinor === state.lineAmountMinor
      ? []
      : [
          {
            label: `Amount of line ${state.line}`,
            before: moneyText(state.lineAmountMinor, order.currency),
            after: moneyText(amountMinor, order.currency),
          },
        ]
  return [
    { label: `Line ${state.line}`, before: deliveredText(state), after: delivered },
    ...amount,
    ...orderChanges(order, decision.order),
  ]
}
