import type { Evidence } from '../../canonical/decision.ts'
import {
  type DecimalText,
  lineAmountMinor,
  type MinorUnits,
  roundPrice,
  roundPriceUp,
} from '../../canonical/money.ts'
import { type BasePrice, basePrice, type LineInOrder, whyLost } from './base-price.ts'
import type { PriceRule, PromotionRule } from './order-to-price.ts'
import type { ExpectedPrice, PriceStep } from './price-judgement.ts'
import { type Promoted, promotedPrice, promotionBar } from './promotion-price.ts'
import { pricingDay, sourceOf } from './rule-in-force.ts'
import { perUnit } from './volume-break.ts'

const listScale = 4
// An average over slices is rarely a short number: with eight places, unit × quantity is the slices' sum again.
const averageScale = 8

/** The expected price with what it was made of. */
export type Waterfall = {
  readonly base: BasePrice
  readonly promoted: Promoted
  readonly expected: ExpectedPrice
}

/** The promotions that hold for a line. */
export function promotionsInForce(asked: LineInOrder): readonly PromotionRule[] {
  const { order, line, settings } = asked
  if (line.promotions.length === 0) return line.promotions
  const day = pricingDay(settings.listPricingDate, order, line)
  return line.promotions.filter(
    (promotion) => promotionBar(promotion, day, line.quantityEach) === undefined,
  )
}

/** Rounds a price once, to the scale of the rule it is from; its amount for the line comes out of it. */
function netPrice(
  { value, units }: { readonly value: DecimalText; readonly units: number },
  priceScale: number | undefined,
  { line, order, settings }: LineInOrder,
): { readonly unitPrice: DecimalText; readonly lineAmountMinor: MinorUnits } {
  const amountOf = (unitPrice: DecimalText, quantity: number) =>
    lineAmountMinor(unitPrice, String(quantity), order.currency, settings.rounding)
  const scale = priceScale ?? listScale
  if (units === 1) {
    const unitPrice = roundPrice(value, scale)
    return { unitPrice, lineAmountMinor: amountOf(unitPrice, line.quantityEach) }
  }
  const average = perUnit(value, units)
  const unitPrice = roundPrice(average, Math.max(scale, averageScale))
  const amount = amountOf(unitPrice, line.quantityEach)
  // The amount of slices is their sum, rounded once: the average is rounded so that it comes to that.
  const ofSlices = units === line.quantityEach ? amountOf(value, 1) : amount
  if (ofSlices === amount) return { unitPrice, lineAmountMinor: amount }
  const up = roundPriceUp(average, Math.max(scale, averageScale))
  return { unitPrice: up, lineAmountMinor: ofSlices }
}

type Validity = Pick<PriceStep, 'validFrom' | 'validTo'>

const validityOf = ({ validFrom, validTo }: PriceRule): Validity =>
  validTo === undefined ? { validFrom } : { validFrom, validTo }

function baseSteps({ won }: BasePrice): PriceStep[] {
  const { rule, reached, listPrice } = won
  const source = sourceOf(rule)
  const unit = perUnit(reached.value, reached.units)
  const from = {
    ...(listPrice === undefined ? {} : { from: listPrice }),
    ...validityOf(rule),
  }
  if (reached.volumePercent === undefined) {
    const how = listPrice === undefined ? '' : ` off the list price ${listPrice}`
    const many =
      reached.units === 1
        ? `from ${reached.from} on`
        : `each slice of ${reached.units} at its own price`
    return [
      {
        rule: 'base-price',
        source,
        ...from,
        to: unit,
        text: `${source} gives ${unit}${how}, ${many}.`,
      },
    ]
  }
  return [
    {
      rule: 'volume-break',
      source,
      ...from,
      to: unit,
      text: `${source} gives ${unit}, ${reached.volumePercent} % of volume break included.`,
    },
  ]
}

function promotionSteps({ promoted, base }: Waterfall): PriceStep[] {
  if (promoted.applied.length === 0) return []
  const { reached } = base.won
  const names = promoted.applied.map(({ promotionId }) => promotionId).join(', ')
  const from = perUnit(reached.value, reached.units)
  const to = perUnit(promoted.value, reached.units)
  const cap = promoted.isCapped ? ', as far as the cap on promotions lets it' : ''
  return [
    {
      rule: 'promotion',
      source: `promotion:${names}`,
      from,
      to,
      text: `Promotion ${names} takes ${from} to ${to}${cap}.`,
    },
  ]
}

function stepsOf(waterfall: Waterfall): PriceStep[] {
  const { base, promoted, expected } = waterfall
  const exact = perUnit(promoted.value, base.won.reached.units)
  const steps = [...baseSteps(base), ...promotionSteps(waterfall)]
  return [
    ...steps,
    {
      rule: 'rounding',
      source: sourceOf(base.won.rule),
      from: exact,
      to: expected.unitPrice,
      text: `Rounded once, the unit price is ${expected.unitPrice}.`,
    },
  ]
}

function promotionsAgainst(
  { line, order, settings }: LineInOrder,
  waterfall: Waterfall,
): Evidence[] {
  const { promoted, base } = waterfall
  const day = pricingDay(settings.listPricingDate, order, line)
  return line.promotions.flatMap((promotion): Evidence[] => {
    if (promoted.applied.includes(promotion)) return []
    const bar = promotionBar(promotion, day, line.quantityEach)
    const why =
      bar ??
      (base.won.rule.terms?.isPromotionExcluded === true
        ? 'the agreement excludes promotions'
        : 'another one gives the lower price')
    return [
      {
        weighs: 'against',
        text: `Promotion ${promotion.promotionId} does not count: ${barText[why] ?? why}.`,
        source: `promotion:${promotion.promotionId}`,
      },
    ]
  })
}

const barText: Readonly<Record<string, string>> = {
  'not-started': 'it has not begun',
  expired: 'it is over',
  'item-excluded': 'it is not for this item',
  quantity: 'its smallest quantity is not reached',
  quota: 'its quota is used up',
}

/** Base price, breaks, promotions, one rounding: the price we expect of a line, or what stood against every rule. */
export function waterfall(asked: LineInOrder): Waterfall | { readonly against: () => Evidence[] } {
  const base = basePrice(asked)
  if (!('won' in base)) return { against: () => base.lost.map((lost) => whyLost(lost, undefined)) }
  const { rule, reached } = base.won
  const promotions = rule.terms?.isPromotionExcluded === true ? [] : promotionsInForce(asked)
  const promoted = promotedPrice(reached, promotions, asked.settings.promotionCapPercent)
  const valued = { value: promoted.value, units: reached.units }
  const { unitPrice, lineAmountMinor: amountMinor } = netPrice(
    valued,
    rule.terms?.priceScale,
    asked,
  )
  const expected: ExpectedPrice = {
    unitPrice,
    lineAmountMinor: amountMinor,
    exact: perUnit(promoted.value, reached.units),
    source: sourceOf(rule),
    steps: () => stepsOf(found),
    against: () => [
      ...base.lost.map((lost) => whyLost(lost, rule)),
      ...promotionsAgainst(asked, found),
    ],
  }
  const found: Waterfall = { base, promoted, expected }
  return found
}
