import { type CustomerGroup, customerGroups, customerNumber } from './customer-world.ts'
import { decimalText, exact, less, minus, over, roundedUp } from './exact.ts'
import { four, isSilentRatio, marginFloorPercent, type Priced, range } from './product-world.ts'
import type { Chance } from './random.ts'
import { dayAfter, type WorldAgreement, type WorldPromotion } from './world.ts'

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

export function agreementsOf(
  chance: Chance,
  products: readonly Priced[],
  day: string,
): WorldAgreement[] {
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

export function promotionsOf(products: readonly Priced[], day: string): WorldPromotion[] {
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
