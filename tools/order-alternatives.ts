import { z } from 'zod'
import type { Candidate } from '../backbone/canonical/proposal.ts'
import type { OrderCheck } from '../backbone/services/ports.ts'
import { badArguments } from './parse-arguments.ts'
import { readTool } from './tool.ts'
import { fieldsOf, paging, referenceArgument } from './wire/arguments.ts'
import { changesOf, WireChange } from './wire/candidate.ts'
import { CartLine, cartArguments, orderOfCart } from './wire/cart.ts'
import { evidenceOf, WireEvidence } from './wire/evidence.ts'
import { given } from './wire/given.ts'
import { Money, moneyOrNone } from './wire/money.ts'
import { found } from './wire/not-found.ts'
import { plainText } from './wire/outside-text.ts'
import { listOf, pageAnswer, pageOfWhole } from './wire/page.ts'

const Item = z.object({
  kind: z.string().describe('Substitute, split, backorder or another way.'),
  line: z.string().optional(),
  text: z.string(),
  money: Money.optional().describe('What it costs against delivering as ordered.'),
  changes: z.array(WireChange).optional(),
  evidence: z.array(WireEvidence).describe('Why, and why others were left out.'),
  candidate_id: z.string().optional().describe('Of an order: what propose_order_change takes.'),
  order_id: z.string().optional(),
  rank: z.int().describe('1 is the best.'),
})
type Item = z.input<typeof Item>

const waysToDeliver: readonly string[] = ['substitute-line', 'split-line', 'backorder-line']

const ofCandidate = (candidate: Candidate, orderId: string, place: number): Item =>
  given({
    kind: candidate.kind,
    text: plainText(candidate.title, 300),
    money: moneyOrNone(candidate.money?.amountMinor, candidate.money?.currency) ?? null,
    changes: changesOf(candidate.changes),
    evidence: evidenceOf(candidate.evidence),
    candidate_id: candidate.candidateId,
    order_id: orderId,
    rank: place + 1,
  })

function ofCheck({ decisions }: OrderCheck): Item[] {
  const ways = decisions
    .filter(({ policy }) => policy === 'substitution')
    .flatMap(({ line = null, alternatives, evidence }) =>
      alternatives.map((way) => ({ line, way, evidence: way.evidence ?? evidence })),
    )
  return ways.map(({ line, way, evidence }, place) =>
    given({
      kind: way.kind,
      line,
      text: plainText(way.text, 300),
      money: moneyOrNone(way.amountMinor, way.currency) ?? null,
      evidence: evidenceOf(evidence),
      rank: place + 1,
    }),
  )
}

/** What could be delivered instead, and when. */
export const orderAlternatives = readTool({
  name: 'order_alternatives',
  title: 'Find what can be delivered instead',
  about:
    'What can be delivered for lines that cannot be delivered in full and in time: substitutes that the rules allow, splits and backorders with dates and costs; of an order that is in, or of a cart. An empty list means that nothing is short or nothing is allowed.',
  scope: 'o2c:read',
  publish: 'mcp',
  keeps: ['kind', 'candidate_id'],
  input: z.strictObject({
    order: referenceArgument('The order id or order number; or name a cart.').optional(),
    ...cartArguments,
    lines: z
      .array(CartLine)
      .min(1)
      .max(20)
      .optional()
      .describe('Lines of a cart, each SKU=QUANTITY UNIT such as BRG-1007=20 EA.'),
    fields: fieldsOf(['line', 'text', 'money', 'changes', 'evidence', 'order_id', 'rank']),
    ...paging(6, 50),
  }),
  output: listOf(Item),
  run: async ({ orders, checkOrder, proposals, now }, { tenantId }, input) => {
    const { order, customer_number, lines, currency, requested_on } = input
    const answer = (items: readonly Item[]) =>
      pageAnswer(
        now(),
        pageOfWhole(items, ({ rank }) => String(rank), input),
        (item) => item,
      )
    if (order !== undefined) {
      const id = found(
        await orders.idOf(tenantId, order),
        'order',
        'order_search finds orders by any of their numbers.',
      )
      const candidates = await proposals.candidates({ tenantId, subject: { kind: 'order', id } })
      const ways = candidates.filter(({ kind }) => waysToDeliver.includes(kind))
      return answer(ways.map((way, place) => ofCandidate(way, id, place)))
    }
    if (customer_number === undefined || lines === undefined)
      throw badArguments('order_alternatives', [
        { path: 'order', message: 'Name an order, or customer_number and lines of a cart.' },
      ])
    const cart = orderOfCart({ customer_number, lines, currency, requested_on })
    return answer(ofCheck(await checkOrder({ tenantId, order: cart })))
  },
})
