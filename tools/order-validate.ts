import { z } from 'zod'
import { blockableSteps, holdTypes, stages } from '../backbone/canonical/order-state.ts'
import type { OrderView } from '../backbone/canonical/views/order-view.ts'
import type { OrderCheck } from '../backbone/services/ports.ts'
import { badArguments } from './parse-arguments.ts'
import { readTool } from './tool.ts'
import { fieldsOf, oneOf, paging, referenceArgument } from './wire/arguments.ts'
import { candidatesOf, WireCandidate } from './wire/candidate.ts'
import { CartLine, cartArguments, orderOfCart } from './wire/cart.ts'
import { evidenceOf, WireEvidence } from './wire/evidence.ts'
import { findingOf, WireFinding } from './wire/finding.ts'
import { given } from './wire/given.ts'
import { Money, moneyOf, moneyOrNone } from './wire/money.ts'
import { found } from './wire/not-found.ts'
import { plainText, reference } from './wire/outside-text.ts'
import { asOf, pageEnd } from './wire/page.ts'
import { sectionsOf } from './wire/section.ts'

const sections = ['findings', 'holds', 'lines', 'decisions', 'candidates'] as const

const Line = z.object({
  line: z.string(),
  sku: z.string().optional(),
  quantity_each: z.int(),
  sent_unit_price: z.string().optional().describe('What the buyer wrote, for one ordered unit.'),
  unit_price: z.string().optional().describe('What we bill for one base unit.'),
  price_source: z.string().optional(),
  amount: Money,
  available_each: z.int().optional(),
  promised_on: z.string().optional(),
})

const Hold = z.object({
  type: z.enum(holdTypes),
  line: z.string().optional(),
  blocks: z.array(z.enum(blockableSteps)),
  reason: z.string(),
})

const Decided = z.object({
  policy: z.string(),
  line: z.string().optional(),
  decision: z.string(),
  kind: z.string(),
  money: Money.optional(),
  evidence: z.array(WireEvidence),
  policy_version: z.string(),
})

const Output = z.object({
  ...asOf,
  order_id: z.string().optional().describe('Absent for a cart.'),
  order_number: z.string().optional(),
  stage: z.enum(stages).describe('Where the order is, or what the cart would become.'),
  customer_number: z.string().optional(),
  total: Money,
  findings: z.array(WireFinding).optional(),
  holds: z.array(Hold).optional().describe('Those in force, or that would be placed.'),
  lines: z.array(Line).optional(),
  decisions: z.array(Decided).optional().describe('Of a cart: what every rule said, and why.'),
  candidates: z.array(WireCandidate).optional().describe('Of an order: what could be done now.'),
  ...pageEnd,
})

type Told = Omit<z.input<typeof Output>, 'as_of' | 'findings' | 'holds' | 'lines'> & {
  findings: z.input<typeof WireFinding>[]
  holds: z.input<typeof Hold>[]
  lines: z.input<typeof Line>[]
}

function ofOrder(order: OrderView, candidates: Told['candidates'] = []): Told {
  const { currency } = order
  return given({
    order_id: order.orderId,
    order_number: order.orderNumber,
    stage: order.stage,
    customer_number: order.customerNumber,
    total: moneyOf(order.totalMinor, currency),
    findings: order.findings.map((finding) => findingOf(finding, currency)),
    holds: order.holds
      .filter(({ releasedAt }) => releasedAt === null)
      .map(({ type, line, blocks, reason }) =>
        given({ type, line, blocks, reason: plainText(reason, 300) }),
      ),
    lines: order.lines.map((line) =>
      given({
        line: reference(line.line),
        sku: line.sku,
        quantity_each: line.orderedEach,
        sent_unit_price: line.sentUnitPrice,
        unit_price: line.unitPrice,
        price_source: line.priceSource,
        amount: moneyOf(line.lineAmountMinor, currency),
        promised_on: line.promisedOn,
      }),
    ),
    candidates,
  })
}

function ofCart(check: OrderCheck): Told {
  const { currency } = check
  return given({
    stage: check.wouldBecome,
    customer_number: check.customerNumber,
    total: moneyOf(check.totalMinor, currency),
    findings: check.findings.map((finding) => findingOf(finding, currency)),
    holds: check.holds.map(({ line = null, reason, ...hold }) =>
      given({ ...hold, line, reason: plainText(reason, 300) }),
    ),
    lines: check.lines.map((line) =>
      given({
        line: line.line,
        sku: line.sku,
        quantity_each: line.quantityEach,
        unit_price: line.unitPrice,
        price_source: line.priceSource,
        amount: moneyOf(line.lineAmountMinor, currency),
        available_each: line.availableEach,
        promised_on: line.promisedOn,
      }),
    ),
    decisions: check.decisions.map(({ line = null, money, policyVersion, ...decided }) =>
      given({
        policy: decided.policy,
        line,
        decision: decided.decision,
        kind: decided.kind,
        money: moneyOrNone(money?.amountMinor, money?.currency) ?? null,
        evidence: evidenceOf(decided.evidence, 4),
        policy_version: policyVersion,
      }),
    ),
  })
}

/** What the checks say of an order or a cart. */
export const orderValidate = readTool({
  name: 'order_validate',
  title: 'Check an order or cart',
  about:
    'What the rules say of an order that is in, or of a cart that is not: price differences with our price and its source, stock, credit, duplicates, holds, the evidence, and what could be done with the ids of candidates. Keeps nothing.',
  scope: 'o2c:read',
  publish: 'mcp',
  keeps: ['order_id', 'order_number'],
  input: z.strictObject({
    order: referenceArgument('The order id or order number; or name a cart.').optional(),
    ...cartArguments,
    lines: z
      .array(CartLine)
      .min(1)
      .max(50)
      .optional()
      .describe('Lines of a cart, each SKU=QUANTITY UNIT@PRICE such as BRG-1007=20 EA@4.76.'),
    section: oneOf(sections, 'The one list to give whole.').optional(),
    fields: fieldsOf(['stage', 'customer_number', 'total', ...sections]),
    ...paging(20),
  }),
  output: Output,
  run: async ({ orders, checkOrder, proposals, now }, { tenantId }, input) => {
    const told = await (async (): Promise<Told> => {
      const { order: named, customer_number, lines, currency, requested_on } = input
      if (named !== undefined) {
        const order = found(
          await orders.get(tenantId, named),
          'order',
          'order_search finds orders by any of their numbers.',
        )
        const subject = { kind: 'order' as const, id: order.orderId }
        const candidates = await proposals.candidates({ tenantId, subject })
        return ofOrder(order, candidatesOf(candidates, subject.id))
      }
      if (customer_number === undefined || lines === undefined)
        throw badArguments('order_validate', [
          { path: 'order', message: 'Name an order, or customer_number and lines of a cart.' },
        ])
      const cart = orderOfCart({ customer_number, lines, currency, requested_on })
      return ofCart(await checkOrder({ tenantId, order: cart }))
    })()
    const part = sectionsOf(input)
    return {
      as_of: now(),
      ...told,
      findings: part.of('findings', told.findings, 5),
      holds: part.of('holds', told.holds, 6),
      lines: part.of('lines', told.lines, 8),
      decisions: part.of('decisions', told.decisions ?? [], 4),
      candidates: part.of('candidates', told.candidates ?? [], 4),
      ...part.end(),
      ...part.note(),
    }
  },
})
