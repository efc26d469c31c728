import { z } from 'zod'
import { WireCandidate } from '../../tools/wire/candidate.ts'
import { WireFinding } from '../../tools/wire/finding.ts'
import { Money } from '../../tools/wire/money.ts'
import { type Finding, finding } from '../shared/finding.ts'
import { type Investigation, look } from '../shared/investigation.ts'
import { optionsOf } from '../shared/options.ts'
import { asOfText, counted, sentence } from '../shared/words.ts'

const Line = z.object({
  line: z.string(),
  sku: z.string().optional(),
  quantity_each: z.int(),
  sent_unit_price: z.string().optional(),
  unit_price: z.string().optional(),
  price_source: z.string().optional(),
})
type Line = z.output<typeof Line>

const Validated = z.object({
  as_of: z.string(),
  order_id: z.string(),
  order_number: z.string(),
  stage: z.string(),
  customer_number: z.string().optional(),
  total: Money,
  findings: z.array(WireFinding).default([]),
  holds: z
    .array(z.object({ type: z.string(), line: z.string().optional(), reason: z.string() }))
    .default([]),
  lines: z.array(Line).default([]),
  candidates: z.array(WireCandidate).default([]),
})
type Validated = z.output<typeof Validated>

type CheckFinding = Validated['findings'][number]

const orderActs = [
  'release-hold',
  'reprice-line',
  'place-hold',
  'substitute-line',
  'split-line',
  'backorder-line',
] as const

function pricesOf(line: Line | undefined): string {
  if (line === undefined) return ''
  const theirs =
    line.sent_unit_price === undefined ? '' : ` The buyer wrote ${line.sent_unit_price}`
  const source = line.price_source === undefined ? '' : ` (${line.price_source})`
  const ours = line.unit_price === undefined ? '' : `our price is ${line.unit_price}${source}`
  if (theirs === '') return ours === '' ? '' : ` Our price is ${line.unit_price}${source}.`
  return ours === '' ? `${theirs}.` : `${theirs}; ${ours}.`
}

const factsOf = ({ evidence }: CheckFinding, weighs: 'for' | 'against'): string =>
  evidence
    .filter((fact) => fact.weighs === weighs)
    .slice(0, 2)
    .map(({ text, source }) =>
      sentence(source === undefined ? text : `${text.replace(/[.]$/, '')} [${source}]`),
    )
    .join(' ')

function wordsOfFinding(found: CheckFinding, lines: readonly Line[]): string {
  const { kind, line, message, difference } = found
  const where = line === undefined ? 'The order' : `Line ${line}`
  const money = difference === undefined ? '' : ` Difference ${difference.text}.`
  const prices = pricesOf(lines.find((one) => one.line === line))
  const why = factsOf(found, 'for')
  const whyNot = factsOf(found, 'against')
  return [
    `- ${where}: ${kind}. ${sentence(message)}${money}${prices}`,
    ...(why === '' ? [] : [`  Why: ${why}`]),
    ...(whyNot === '' ? [] : [`  Why not otherwise: ${whyNot}`]),
  ].join('\n')
}

function wordsOf(order: Validated, timeZone: string, isPriceOnly: boolean): string {
  const ofPrice = order.findings.filter(
    ({ kind, difference }) => !isPriceOnly || isAboutPrice(kind, difference),
  )
  const shown = ofPrice.length > 0 ? ofPrice : order.findings
  const held = order.holds.map(({ type, line, reason }) => {
    const where = line === undefined ? '' : ` on line ${line}`
    return `- Hold ${type}${where}: ${sentence(reason)}`
  })
  const opening = `Order ${order.order_number} (${order.customer_number ?? 'customer not known'}, ${order.total.text}) is ${order.stage}.`
  const checked =
    order.findings.length === 0
      ? 'The checks found nothing wrong with it: prices, stock, credit and duplicates are as they should be.'
      : `The checks found ${counted(order.findings.length, 'thing')}:`
  const noPrice =
    isPriceOnly && ofPrice.length === 0 && order.findings.length > 0
      ? ['None of it is a difference of price; our prices and theirs agree.']
      : []
  return [
    opening,
    checked,
    ...shown.map((found) => wordsOfFinding(found, order.lines)),
    ...noPrice,
    ...held,
    asOfText(order.as_of, timeZone),
  ].join('\n')
}

// Kinds of domain rules 3.1.2 that are about money all carry a difference or say so in their name.
const isAboutPrice = (kind: string, difference: unknown): boolean =>
  difference !== undefined ||
  /PRICE|MARGIN|DISCOUNT|PROMO|CONTRACT|TIER|UOM|DECIMAL|CURRENCY|STACKING|BREAK|TOLERANCE|ROW_SHIFT|AMBIGUOUS/i.test(
    kind,
  )

/** Checks an order that is in: what is wrong, how much money it moves, why, and what the rules would do. */
export function* validateOrder(
  order: string,
  { timeZone, isPriceOnly = false }: { readonly timeZone: string; readonly isPriceOnly?: boolean },
): Investigation<Finding> {
  // With a limit of its own the answer may be as large as one can be: a finding that is left out is not told.
  const args = { order, limit: 20 }
  const looked = yield* look({ name: 'order_validate', args }, Validated)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { value } = looked
  const about = {
    subject: { kind: 'order' as const, id: value.order_id },
    label: value.order_number,
  }
  return finding(wordsOf(value, timeZone, isPriceOnly), {
    options: optionsOf(value.candidates, about, orderActs),
    questions: [
      `Why is ${value.order_number} stuck?`,
      `What can we ship instead on ${value.order_number}?`,
      `Is the customer good for ${value.order_number}?`,
    ],
    listed: [`order:${value.order_number}`],
  })
}
