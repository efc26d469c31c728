import type { Chance } from './random.ts'
import { dayAfter, type WorldList, type WorldProduct } from './world.ts'

export const roundDiscounts = [
  ...['1', '2', '2.5', '3', '4', '5', '6', '7', '7.5', '8', '9', '10', '12', '12.5', '15'],
  ...['20', '25', '30', '35', '40', '50'],
]

export const marginFloorPercent = '12'

export const rates = [
  { base: 'EUR', quote: 'USD', rate: '1.0837' },
  { base: 'GBP', quote: 'USD', rate: '1.2731' },
  { base: 'CAD', quote: 'USD', rate: '0.7135' },
] as const

// When lists change, in days from the day of the orders: the present one is 50 days old, the one before that
// ended then, the oldest ended too long ago to explain anything.
const listDays = { oldest: -400, previous: -200, present: -50, next: 60 } as const

/** Days since the present price lists began. */
export const daysOfPresentList = -listDays.present

const two = (number: number) => number.toFixed(2)
export const four = (number: number) => number.toFixed(4)
export const range = (count: number) => Array.from({ length: count }, (_, index) => index)
export const named = (prefix: string, index: number, width = 2) =>
  `${prefix}-${String(index + 1).padStart(width, '0')}`

const isNear = (ratio: number, other: number, within: number) =>
  Math.abs(ratio / other - 1) < within

// Ratios that something says on its own: equal, a round discount, a currency, a shifted decimal point.
const tellingRatios: readonly { ratio: number; within: number }[] = [
  { ratio: 1, within: 0.007 },
  ...range(140).map((half) => ({ ratio: 1 - (half + 1) / 200, within: 0.0014 })),
  ...rates.flatMap(({ rate }) => [
    { ratio: Number(rate), within: 0.0115 },
    { ratio: 1 / Number(rate), within: 0.0115 },
  ]),
  ...[0.001, 0.01, 0.1, 10, 100, 1000].map((ratio) => ({ ratio, within: 0.004 })),
]

// Asked hundreds of thousands of times while lists are drawn: shares up to two are looked up by their fifth decimal.
const silence = range(200_001).map(
  (index) => !tellingRatios.some(({ ratio, within }) => isNear(index / 100_000, ratio, within)),
)

/**
 * Whether a price that is this share of the expected one says nothing by its share alone. The generated lists
 * keep to such shares, so that a stale price is a stale price and not by chance seven percent off too; prices
 * that two kinds explain are made on purpose and labelled so.
 */
export function isSilentRatio(share: number): boolean {
  return (
    silence[Math.round(share * 100_000)] ??
    !tellingRatios.some(({ ratio, within }) => isNear(share, ratio, within))
  )
}

type Prices = {
  readonly oldest: string
  readonly previous: string
  readonly present: string
  readonly next: string
  readonly gold: string
  readonly silver: string
}

const areSilent = (prices: Prices) => {
  const of = (expected: string, ...others: readonly string[]) =>
    others.every((other) => isSilentRatio(Number(other) / Number(expected)))
  const { oldest, previous, present, next, gold, silver } = prices
  return (
    of(present, previous, next, gold, silver, oldest) &&
    of(gold, previous, next, present, silver) &&
    of(silver, previous, next, present, gold)
  )
}

function drawPrices(chance: Chance): Prices {
  for (let tries = 0; ; tries += 1) {
    const present = 4 + chance.next() ** 2 * 300
    const share = (least: number, most: number) => least + chance.next() * (most - least)
    const rises = chance.happens(0.7)
    const prices = {
      oldest: two(present * share(0.83, 0.9)),
      previous: two(present * (chance.happens(0.85) ? share(0.94, 0.985) : share(1.015, 1.05))),
      present: two(present),
      next: two(present * (rises ? share(1.012, 1.06) : share(0.94, 0.985))),
      gold: four(present * share(0.865, 0.905)),
      silver: four(present * share(0.938, 0.975)),
    }
    if (areSilent(prices) || tries > 20_000) return prices
  }
}

const packings: readonly Readonly<Record<string, number>>[] = [
  { XCS: 24 },
  { XPK: 6, XCS: 36 },
  { XCS: 12 },
  { XPK: 12, XCS: 144 },
  { XCS: 48 },
]

export type Priced = WorldProduct & {
  readonly prices: Prices
  readonly breaks?: readonly BreakShare[]
}
type BreakShare = { readonly from: number; readonly share: number }

const breakShares: readonly BreakShare[] = [
  { from: 1, share: 1 },
  { from: 100, share: 0.9423 },
  { from: 500, share: 0.8817 },
]

function productsOf(
  chance: Chance,
  { prefix, count, families = ['ALL'], packing }: ProductGroup,
): Priced[] {
  return range(count).map((index) => ({
    sku: named(prefix, index, 3),
    productClass: prefix,
    family: `${prefix}-${families[index % families.length] ?? 'ALL'}`,
    uomFactors: packing ?? chance.pick(packings),
    prices: drawPrices(chance),
  }))
}

type ProductGroup = {
  readonly prefix: string
  readonly count: number
  readonly families?: readonly string[]
  readonly packing?: Readonly<Record<string, number>>
}

// A fifth of the standard range has a cost, far below its prices: only a price that is badly off is below the floor.
const withCost = (product: Priced, index: number): Priced =>
  index % 5 === 0
    ? { ...product, landedCost: four(Number(product.prices.present) * 0.5517) }
    : product

/** Products whose prices are made to be explained by two kinds at once. */
function twofold(chance: Chance): Priced[] {
  const plain = { families: ['ALL'], count: 8 }
  const staleTier = productsOf(chance, { ...plain, prefix: 'AST' }).map((product) => ({
    ...product,
    prices: { ...product.prices, gold: four(Number(product.prices.previous)) },
  }))
  const roundTier = productsOf(chance, { ...plain, prefix: 'ART' }).map((product) => {
    // Whole tens, so that ten percent off is a price to the cent.
    const present = `${10 * chance.whole(2, 25)}.00`
    const ratio = Number(present) / Number(product.prices.present)
    const scaled = (price: string) => two(Number(price) * ratio)
    const { oldest, previous, next, silver } = product.prices
    const rest = { oldest: scaled(oldest), previous: scaled(previous), next: scaled(next) }
    const gold = four(Number(present) * 0.9)
    return { ...product, prices: { ...rest, present, gold, silver: scaled(silver) } }
  })
  const currencyTier = productsOf(chance, { ...plain, prefix: 'AFX' }).map((product) => ({
    ...product,
    prices: { ...product.prices, gold: four(Number(product.prices.present) / 1.0837) },
  }))
  return [...staleTier, ...roundTier, ...currencyTier, ...shiftedStale(chance)]
}

/** Pairs of products: what the first cost on the previous list is what the second costs now. */
function shiftedStale(chance: Chance): Priced[] {
  const products = productsOf(chance, { prefix: 'ARS', count: 16 })
  return products.map((product, index) => {
    const first = products[index - 1]
    if (index % 2 === 0 || first === undefined) return product
    const ratio = Number(first.prices.previous) / Number(product.prices.present)
    const { oldest, previous, next, gold, silver } = product.prices
    return {
      ...product,
      prices: {
        oldest: two(Number(oldest) * ratio),
        previous: two(Number(previous) * ratio),
        present: first.prices.previous,
        next: two(Number(next) * ratio),
        gold: four(Number(gold) * ratio),
        silver: four(Number(silver) * ratio),
      },
    }
  })
}

export function allProducts(chance: Chance): Priced[] {
  const margin = productsOf(chance, { prefix: 'MRG', count: 16 }).map((product) => ({
    ...product,
    landedCost: four(Number(product.prices.present) * (0.72 + chance.next() * 0.06)),
  }))
  return [
    ...productsOf(chance, { prefix: 'STD', count: 160, families: ['A', 'B', 'C', 'D'] }).map(
      withCost,
    ),
    ...productsOf(chance, { prefix: 'CAT', count: 24 }),
    ...productsOf(chance, { prefix: 'BRK', count: 40 }).map((product) => ({
      ...product,
      breaks: breakShares,
    })),
    ...productsOf(chance, { prefix: 'PRM', count: 60, families: ['A', 'B', 'C', 'D', 'E', 'F'] }),
    ...margin,
    ...productsOf(chance, { prefix: 'TEN', count: 16, packing: { XPK: 10, XCS: 100 } }),
    ...productsOf(chance, { prefix: 'GFT', count: 4 }),
    ...twofold(chance),
  ]
}

type ListPlan = {
  readonly id: string
  readonly price: keyof Prices
  readonly from: number
  readonly to?: number
  readonly tier?: string
}

const listPlans: readonly ListPlan[] = [
  { id: 'LIST-OLDEST', price: 'oldest', from: listDays.oldest, to: listDays.previous },
  { id: 'LIST-PREVIOUS', price: 'previous', from: listDays.previous, to: listDays.present },
  { id: 'LIST-PRESENT', price: 'present', from: listDays.present, to: listDays.next },
  { id: 'LIST-NEXT', price: 'next', from: listDays.next },
  { id: 'TIER-GOLD', price: 'gold', from: -300, tier: 'GOLD' },
  { id: 'TIER-SILVER', price: 'silver', from: -300, tier: 'SILVER' },
]

function pricesOn(product: Priced, price: keyof Prices) {
  if (product.productClass === 'GFT') return [{ from: 1, price: '0' }]
  const first = product.prices[price]
  return (product.breaks ?? [{ from: 1, share: 1 }]).map(({ from, share }) => ({
    from,
    price: share === 1 ? first : four(Number(first) * share),
  }))
}

export function priceLists(products: readonly Priced[], day: string): WorldList[] {
  const own = listPlans.map(({ id, price, from, to, tier }) => ({
    id,
    currency: 'USD',
    ...(tier === undefined ? {} : { tier }),
    from: dayAfter(day, from),
    ...(to === undefined ? {} : { to: dayAfter(day, to) }),
    prices: new Map(products.map((product) => [product.sku, pricesOn(product, price)])),
  }))
  const abroad = (id: string, currency: string, priceOf: (product: Priced) => string) => ({
    id,
    currency,
    from: dayAfter(day, -300),
    prices: new Map(
      products
        .filter(({ productClass }) => productClass === 'STD')
        .slice(0, 60)
        .map((product) => [product.sku, [{ from: 1, price: priceOf(product) }]]),
    ),
  })
  return [
    ...own,
    abroad('LIST-EUR', 'EUR', ({ prices }) => two(Number(prices.present) * 0.9511)),
    abroad('LIST-JPY', 'JPY', ({ prices }) => String(Math.round(Number(prices.present) * 151))),
  ]
}
