import type { Alternative, Evidence } from '../../canonical/decision.ts'
import { moneyText, roundPrice } from '../../canonical/money.ts'
import { unitRange } from './base-price.ts'
import { deltaPercent, type LineComparison } from './comparison.ts'
import type { Explanation, PriceStep } from './price-judgement.ts'
import { sourceOf } from './rule-in-force.ts'
import { perUnit, reachedPrice } from './volume-break.ts'

/** The next break of the price, where the quantity is near it: an offer to the customer, never a change. */
function nextBreak({ found, asked }: Pick<LineComparison, 'found' | 'asked'>): Evidence[] {
  if (found === undefined) return []
  const { rule, listPrice } = found.base.won
  const { upTo } = unitRange(rule, asked)
  const ahead = [...rule.prices, ...(rule.terms?.volumeBreaks ?? [])]
    .map(({ minimumQuantity }) => minimumQuantity)
    .filter((minimum) => minimum > upTo)
  if (ahead.length === 0) return []
  const next = Math.min(...ahead)
  if ((next - upTo) * 100 > next * Number(asked.settings.nearBreakPercent)) return []
  const reached = reachedPrice(rule, { after: 0, upTo: next }, { listPrice })
  if (reached === undefined) return []
  const unitPrice = roundPrice(perUnit(reached.value, reached.units))
  return [
    {
      weighs: 'note',
      text: `${next - upTo} more reach the next break: from ${next} on ${sourceOf(rule)} gives ${unitPrice}.`,
      source: sourceOf(rule),
      values: { missing: next - upTo, from: next, unitPrice },
    },
  ]
}

/** What a step names, kept apart from its sentence: it is read on the order long after the rules have changed. */
function valuesOf({ rule, from, to, validFrom, validTo }: PriceStep): Evidence['values'] {
  return {
    ...{ rule, to },
    ...(from === undefined ? {} : { from }),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
  }
}

/** How our price came about, step by step, and why other rules gave none. */
export function whyExpected({
  found,
  against,
  asked,
}: Pick<LineComparison, 'found' | 'against' | 'asked'>): Evidence[] {
  if (found === undefined) return [...(against?.() ?? [])]
  return [
    ...found.expected.steps().map(
      (step): Evidence => ({
        weighs: 'for',
        text: step.text,
        source: step.source,
        values: valuesOf(step),
      }),
    ),
    ...found.expected.against(),
    ...nextBreak({ found, asked }),
  ]
}

/** "Line 3: ordered at 10.2500, expected 11.2000 (-8.4821 %, list:LIST-2026)". */
export function comparedText(line: LineComparison): string {
  const { found, sentUnitPrice = '0' } = line
  const percent = deltaPercent(line)
  const off = percent === null || percent === undefined ? '' : `${percent} %, `
  return `Line ${line.asked.line.line}: ordered at ${roundPrice(sentUnitPrice)}, expected ${found?.expected.unitPrice} (${off}${found?.expected.source})`
}

/** What the difference comes to. */
export function figures(line: LineComparison): Evidence {
  const { found, sentUnitPrice = '0', deltaMinor, asked } = line
  const { currency } = asked.order
  const direction = deltaMinor < 0 ? 'too little' : 'too much'
  return {
    weighs: 'note',
    text: `The order's price makes the line ${moneyText(Math.abs(deltaMinor), currency)} ${direction}.`,
    values: {
      sent: roundPrice(sentUnitPrice),
      expected: found?.expected.unitPrice ?? null,
      percent: deltaPercent(line) ?? null,
      deltaMinor,
    },
  }
}

/** The two prices a person may choose from. */
export function priceAlternatives(line: LineComparison): Alternative[] {
  const { found, sentUnitPrice, deltaMinor, asked } = line
  if (found === undefined || sentUnitPrice === undefined) return []
  const { currency } = asked.order
  const name = `price:line ${asked.line.line}`
  return [
    {
      candidateId: `${name}:expected`,
      kind: 'bill-expected',
      text: `Bill ${found.expected.unitPrice}, the price of ${found.expected.source}.`,
      amountMinor: 0,
      currency,
      values: { unitPrice: found.expected.unitPrice },
    },
    {
      candidateId: `${name}:sent`,
      kind: 'honour-order',
      text: `Honour the order's price ${roundPrice(sentUnitPrice)} this once.`,
      amountMinor: deltaMinor,
      currency,
      values: { unitPrice: roundPrice(sentUnitPrice) },
    },
  ]
}

/** The line by another unit, where one explains its price. */
export function unitAlternatives(
  line: LineComparison,
  explanations: readonly Explanation[],
): Alternative[] {
  const { asked } = line
  return explanations.flatMap((explanation): Alternative[] => {
    const uom = explanation.source.startsWith('uom:')
      ? explanation.source.slice('uom:'.length)
      : undefined
    if (uom === undefined) return []
    return [
      {
        candidateId: `uom:line ${asked.line.line}:${uom}`,
        kind: 'change-unit',
        text: `Take the line as ${asked.line.quantity} ${uom}.`,
        values: { quantity: asked.line.quantity, uom },
      },
    ]
  })
}

/** What explains a price, as evidence. */
export function explanationEvidence({
  kind,
  text,
  source,
  unitPrice,
  isExact,
}: Explanation): Evidence {
  return {
    weighs: 'for',
    text: `${kind}: the order's price is ${isExact ? '' : 'nearly '}${text} (${roundPrice(unitPrice)}).`,
    source,
    values: { kind, unitPrice: roundPrice(unitPrice), isExact },
  }
}
