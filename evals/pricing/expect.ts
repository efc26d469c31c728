import { compare, type Exact, exact, less, over, plus, rounded, times, zero } from './exact.ts'
import {
  holdsOn,
  type World,
  type WorldAgreement,
  type WorldBreak,
  type WorldCustomer,
  type WorldList,
  type WorldProduct,
  type WorldPromotion,
  type WorldTerm,
} from './world.ts'

/** Who buys how many of what, going where. */
export type Buying = {
  readonly customer: WorldCustomer
  readonly shipTo?: string | undefined
  readonly product: WorldProduct
  /** Base units. */
  readonly each: number
  readonly currency: string
}

/** A price before promotions, and what may be done with it. */
export type Base = {
  readonly price: Exact
  readonly source: string
  readonly isPromotionExcluded: boolean
  /** The average of slices, which no rounding may keep from coming to the sum of them (P2: 5,398.00). */
  readonly isOfSlices?: boolean
}

/** The price expected, or the prices between which the books do not decide. */
export type Expectation =
  | { readonly price: Exact; readonly source: string }
  | { readonly conflict: readonly Exact[] }

/** Prices are kept to this many decimals. */
export const priceScale = 4

/** The price of all units by the break reached, or of the average unit when each slice has its own price. */
export function priceByBreaks(
  breaks: readonly WorldBreak[],
  each: number,
  how: 'bracket' | 'graduated',
): Exact | undefined {
  const rising = [...breaks].sort((a, b) => a.from - b.from)
  const reached = rising.filter(({ from }) => from <= each)
  const last = reached.at(-1)
  if (last === undefined) return undefined
  if (how === 'bracket') return exact(last.price)
  let total = zero
  for (const [index, { from, price }] of reached.entries()) {
    const upTo = reached[index + 1] === undefined ? each : (reached[index + 1]?.from ?? 0) - 1
    total = plus(total, times(exact(price), exact(upTo - from + 1)))
  }
  return over(total, exact(each))
}

/** The list price of a product: everyone's, or one tier's. */
export function listPrice(
  list: WorldList | undefined,
  product: WorldProduct,
  each: number,
): Exact | undefined {
  const breaks = list?.prices.get(product.sku)
  return breaks === undefined ? undefined : priceByBreaks(breaks, each, 'bracket')
}

/** The list in force for a tier (undefined: everyone's) on a day. */
export function listInForce(
  world: World,
  { tier, currency, day }: { tier: string | undefined; currency: string; day: string },
): WorldList | undefined {
  return world.lists.find(
    (list) => list.tier === tier && list.currency === currency && holdsOn(list, day),
  )
}

/** What one agreement's term asks for a product, given the list its percentage is off. */
export function termPrice(
  agreement: WorldAgreement,
  term: WorldTerm,
  { product, each }: Pick<Buying, 'product' | 'each'>,
  list: WorldList | undefined,
): Exact | undefined {
  if ('sku' in term)
    return term.sku === product.sku ? priceByBreaks(term.breaks, each, agreement.breaks) : undefined
  if (term.productClass !== product.productClass) return undefined
  const base = listPrice(list, product, each)
  return base === undefined ? undefined : times(base, less(term.percentOff))
}

type Agreed = { readonly agreement: WorldAgreement; readonly rank: string; readonly price: Exact }

// Item before class, the ship-to's own before the customer's, then the latest start: the highest text wins.
function agreedPrices(world: World, buying: Buying, day: string): Agreed[] {
  const list = listInForce(world, { tier: undefined, currency: buying.currency, day })
  return world.agreements
    .filter(
      (agreement) =>
        agreement.customer === buying.customer.number &&
        agreement.currency === buying.currency &&
        holdsOn(agreement, day) &&
        (agreement.shipTo === undefined || agreement.shipTo === buying.shipTo),
    )
    .flatMap((agreement) =>
      agreement.terms.flatMap((term) => {
        const price = termPrice(agreement, term, buying, list)
        const level = 'sku' in term ? 'b-item' : 'a-class'
        const party = agreement.shipTo === undefined ? 'a' : 'b'
        return price === undefined
          ? []
          : { agreement, price, rank: `${level} ${party} ${agreement.from}` }
      }),
    )
    .sort((a, b) => (a.rank < b.rank ? 1 : -1))
}

function listedPrice(world: World, buying: Buying, day: string): Base | undefined {
  const tiers = buying.customer.tier === undefined ? [undefined] : [buying.customer.tier, undefined]
  for (const tier of tiers) {
    const list = listInForce(world, { tier, currency: buying.currency, day })
    const price = listPrice(list, buying.product, buying.each)
    if (price !== undefined && list !== undefined)
      return { price, source: list.id, isPromotionExcluded: false }
  }
  return undefined
}

/** The price before promotions: the customer's agreements, then its tier's list, then everyone's. */
export function basePrice(
  world: World,
  buying: Buying,
  day: string = world.day,
): Base | { readonly conflict: readonly Exact[] } | undefined {
  const agreed = agreedPrices(world, buying, day)
  const [best] = agreed
  if (best === undefined) return listedPrice(world, buying, day)
  const tied = agreed.filter(({ rank }) => rank === best.rank)
  if (tied.some(({ price }) => compare(price, best.price) !== 0))
    return { conflict: tied.map(({ price }) => price) }
  return {
    price: best.price,
    source: best.agreement.id,
    isPromotionExcluded: best.agreement.isPromotionExcluded,
    isOfSlices: best.agreement.breaks === 'graduated',
  }
}

/** Whether a promotion holds for so many pieces of a product on a day. */
export function isPromoted(
  promotion: WorldPromotion,
  product: WorldProduct,
  each: number,
  day: string,
): boolean {
  if (promotion.family !== product.family || promotion.excludedSkus.includes(product.sku))
    return false
  const { quota } = promotion
  return holdsOn(promotion, day) && (quota === undefined || quota.used + each <= quota.each)
}

/** The price after some promotions one upon the other. */
export const stacked = (price: Exact, promotions: readonly WorldPromotion[]): Exact =>
  promotions.reduce((value, { percentOff }) => times(value, less(percentOff)), price)

const lower = (a: Exact, b: Exact): Exact => (compare(a, b) <= 0 ? a : b)
const higher = (a: Exact, b: Exact): Exact => (compare(a, b) >= 0 ? a : b)

/** The lower of the best exclusive promotion and all stackable ones together, never below the cap. */
export function promotedPrice(
  world: World,
  price: Exact,
  promotions: readonly WorldPromotion[],
): Exact {
  const exclusives = promotions.filter(({ combination }) => combination === 'exclusive')
  const together = stacked(
    price,
    promotions.filter(({ combination }) => combination === 'stackable'),
  )
  const best = exclusives.map((promotion) => stacked(price, [promotion])).reduce(lower, together)
  return higher(best, times(price, less(world.promotionCapPercent)))
}

/** The price we expect of one base unit, rounded once to its scale; that of slices stays as it comes. */
export function expectation(world: World, buying: Buying): Expectation | undefined {
  const base = basePrice(world, buying)
  if (base === undefined || 'conflict' in base) return base
  const promotions = base.isPromotionExcluded
    ? []
    : world.promotions.filter((promotion) =>
        isPromoted(promotion, buying.product, buying.each, world.day),
      )
  const price = promotedPrice(world, base.price, promotions)
  return {
    price: base.isOfSlices === true ? price : rounded(price, priceScale),
    source: base.source,
  }
}
