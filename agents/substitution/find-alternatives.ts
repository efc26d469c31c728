import { z } from 'zod'
import { actKinds } from '../../backbone/canonical/proposal.ts'
import { WireEvidence } from '../../tools/wire/evidence.ts'
import { Money } from '../../tools/wire/money.ts'
import { type Finding, finding, type Option } from '../shared/finding.ts'
import { type Investigation, look } from '../shared/investigation.ts'
import { asOfText, counted, sentence } from '../shared/words.ts'

const Way = z.object({
  kind: z.string(),
  line: z.string().optional(),
  text: z.string(),
  money: Money.optional(),
  changes: z
    .array(
      z.object({ label: z.string(), before: z.string().optional(), after: z.string().optional() }),
    )
    .default([]),
  evidence: z.array(WireEvidence).default([]),
  candidate_id: z.string().optional(),
  order_id: z.string().optional(),
  rank: z.int(),
})
type Way = z.output<typeof Way>

const Ways = z.object({ as_of: z.string(), items: z.array(Way) })

const waysToDeliver = ['substitute-line', 'split-line', 'backorder-line'] as const
const isWay = z.enum(actKinds)

type Told = { readonly text: string; readonly amount_minor: number } | undefined

/** Of a cart the difference to delivering as asked: what is below zero costs. */
function differenceWords(money: Told): string {
  if (money === undefined) return ''
  if (money.amount_minor === 0) return ' Costs nothing.'
  return money.amount_minor < 0
    ? ` Costs ${money.text.replace('-', '')}.`
    : ` Brings ${money.text}.`
}

/** Of an order the value that moves; what each way costs is in its facts. */
const valueWords = (money: Told): string => (money === undefined ? '' : ` Value ${money.text}.`)

function wordsOfWay(
  { text, line, money, evidence, changes }: Way,
  place: number,
  moneyWords: (money: Told) => string,
): string {
  const where = line === undefined ? '' : `Line ${line}: `
  const moves = changes
    .slice(0, 3)
    .map(
      ({ label, before, after }) =>
        `${label}: ${[before, after].filter((one) => one !== undefined).join(' -> ')}`,
    )
    .join('; ')
  const why = evidence
    .slice(0, 4)
    .map((fact) => sentence(fact.text))
    .join(' ')
  return [
    `${place + 1}. ${where}${sentence(text)}${moneyWords(money)}`,
    ...(moves === '' ? [] : [`   ${sentence(moves)}`]),
    ...(why === '' ? [] : [`   ${why}`]),
  ].join('\n')
}

function optionsOfWays(ways: readonly Way[], label: string): Option[] {
  return ways.flatMap((way) => {
    const kind = isWay.safeParse(way.kind)
    if (!kind.success || way.candidate_id === undefined || way.order_id === undefined) return []
    const { money } = way
    const isAgainst = way.evidence.some(({ weighs }) => weighs === 'against')
    return [
      {
        subject: { kind: 'order' as const, id: way.order_id },
        label,
        candidateId: way.candidate_id,
        kind: kind.data,
        title: way.text,
        ...(money === undefined
          ? {}
          : {
              money: {
                amountMinor: money.amount_minor,
                currency: money.currency,
                text: money.text,
              },
            }),
        isRecommended:
          way.rank === 1 && waysToDeliver.some((one) => one === kind.data) && !isAgainst,
      },
    ]
  })
}

/** What could be delivered for an order's short lines instead: the ways the rules allow, with their costs. */
export function* alternativesOfOrder(
  order: string,
  { timeZone }: { readonly timeZone: string },
): Investigation<Finding> {
  const looked = yield* look({ name: 'order_alternatives', args: { order } }, Ways)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, as_of: asOf } = looked.value
  if (items.length === 0)
    return finding(
      `For order ${order} there is nothing to ship instead: no line of it is short, or the rules allow no other way. ${asOfText(asOf, timeZone)}`,
      { questions: [`Why is ${order} stuck?`], listed: [`order:${order}`] },
    )
  const opening = `For order ${order} there ${items.length === 1 ? 'is' : 'are'} ${counted(items.length, 'way')} to deliver, what the rules would do first:`
  const words = [
    opening,
    ...items.map((way, place) => wordsOfWay(way, place, valueWords)),
    asOfText(asOf, timeZone),
  ].join('\n')
  return finding(words, {
    options: optionsOfWays(items, order),
    questions: [`Why is ${order} stuck?`],
    listed: items.map(({ text }) => text),
  })
}

/** What could be delivered to a customer instead of a product that is short. */
export function* alternativesOfCart(
  cart: { readonly customerNumber: string; readonly lines: readonly string[] },
  { timeZone }: { readonly timeZone: string },
): Investigation<Finding> {
  const args = { customer_number: cart.customerNumber, lines: [...cart.lines] }
  const looked = yield* look({ name: 'order_alternatives', args }, Ways)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, as_of: asOf } = looked.value
  const what = `${cart.lines.join(', ')} for ${cart.customerNumber}`
  if (items.length === 0)
    return finding(
      `For ${what} nothing is short, or the rules allow nothing else. ${asOfText(asOf, timeZone)}`,
    )
  return finding(
    [
      `For ${what} there ${items.length === 1 ? 'is' : 'are'} ${counted(items.length, 'way')}, the best first:`,
      ...items.map((way, place) => wordsOfWay(way, place, differenceWords)),
      asOfText(asOf, timeZone),
    ].join('\n'),
    { listed: items.map(({ text }) => text) },
  )
}
