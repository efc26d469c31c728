import { z } from 'zod'
import type { Agent, AgentAsk } from '../agent.ts'
import { analysisAgent } from '../shared/analysis-agent.ts'
import { type Finding, finding, together } from '../shared/finding.ts'
import { type Investigation, look } from '../shared/investigation.ts'
import { asOfText, counted } from '../shared/words.ts'
import { validateOrder } from './validate-order.ts'

const Held = z.object({
  as_of: z.string(),
  items: z.array(
    z.object({ order_id: z.string(), order_number: z.string(), holds: z.array(z.string()) }),
  ),
})

// A cancel window ends by itself.
const needsLook = (holds: readonly string[]): boolean =>
  holds.some((type) => type !== 'CANCEL_WINDOW')

const ordersOfARun = 10

/** Looks at the newest orders that are held. */
function* validateHeld({ timeZone }: AgentAsk): Investigation<Finding> {
  const looked = yield* look({ name: 'order_search', args: { is_held: true, limit: 50 } }, Held)
  if (looked.outcome === 'refused') return finding(looked.why)
  const held = looked.value.items.filter(({ holds }) => needsLook(holds))
  if (held.length === 0)
    return finding(
      `No order is held that needs a person. ${asOfText(looked.value.as_of, timeZone)}`,
    )
  const found: Finding[] = []
  for (const { order_number: order } of held.slice(0, ordersOfARun))
    found.push(yield* validateOrder(order, { timeZone }))
  const more =
    held.length > ordersOfARun ? ` The newest ${ordersOfARun} of them were looked at.` : ''
  const opening = finding(`${counted(held.length, 'held order')} need a look.${more}`)
  return together([opening, ...found])
}

/** Says what is wrong with an order, what it costs and why, and proposes what the rules would do. */
export const orderValidation: Agent = analysisAgent({
  name: 'order-validation',
  about:
    'Looks at held orders: the kind of error, the money, our price against theirs, why; proposes to release, reprice or hold where the rules say which.',
  version: '1',
  tools: ['order_search', 'order_get', 'order_validate', 'propose_order_change'],
  investigate: (ask) =>
    ask.subject?.kind === 'order'
      ? validateOrder(ask.subject.id, { timeZone: ask.timeZone })
      : validateHeld(ask),
})
