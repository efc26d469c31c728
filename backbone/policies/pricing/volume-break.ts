import {
  compareDecimal,
  type DecimalText,
  divideDecimal,
  lessPercent,
  multiplyDecimal,
  sumDecimal,
} from '../../canonical/money.ts'
import type { RuleTerms } from '../../canonical/pricing-data.ts'
import type { PriceRule, RulePrice } from './order-to-price.ts'

/**
 * What the quantity of a line comes to before promotions: the value of `units` base units, unrounded. Where all
 * units cost the same it is the value of one; in slices of different prices it is that of the whole range.
 */
export type Reached = {
  readonly value: DecimalText
  readonly units: number
  /** Quantity from which the highest price reached counts. */
  readonly from: number
  /** The percentage of the volume break reached on top of it. */
  readonly volumePercent?: DecimalText
}

/** The base units, counted in the order's way of reaching breaks, that a line's units are numbered by. */
export type UnitRange = { readonly after: number; readonly upTo: number }

function reachedOf<Break extends { readonly minimumQuantity: number }>(
  breaks: readonly Break[],
  quantity: number,
): Break | undefined {
  let best: Break | undefined
  for (const each of breaks)
    if (
      each.minimumQuantity <= quantity &&
      (best === undefined || each.minimumQuantity > best.minimumQuantity)
    )
      best = each
  return best
}

function priceOf(price: RulePrice, listPrice: DecimalText | undefined): DecimalText | undefined {
  if (price.unitPrice !== undefined) return price.unitPrice
  if (price.percentOff === undefined || listPrice === undefined) return undefined
  return lessPercent(listPrice, price.percentOff)
}

function bracketed(
  rule: PriceRule,
  quantity: number,
  listPrice: DecimalText | undefined,
): Reached | undefined {
  const reached = reachedOf(rule.prices, quantity)
  const base = reached === undefined ? undefined : priceOf(reached, listPrice)
  if (reached === undefined || base === undefined) return undefined
  const volume = reachedOf(rule.terms?.volumeBreaks ?? [], quantity)
  if (volume === undefined) return { value: base, units: 1, from: reached.minimumQuantity }
  return {
    value: lessPercent(base, volume.percentOff),
    units: 1,
    from: reached.minimumQuantity,
    volumePercent: volume.percentOff,
  }
}

/** Each slice at its own price: unit number n costs what an order of n units reaches. */
function graduated(
  rule: PriceRule,
  { after, upTo }: UnitRange,
  listPrice: DecimalText | undefined,
): Reached | undefined {
  const lowest = rule.prices.reduce(
    (least, price) => Math.min(least, price.minimumQuantity),
    Number.POSITIVE_INFINITY,
  )
  if (lowest > upTo) return undefined
  const starts = [...rule.prices, ...(rule.terms?.volumeBreaks ?? [])]
    .map((price) => price.minimumQuantity)
    .filter((start) => start > after + 1 && start <= upTo)
  const edges = [...new Set([after + 1, ...starts])].sort((a, b) => a - b)
  const slices: DecimalText[] = []
  for (const [index, first] of edges.entries()) {
    const last = (edges[index + 1] ?? upTo + 1) - 1
    // Units below the first break are sold at its price: the rule has no other.
    const one = bracketed(rule, Math.max(first, lowest), listPrice)
    if (one === undefined) return undefined
    slices.push(multiplyDecimal(one.value, String(last - first + 1)))
  }
  const from = reachedOf(rule.prices, upTo)?.minimumQuantity ?? lowest
  return { value: sumDecimal(slices), units: upTo - after, from }
}

/** What a rule asks for a range of units; undefined where its smallest quantity is not reached or it has no price. */
export function reachedPrice(
  rule: PriceRule,
  range: UnitRange,
  options: {
    readonly listPrice?: DecimalText | undefined
    readonly breaks?: RuleTerms['breaks'] | undefined
  } = {},
): Reached | undefined {
  const breaks = options.breaks ?? rule.terms?.breaks ?? 'bracket'
  return breaks === 'graduated'
    ? graduated(rule, range, options.listPrice)
    : bracketed(rule, range.upTo, options.listPrice)
}

/** The average price of one unit, with more places than any document has. */
export function perUnit(value: DecimalText, units: number): DecimalText {
  return units === 1 ? value : divideDecimal(value, String(units), 12)
}

/** Whether a rule sells at all breaks for the same. */
export function hasBreaks(rule: PriceRule): boolean {
  const [first] = rule.prices
  return (
    (rule.terms?.volumeBreaks?.length ?? 0) > 0 ||
    rule.prices.some(
      (price) =>
        compareDecimal(
          price.unitPrice ?? price.percentOff ?? '0',
          first?.unitPrice ?? first?.percentOff ?? '0',
        ) !== 0,
    )
  )
}
