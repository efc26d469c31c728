import { decimalText, exact, less, minus, over, roundedUp } from './exact.ts'
import { type Chance, chanceOf } from './random.ts'
import {
  dayAfter,
  type World,
  type WorldAgreement,
  type WorldCustomer,
  type WorldList,
  type WorldProduct,
  type WorldPromotion,
} from './world.ts'

/** Percentages people claim as a discount nobody granted: those of the pricing policy's default. */
const roundDiscounts = [
  ...['1', '2', '2.5', '3', '4', '5', '6', '7', '7.5', '8', '9', '10', '12', '12.5', '15'],
  ...['20', '25', '30', '35', '40', '50'],
]

const marginFloorPercent = '12'

const rates = [
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
const four = (number: number) => number.toFixed(4)
const range = (count: number) => Array.from({ length: count }, (_, index) => index)
const named = (prefix: string, index: number, width = 2) =>
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

type Priced = WorldProduct & { readonly prices: Prices; readonly breaks?: readonly BreakShare[] }
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

function allProducts(chance: Chance): Priced[] {
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

function priceLists(products: readonly Priced[], day: string): WorldList[] {
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

const customerGroups = {
  /** Buy at the list price. */
  list: 14,
  gold: 6,
  silver: 8,
  /** Have contracts for products and a percentage off a class. */
  contract: 8,
  /** Had a contract that is over. */
  lapsed: 6,
  /** Had one that has been over for too long to explain anything. */
  forgotten: 3,
  /** Two that belong to one parent: the first has a contract, the second has none. */
  family: 8,
  /** Have a contract for one of two places. */
  places: 5,
  /** Have two contracts that contradict each other. */
  conflict: 4,
  /** Have contracts below the margin floor. */
  thin: 5,
  /** Have contracts with prices for slices. */
  sliced: 4,
  euro: 5,
  yen: 3,
  /** Old prices and promotions are honoured for a while. */
  grace: 5,
  /** Must be asked when a price is missing. */
  asked: 4,
  taxed: 5,
  exempt: 4,
  /** Exempt once: the certificate has run out. */
  unproven: 4,
  freight: 6,
  terms: 6,
} as const
export type CustomerGroup = keyof typeof customerGroups

const customerNumber = (group: CustomerGroup, index: number) => named(group.toUpperCase(), index)

/** The customers of one group. */
export function customersOf(world: World, group: CustomerGroup): WorldCustomer[] {
  return world.customers.filter(({ number }) => number.startsWith(`${group.toUpperCase()}-`))
}

type Trait = Partial<Omit<WorldCustomer, 'number'>>

const traits: Partial<Record<CustomerGroup, (index: number, day: string) => Trait>> = {
  gold: () => ({ tier: 'GOLD' }),
  silver: () => ({ tier: 'SILVER' }),
  family: (index) => ({ parent: named('PARENT', Math.floor(index / 2)) }),
  places: () => ({ shipTos: ['NORTH', 'SOUTH'] }),
  euro: () => ({ currency: 'EUR' }),
  yen: () => ({ currency: 'JPY' }),
  grace: () => ({ rules: { staleListGraceDays: 75, promotionGraceDays: 45 } }),
  asked: () => ({ rules: { missingPrice: 'ask' } }),
  taxed: () => ({ tax: { ratePercent: '8.25', jurisdiction: 'US-TX' } }),
  exempt: (_index, day) => ({
    tax: { ratePercent: '8.25', jurisdiction: 'US-TX', certificateTo: dayAfter(day, 200) },
  }),
  unproven: (_index, day) => ({
    tax: { ratePercent: '8.25', jurisdiction: 'US-TX', certificateTo: dayAfter(day, -30) },
  }),
  freight: (index) => ({
    freight:
      index % 3 === 2
        ? { payer: 'prepaid-and-add', freeFromMinor: 700_000 }
        : { payer: index % 3 === 0 ? 'prepaid' : 'collect' },
  }),
  terms: (index) =>
    index % 2 === 0 ? { netDays: 30, discount: { percent: '2', days: 10 } } : { netDays: 45 },
}

function customersIn(day: string): WorldCustomer[] {
  const groups: readonly CustomerGroup[] = Object.keys(customerGroups).filter(
    (name): name is CustomerGroup => Object.hasOwn(customerGroups, name),
  )
  const buyers = groups.flatMap((group) =>
    range(customerGroups[group]).map((index) => ({
      number: customerNumber(group, index),
      currency: 'USD',
      netDays: 30,
      shipTos: ['MAIN'],
      ...traits[group]?.(index, day),
    })),
  )
  const parents = range(customerGroups.family / 2).map((index) => ({
    number: named('PARENT', index),
    currency: 'USD',
    netDays: 30,
    shipTos: ['MAIN'],
  }))
  return [...parents, ...buyers]
}

/**
 * A contract price that says nothing by its share of the list price, as no other price does by its share of it.
 * Where a product leaves no such price the last one drawn will do: what it makes ambiguous is labelled so.
 */
function contractPrice(
  chance: Chance,
  product: Priced,
  [least, most]: readonly [number, number],
): string {
  const { present, previous, next, gold, silver } = product.prices
  let price = present
  for (let tries = 0; tries < 500; tries += 1) {
    price = four(Number(present) * (least + chance.next() * (most - least)))
    const drawn = Number(price)
    const others = [present, previous, next, gold, silver]
    const isSilent =
      isSilentRatio(drawn / Number(present)) &&
      others.every((other) => isSilentRatio(Number(other) / drawn))
    if (isSilent) break
  }
  return price
}

type AgreementPlan = {
  readonly group: CustomerGroup
  readonly label: string
  readonly from: number
  readonly to?: (index: number) => number
  readonly isFor?: (index: number) => boolean
  readonly shipTo?: string
  readonly breaks?: 'bracket' | 'graduated'
  readonly isPromotionExcluded?: boolean
  terms(chance: Chance, index: number): WorldAgreement['terms']
}

function agreementsBy(chance: Chance, day: string, plan: AgreementPlan): WorldAgreement[] {
  const { group, label, from, to, isFor = () => true, shipTo, breaks = 'bracket' } = plan
  return range(customerGroups[group])
    .filter(isFor)
    .map((index) => ({
      id: `${label}-${customerNumber(group, index)}`,
      customer: customerNumber(group, index),
      ...(shipTo === undefined ? {} : { shipTo }),
      currency: 'USD',
      from: dayAfter(day, from),
      ...(to === undefined ? {} : { to: dayAfter(day, to(index)) }),
      breaks,
      isPromotionExcluded: plan.isPromotionExcluded ?? false,
      terms: plan.terms(chance, index),
    }))
}

/** Twelve products of a class, others for every customer. */
function share(products: readonly Priced[], productClass: string, index: number, count = 12) {
  const own = products.filter((product) => product.productClass === productClass)
  return range(count).map((place) => {
    const product = own[(index * count + place) % own.length]
    if (product === undefined) throw new RangeError(`There is no product of class ${productClass}.`)
    return product
  })
}

function agreementsOf(chance: Chance, products: readonly Priced[], day: string): WorldAgreement[] {
  const items =
    (productClass: string, shares: readonly [number, number], count = 12) =>
    (drawn: Chance, index: number) =>
      share(products, productClass, index, count).map((product) => ({
        sku: product.sku,
        breaks: [{ from: 1, price: contractPrice(drawn, product, shares) }],
      }))
  const lapsed = agreementsBy(chance, day, {
    group: 'lapsed',
    label: 'OLD',
    from: -500,
    to: (index) => -150 + index * 20,
    terms: items('STD', [0.78, 0.86]),
  })
  const forgotten = agreementsBy(chance, day, {
    group: 'forgotten',
    label: 'OLDER',
    from: -700,
    to: (index) => -240 - index * 30,
    terms: items('STD', [0.78, 0.86]),
  })
  const affiliates = agreementsBy(chance, day, {
    group: 'family',
    label: 'AFF',
    from: -200,
    isFor: (index) => index % 2 === 0,
    terms: items('STD', [0.78, 0.86]),
  })
  return [
    ...agreementsBy(chance, day, {
      group: 'contract',
      label: 'ITEM',
      from: -100,
      terms: items('STD', [0.78, 0.86]),
    }),
    ...agreementsBy(chance, day, {
      group: 'contract',
      label: 'CLASS',
      from: -100,
      isPromotionExcluded: true,
      terms: () => [{ productClass: 'CAT', percentOff: '18.3' }],
    }),
    // Ends on the day itself: it no longer holds; and one that begins on it.
    ...agreementsBy(chance, day, {
      group: 'contract',
      label: 'TODAY',
      from: 0,
      terms: items('TEN', [0.78, 0.86], 4),
    }),
    ...lapsed,
    ...forgotten,
    ...affiliates,
    ...twins(affiliates, day),
    ...agreementsBy(chance, day, {
      group: 'places',
      label: 'NORTH',
      from: -200,
      shipTo: 'NORTH',
      terms: items('STD', [0.78, 0.86]),
    }),
    ...['LEFT', 'RIGHT'].flatMap((label) =>
      agreementsBy(chance, day, {
        group: 'conflict',
        label,
        from: -30,
        terms: items('STD', label === 'LEFT' ? [0.8, 0.83] : [0.85, 0.88], 8),
      }),
    ),
    ...agreementsBy(chance, day, {
      group: 'thin',
      label: 'THIN',
      from: -60,
      terms: (drawn, index) => floorTerms(drawn, share(products, 'MRG', index, 16)),
    }),
    ...agreementsBy(chance, day, {
      group: 'sliced',
      label: 'SLICE',
      from: -60,
      breaks: 'graduated',
      terms: (drawn, index) =>
        share(products, 'STD', index + 3, 8).map((product) => {
          const first = Number(contractPrice(drawn, product, [0.84, 0.88]))
          return {
            sku: product.sku,
            breaks: [
              { from: 1, price: four(first) },
              { from: 100, price: four(first * 0.9187) },
              { from: 500, price: four(first * 0.8311) },
            ],
          }
        }),
    }),
  ]
}

/** Prices about the floor: four at the lowest that keeps the margin, four a hair below it, the rest far below. */
function floorTerms(chance: Chance, products: readonly Priced[]): WorldAgreement['terms'] {
  return products.map((product, place) => {
    const floor = roundedUp(over(exact(product.landedCost ?? '0'), less(marginFloorPercent)), 4)
    const hair = exact('0.0001')
    const edge = decimalText(place < 4 ? floor : minus(floor, hair))
    const far = contractPrice(chance, product, [0.78, 0.81])
    return { sku: product.sku, breaks: [{ from: 1, price: place < 8 ? edge : far }] }
  })
}

/** Contracts of the second of a family that are over, at the prices the first one has today: two kinds explain them. */
function twins(affiliates: readonly WorldAgreement[], day: string): WorldAgreement[] {
  return affiliates.map((agreement, index) => ({
    ...agreement,
    id: `TWIN-${index + 1}`,
    customer: customerNumber('family', index * 2 + 1),
    from: dayAfter(day, -500),
    to: dayAfter(day, -70),
    terms: agreement.terms.slice(0, 3),
  }))
}

function promotionsOf(products: readonly Priced[], day: string): WorldPromotion[] {
  const promotion = (
    id: string,
    family: string,
    percentOff: string,
    rest: Partial<WorldPromotion> = {},
  ): WorldPromotion => ({
    ...{ id, family: `PRM-${family}`, percentOff, priority: 10 },
    ...{ combination: 'stackable', from: dayAfter(day, -30), to: dayAfter(day, 30) },
    excludedSkus: [],
    ...rest,
  })
  const excluded = products
    .filter(({ family }) => family === 'PRM-D')
    .filter((_, at) => at % 2 === 0)
  return [
    promotion('AUTUMN', 'A', '11.3', { combination: 'exclusive', priority: 1 }),
    promotion('WEB', 'A', '3.7', { priority: 10 }),
    promotion('PALLET', 'A', '2.7', { priority: 20 }),
    promotion('SUMMER', 'B', '9.3', { from: dayAfter(day, -90), to: dayAfter(day, -20) }),
    promotion('FIRST-1000', 'C', '6.3', { quota: { each: 1000, used: 1000 } }),
    promotion('SELECTED', 'D', '5.7', { excludedSkus: excluded.map(({ sku }) => sku) }),
    promotion('BIG-1', 'E', '9.3', { priority: 10 }),
    promotion('BIG-2', 'E', '7.3', { priority: 20 }),
    // Ten percent to the point: who claims it without the promotion claims a round discount too.
    promotion('TENTH', 'F', '10', { from: dayAfter(day, -90), to: dayAfter(day, 0) }),
  ]
}

/** Builds the distributor of a seed as it stands on a day. */
export function buildWorld({ seed, day }: { readonly seed: number; readonly day: string }): World {
  const chance = chanceOf(seed)
  const products = allProducts(chance)
  return {
    day,
    products: products.map(({ prices: _prices, breaks: _breaks, ...product }) => product),
    lists: priceLists(products, day),
    agreements: agreementsOf(chance, products, day),
    promotions: promotionsOf(products, day),
    customers: customersIn(day),
    rates,
    tolerance: {
      percent: '0.5',
      amounts: { USD: { line: 500, order: 2500 }, EUR: { line: 500, order: 2500 } },
    },
    marginFloorPercent,
    promotionCapPercent: '15',
    roundDiscounts,
  }
}
