import { z } from 'zod'
import type { Agent, AgentAsk } from '../agent.ts'
import { analysisAgent } from '../shared/analysis-agent.ts'
import { type Finding, finding, together } from '../shared/finding.ts'
import { type Investigation, look } from '../shared/investigation.ts'
import { asOfText } from '../shared/words.ts'
import { alternativesOfOrder } from './find-alternatives.ts'

const Held = z.object({
  as_of: z.string(),
  items: z.array(z.object({ order_number: z.string() })),
})

const ordersOfARun = 10

/** Looks for other ways for the newest orders that are held. */
function* alternativesOfHeld({ timeZone }: AgentAsk): Investigation<Finding> {
  const looked = yield* look(
    { name: 'order_search', args: { is_held: true, limit: ordersOfARun } },
    Held,
  )
  if (looked.outcome === 'refused') return finding(looked.why)
  const found: Finding[] = []
  for (const { order_number: order } of looked.value.items) {
    const ways = yield* alternativesOfOrder(order, { timeZone })
    if (ways.options.length > 0) found.push(ways)
  }
  if (found.length === 0)
    return finding(
      `No held order has a short line that could be delivered another way. ${asOfText(looked.value.as_of, timeZone)}`,
    )
  return together(found)
}

/** Finds what can be delivered instead of what is short, and proposes the cheapest way the rules allow. */
export const substitution: Agent = analysisAgent({
  name: 'substitution',
  about:
    'Looks at short lines: allowed substitutes in stock, splits and backorders with their costs and days; proposes the cheapest the rules allow.',
  version: '1',
  tools: ['order_search', 'order_get', 'order_alternatives', 'propose_order_change'],
  investigate: (ask) =>
    ask.subject?.kind === 'order'
      ? alternativesOfOrder(ask.subject.id, { timeZone: ask.timeZone })
      : alternativesOfHeld(ask),
})
