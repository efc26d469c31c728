import { addDays } from '../../canonical/calendar.ts'
import { compareDecimal, type DecimalText } from '../../canonical/money.ts'
import { type LineInOrder, type LostRule, pricedBy } from './base-price.ts'
import type { CandidatePrice, LineToExplain } from './candidate-price.ts'
import type { OtherRule, PriceRule } from './order-to-price.ts'
import type { PriceKind } from './price-kinds.ts'
import { promotedPrice } from './promotion-price.ts'
import { dayOfRule, sourceOf } from './rule-in-force.ts'
import { hasBreaks, perUnit, type Reached, reachedPrice } from './volume-break.ts'
import { promotionsInForce } from './waterfall.ts'

const unitOf = ({ value, units }: Reached) => perUnit(value, units)

/** A price as the rule has it, and with the promotions that hold now. */
function withAndWithoutPromotions(
  asked: LineInOrder,
  rule: PriceRule,
  reached: Reached,
): DecimalText[] {
  const plain = unitOf(reached)
  const promotions = rule.terms?.isPromotionExcluded === true ? [] : promotionsInForce(asked)
  if (promotions.length === 0) return [plain]
  const promoted = promotedPrice(reached, promotions, asked.settings.promotionCapPercent)
  return [perUnit(promoted.value, reached.units), plain]
}

function fromRule(
  { line, found }: LineToExplain,
  rule: PriceRule,
  what: { readonly kind: PriceKind; readonly text: string },
  listPrice?: DecimalText,
): CandidatePrice[] {
  const priced = pricedBy(rule, line.asked, listPrice)
  if (priced === undefined) return []
  return withAndWithoutPromotions(line.asked, rule, priced.reached)
    .filter((unitPrice) => compareDecimal(unitPrice, found.expected.exact) !== 0)
    .map((unitPrice) => ({ ...what, unitPrice, source: sourceOf(rule) }))
}

const isPercentage = (rule: PriceRule) =>
  rule.prices.some(({ percentOff }) => percentOff !== undefined)

/** Another list's price, and what the agreement in force would make of it. */
function fromList(asked: LineToExplain, rule: PriceRule, what: { kind: PriceKind; text: string }) {
  const plain = fromRule(asked, rule, what)
  const { won } = asked.found.base
  const listed = pricedBy(rule, asked.line.asked)
  if (rule.level !== 'list' || listed === undefined || !isPercentage(won.rule)) return plain
  const text = `${what.text}, with the percentage of ${sourceOf(won.rule)}`
  return [...plain, ...fromRule(asked, won.rule, { ...what, text }, unitOf(listed.reached))]
}

/** An ended contract's price: off the list of today and off the one it was made for. */
function fromEndedContract(
  asked: LineToExplain,
  rule: PriceRule,
  what: { kind: PriceKind; text: string },
) {
  const today = fromRule(asked, rule, what)
  if (!isPercentage(rule)) return today
  const before = asked.background.otherRules.flatMap((other) => {
    if (other.why !== 'previous-list' || other.rule.level !== 'list') return []
    const listed = pricedBy(other.rule, asked.line.asked)
    return listed === undefined ? [] : fromRule(asked, rule, what, unitOf(listed.reached))
  })
  return [...today, ...before]
}

function hasEndedWithin(rule: PriceRule, days: number, { line }: LineToExplain): boolean {
  const { asked } = line
  const day = dayOfRule(rule, asked.order, asked.line, asked.settings)
  return rule.validTo !== undefined && rule.validTo <= day && day <= addDays(rule.validTo, days)
}

function fromOther(asked: LineToExplain, { why, rule, of }: OtherRule): CandidatePrice[] {
  const { settings } = asked.line.asked
  const source = sourceOf(rule)
  switch (why) {
    case 'previous-list':
      return hasEndedWithin(rule, settings.staleListDays, asked)
        ? fromList(asked, rule, {
            kind: 'STALE_PRICE_LIST',
            text: `the price of ${source}, which ended on ${rule.validTo}`,
          })
        : []
    case 'next-list':
      return fromList(asked, rule, {
        kind: 'FUTURE_PRICE_LIST',
        text: `the price of ${source}, which begins on ${rule.validFrom}`,
      })
    case 'expired-contract':
      return hasEndedWithin(rule, settings.expiredContractDays, asked)
        ? fromEndedContract(asked, rule, {
            kind: 'EXPIRED_CONTRACT',
            text: `the price of ${source}, which ended on ${rule.validTo}`,
          })
        : []
    case 'other-tier':
      return fromRule(asked, rule, {
        kind: 'WRONG_TIER',
        text: `the price of ${source}${of === undefined ? '' : ` for tier ${of}`}, which is not this customer's`,
      })
    case 'other-party':
      return fromRule(asked, rule, {
        kind: 'WRONG_CONTRACT_PARTY',
        text: `the price of ${source}${of === undefined ? '' : ` with ${of}`}, to which this customer is not entitled`,
      })
  }
}

/** Prices of rules that do not hold for the line: earlier and later lists, ended contracts, other tiers and parties. */
export function otherRuleCandidates(asked: LineToExplain): CandidatePrice[] {
  return asked.background.otherRules.flatMap((other) => fromOther(asked, other))
}

function fromLost(asked: LineToExplain, { rule, why }: LostRule): CandidatePrice[] {
  const source = sourceOf(rule)
  const winner = sourceOf(asked.found.base.won.rule)
  switch (why) {
    case 'outranked':
      return fromRule(asked, rule, {
        kind: 'WRONG_TIER',
        text: `the price of ${source}, but ${winner} comes before it`,
      })
    case 'quantity': {
      const lowest = Math.min(...rule.prices.map((price) => price.minimumQuantity))
      const reached = reachedPrice(rule, {
        after: 0,
        upTo: Math.max(lowest, rule.terms?.minimumOrderQuantity ?? 1),
      })
      return reached === undefined
        ? []
        : [
            {
              kind: 'BREAK_NOT_REACHED',
              unitPrice: unitOf(reached),
              source,
              text: `the price of ${source}, whose smallest quantity is not reached`,
            },
          ]
    }
    case 'expired':
      return fromOther(asked, {
        why:
          rule.level === 'list' || rule.level === 'tier-list'
            ? 'previous-list'
            : 'expired-contract',
        rule,
      })
    case 'not-started':
      return fromOther(asked, { why: 'next-list', rule })
    case 'currency': {
      const reached = reachedPrice(rule, { after: 0, upTo: asked.line.asked.line.quantityEach })
      return reached === undefined
        ? []
        : [
            {
              kind: 'CURRENCY_MISMATCH',
              unitPrice: unitOf(reached),
              source,
              text: `the price of ${source} in ${rule.currency}`,
            },
          ]
    }
    case 'no-list-price':
      return []
  }
}

/** Prices of rules that lost against the one in force. */
export function lostRuleCandidates(asked: LineToExplain): CandidatePrice[] {
  return asked.found.base.lost.flatMap((lost) => fromLost(asked, lost))
}

/** Prices of the rule in force at another quantity, or with its breaks counted the other way. */
export function breakCandidates(asked: LineToExplain): CandidatePrice[] {
  const { found, line } = asked
  const { rule, listPrice } = found.base.won
  if (!hasBreaks(rule)) return []
  const starts = [...rule.prices, ...(rule.terms?.volumeBreaks ?? [])].map(
    (each) => each.minimumQuantity,
  )
  const { quantityEach } = line.asked.line
  const lowest = Math.min(...rule.prices.map((price) => price.minimumQuantity))
  const quantities = [...new Set([lowest, ...starts])].sort((a, b) => a - b)
  const expected = found.expected.exact
  const source = sourceOf(rule)
  const at = (upTo: number, breaks: 'bracket' | 'graduated', text: string): CandidatePrice[] => {
    const reached = reachedPrice(rule, { after: 0, upTo }, { listPrice, breaks })
    if (reached === undefined) return []
    return withAndWithoutPromotions(line.asked, rule, reached)
      .filter((unitPrice) => compareDecimal(unitPrice, expected) !== 0)
      .map((unitPrice) => ({
        kind: compareDecimal(unitPrice, expected) < 0 ? 'BREAK_NOT_REACHED' : 'BREAK_MISSED',
        unitPrice,
        source,
        text,
      }))
  }
  const otherWay = rule.terms?.breaks === 'graduated' ? 'bracket' : 'graduated'
  return [
    ...quantities.flatMap((from) =>
      at(from, 'bracket', `the price of ${source} from ${from} on, the line has ${quantityEach}`),
    ),
    ...at(quantityEach, otherWay, `the price of ${source} with its breaks counted as ${otherWay}`),
  ]
}
