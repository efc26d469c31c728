import type { Evidence } from '../../canonical/decision.ts'
import { compareDecimal, type DecimalText } from '../../canonical/money.ts'
import {
  type LineToPrice,
  type OrderToPrice,
  type PriceRule,
  priceLevels,
  priceParties,
  priceTargets,
} from './order-to-price.ts'
import type { PricingSettings } from './pricing-policy.ts'
import { dayOfRule, holdsOn, sourceOf } from './rule-in-force.ts'
import { perUnit, type Reached, reachedPrice, type UnitRange } from './volume-break.ts'

/** A line with what of its order its price depends on. */
export type LineInOrder = {
  readonly order: OrderToPrice
  readonly line: LineToPrice
  /** Base units of the order's lines of the same family, this one included. */
  readonly familyEach: number
  readonly settings: PricingSettings
}

/** Why a rule did not give the price. */
type Bar = 'currency' | 'not-started' | 'expired' | 'quantity' | 'no-list-price' | 'outranked'

/** A rule that could have given the price, and why it did not. */
export type LostRule = {
  readonly rule: PriceRule
  readonly why: Bar
  readonly unitPrice?: DecimalText
}

/** A rule with the price it asks for a line. */
export type PricedRule = {
  readonly rule: PriceRule
  readonly reached: Reached
  /** The list price its percentage is off. */
  readonly listPrice?: DecimalText
}

/** What the base price of a line is from. */
export type BasePrice = {
  readonly won: PricedRule
  /** Rules that weigh the same as the one that won, with other prices. */
  readonly tied: readonly PricedRule[]
  readonly lost: readonly LostRule[]
}

/** The units by which a rule counts its breaks for a line. */
export function unitRange(rule: PriceRule, { line, familyEach }: LineInOrder): UnitRange {
  switch (rule.terms?.breakBasis) {
    case 'family':
      return { after: 0, upTo: Math.max(familyEach, line.quantityEach) }
    case 'period': {
      const before = line.periodEach ?? 0
      return { after: before, upTo: before + line.quantityEach }
    }
    default:
      return { after: 0, upTo: line.quantityEach }
  }
}

const byRank = (a: PriceRule, b: PriceRule) =>
  priceLevels.indexOf(a.level) - priceLevels.indexOf(b.level) ||
  priceTargets.indexOf(a.target) - priceTargets.indexOf(b.target) ||
  priceParties.indexOf(a.party) - priceParties.indexOf(b.party) ||
  (a.validFrom < b.validFrom ? 1 : a.validFrom > b.validFrom ? -1 : 0)

/** Levels first, then product, then party, then the latest start; the number only to give the same answer every time. */
function ranked(rules: readonly PriceRule[]): readonly PriceRule[] {
  if (rules.length < 2) return rules
  return rules.toSorted(
    (a, b) => byRank(a, b) || (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0),
  )
}

function barOf(rule: PriceRule, { order, line, settings }: LineInOrder): Bar | undefined {
  if (rule.currency !== order.currency) return 'currency'
  const day = dayOfRule(rule, order, line, settings)
  if (day < rule.validFrom) return 'not-started'
  if (!holdsOn(rule, day)) return 'expired'
  return line.quantityEach < (rule.terms?.minimumOrderQuantity ?? 1) ? 'quantity' : undefined
}

/** The list price in force on the day of a rule, for its percentage. */
function listPriceFor(rule: PriceRule, asked: LineInOrder): DecimalText | undefined {
  if (rule.prices.every((price) => price.percentOff === undefined)) return undefined
  const { order, line, settings } = asked
  const day = dayOfRule(rule, order, line, settings)
  for (const list of ranked(line.rules.filter(({ level }) => level === 'list'))) {
    if (list.currency !== rule.currency || !holdsOn(list, day)) continue
    const reached = reachedPrice(list, unitRange(list, asked))
    if (reached !== undefined) return perUnit(reached.value, reached.units)
  }
  return undefined
}

/** A rule's price for a line, whether or not it is in force; undefined where it has none. */
export function pricedBy(
  rule: PriceRule,
  asked: LineInOrder,
  listPrice: DecimalText | undefined = listPriceFor(rule, asked),
): PricedRule | undefined {
  const reached = reachedPrice(rule, unitRange(rule, asked), { listPrice })
  if (reached === undefined) return undefined
  return listPrice === undefined ? { rule, reached } : { rule, reached, listPrice }
}

const unitOf = ({ reached }: PricedRule) => perUnit(reached.value, reached.units)

/** A rule's price, or why it has none for the line. */
function tried(rule: PriceRule, asked: LineInOrder): PricedRule | LostRule {
  const bar = barOf(rule, asked)
  if (bar !== undefined) return { rule, why: bar }
  const priced = pricedBy(rule, asked)
  if (priced !== undefined) return priced
  const needsList = rule.prices.some((price) => price.percentOff !== undefined)
  return { rule, why: needsList ? 'no-list-price' : 'quantity' }
}

const outranked = (priced: PricedRule): LostRule => ({
  rule: priced.rule,
  why: 'outranked',
  unitPrice: unitOf(priced),
})

/** The one base price that applies, the ties it has, and why the others do not apply. */
export function basePrice(asked: LineInOrder): BasePrice | { readonly lost: readonly LostRule[] } {
  const lost: LostRule[] = []
  const equals: PricedRule[] = []
  for (const rule of ranked(asked.line.rules)) {
    const result = tried(rule, asked)
    const [first] = equals
    if ('why' in result) lost.push(result)
    else if (first === undefined || byRank(first.rule, rule) === 0) equals.push(result)
    else lost.push(outranked(result))
  }
  const [won, ...others] =
    asked.settings.ties === 'best_price'
      ? equals.toSorted((a, b) => compareDecimal(unitOf(a), unitOf(b)))
      : equals
  if (won === undefined) return { lost }
  const isTie = (other: PricedRule) => compareDecimal(unitOf(won), unitOf(other)) !== 0
  if (asked.settings.ties === 'best_price' || !others.some(isTie))
    return { won, tied: [], lost: [...others.map(outranked), ...lost] }
  return { won, tied: others.filter(isTie), lost }
}

const reasons: Readonly<Record<Bar, (rule: PriceRule) => string>> = {
  currency: (rule) => `it is in ${rule.currency}`,
  'not-started': (rule) => `it begins on ${rule.validFrom}`,
  expired: (rule) => `it ended on ${rule.validTo}`,
  quantity: () => 'its smallest quantity is not reached',
  'no-list-price': () => 'there is no list price for its percentage',
  outranked: () => '',
}

function rankReason(winner: PriceRule, loser: PriceRule): string {
  if (winner.level !== loser.level) return `${winner.level} comes before ${loser.level}`
  if (winner.target !== loser.target) return `${winner.target} comes before ${loser.target}`
  if (winner.party !== loser.party) return `${winner.party} comes before ${loser.party}`
  if (winner.validFrom !== loser.validFrom) return `${winner.ruleId} began later`
  return 'it asks no other price'
}

/** Why a rule did not give the price, as a sentence. */
export function whyLost(lost: LostRule, winner: PriceRule | undefined): Evidence {
  const { rule, why, unitPrice } = lost
  const reason =
    why === 'outranked' && winner !== undefined ? rankReason(winner, rule) : reasons[why](rule)
  return {
    weighs: 'against',
    text: `${sourceOf(rule)}${unitPrice === undefined ? '' : ` asks ${unitPrice}, but`} does not apply: ${reason}.`,
    source: sourceOf(rule),
    values: { why, ...(unitPrice === undefined ? {} : { unitPrice }) },
  }
}
