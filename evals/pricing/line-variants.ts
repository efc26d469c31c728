import { type CustomerGroup, isSilentRatio } from './build-world.ts'
import { bookPrice, type Desk, lineAt, lineAtBookPrice, ofClass, written } from './clean-lines.ts'
import {
  absolute,
  compare,
  decimalText,
  type Exact,
  exact,
  less,
  minorUnits,
  minus,
  over,
  plus,
  roughly,
  rounded,
  times,
} from './exact.ts'
import { listPrice, stacked, termPrice } from './expect.ts'
import type { ErrorKind } from './kinds.ts'
import {
  type DraftLine,
  factorOf,
  holdsOn,
  type WorldAgreement,
  type WorldProduct,
  type WorldPromotion,
} from './world.ts'

/** A way to get the price of a line or of several wrong, or right in an odd way. */
export type LineVariant = {
  readonly name: string
  /** What is put in; `clean` has nothing wrong. */
  readonly kind: ErrorKind | 'clean'
  readonly groups: readonly CustomerGroup[]
  readonly shipTo?: string
  /** The lines concerned; undefined when chance drew what cannot be used, to be asked again. */
  make(desk: Desk): readonly DraftLine[] | undefined
}

type Ordered = Pick<DraftLine, 'product' | 'quantity' | 'uom'>

const each = (desk: Desk, product: WorldProduct, least = 2, most = 60): Ordered => ({
  product,
  uom: 'EA',
  quantity: desk.chance.whole(least, most),
})

const cases = ({ chance }: Desk, product: WorldProduct): Ordered => ({
  product,
  uom: chance.pick(Object.keys(product.uomFactors)),
  quantity: chance.whole(1, 8),
})

const standard = (desk: Desk) => desk.chance.pick(ofClass(desk.world, 'STD'))

/** One line of a product at a price made from what it should cost. */
function oneLine(
  order: (desk: Desk) => Ordered,
  price: (expected: Exact, desk: Desk, line: Ordered) => Exact | undefined,
): LineVariant['make'] {
  return (desk) => {
    const line = order(desk)
    const expected = bookPrice(desk, line)
    const wrong = expected === undefined ? undefined : price(expected, desk, line)
    return wrong === undefined ? undefined : [lineAt(line, wrong)]
  }
}

const standardEach = (desk: Desk) => each(desk, standard(desk))
const standardAny = (desk: Desk) =>
  desk.chance.happens(0.3) ? cases(desk, standard(desk)) : standardEach(desk)

const listOf = (desk: Desk, id: string) => desk.world.lists.find((list) => list.id === id)

const byList =
  (id: string) =>
  (_expected: Exact, desk: Desk, line: Ordered): Exact | undefined =>
    listPrice(listOf(desk, id), line.product, line.quantity * factorOf(line))

/** A product of an agreement of the customer, or of another, with the price it names. */
function agreedLine(
  agreementOf: (desk: Desk, agreement: WorldAgreement) => boolean,
  places: readonly [number, number] = [0, 99],
): LineVariant['make'] {
  return (desk) => {
    const agreement = desk.world.agreements.find((one) => agreementOf(desk, one))
    if (agreement === undefined) return undefined
    const term = desk.chance.pick(agreement.terms.slice(...places))
    const product = desk.world.products.find(({ sku }) => 'sku' in term && sku === term.sku)
    if (product === undefined) return undefined
    const line = desk.chance.happens(0.3) ? cases(desk, product) : each(desk, product)
    const buying = { product, each: line.quantity * factorOf(line) }
    const price = termPrice(agreement, term, buying, listOf(desk, 'LIST-PRESENT'))
    return price === undefined ? undefined : [lineAt(line, price)]
  }
}

const isOwn = ({ customer }: Desk, agreement: WorldAgreement) =>
  agreement.customer === customer.number

const isRelatives = (desk: Desk, agreement: WorldAgreement) =>
  !isOwn(desk, agreement) &&
  holdsOn(agreement, desk.world.day) &&
  desk.world.customers.some(
    ({ number, parent }) => number === agreement.customer && parent === desk.customer.parent,
  )

const promotedLine =
  (
    family: string,
    pick: (promotions: readonly WorldPromotion[], desk: Desk) => readonly WorldPromotion[],
    products: (product: WorldProduct, desk: Desk) => boolean = () => true,
  ): LineVariant['make'] =>
  (desk) => {
    const { world, chance } = desk
    const own = world.products.filter(
      (product) => product.family === `PRM-${family}` && products(product, desk),
    )
    const line = each(desk, chance.pick(own))
    const base = listPrice(listOf(desk, 'LIST-PRESENT'), line.product, line.quantity)
    const there = world.promotions.filter((promotion) => promotion.family === `PRM-${family}`)
    return base === undefined ? undefined : [lineAt(line, stacked(base, pick(there, desk)))]
  }

const named =
  (...ids: readonly string[]) =>
  (promotions: readonly WorldPromotion[]) =>
    promotions.filter(({ id }) => ids.includes(id))

/** A line of a product with breaks, at the price of another break than the one its quantity reaches. */
const brokenLine =
  (least: number, most: number, from: number): LineVariant['make'] =>
  (desk) => {
    const line = each(desk, desk.chance.pick(ofClass(desk.world, 'BRK')), least, most)
    const price = listPrice(listOf(desk, 'LIST-PRESENT'), line.product, from)
    return price === undefined ? undefined : [lineAt(line, price)]
  }

/** Prices of some lines, each written beside the next one's. */
function shiftedRows(desk: Desk, count: number): readonly DraftLine[] | undefined {
  const lines = Array.from({ length: count }, () => standardEach(desk))
  const skus = new Set(lines.map(({ product }) => product.sku))
  const prices = lines.map((line) => bookPrice(desk, line))
  if (skus.size < count) return undefined
  return lines.flatMap((line, index) => {
    const next = prices[(index + 1) % count]
    return next === undefined ? [] : [lineAt(line, next)]
  })
}

/** A difference of exactly so many minor units on one line, within so many percent of the price. */
function lineOffBy(
  desk: Desk,
  minor: number,
  [least, most]: readonly [number, number],
): DraftLine | undefined {
  const { chance } = desk
  const quantity = chance.pick([20, 25, 40, 50, 100, 125, 200])
  const line = { product: standard(desk), uom: 'EA', quantity }
  const expected = bookPrice(desk, line)
  if (expected === undefined) return undefined
  const off = over(exact(minor), exact(100 * quantity))
  const percent = roughly(over(times(off, exact(100)), expected))
  if (percent < least || percent > most) return undefined
  return lineAt(line, chance.happens(0.5) ? plus(expected, off) : minus(expected, off))
}

/** The same, drawn until it fits. */
function linesOffBy(
  desk: Desk,
  amounts: readonly number[],
  bounds: readonly [number, number],
): readonly DraftLine[] | undefined {
  const lines: DraftLine[] = []
  for (let tries = 0; lines.length < amounts.length && tries < 3_000; tries += 1) {
    const line = lineOffBy(desk, amounts[lines.length] ?? 0, bounds)
    const isNew = lines.every(({ product }) => product.sku !== line?.product.sku)
    if (line !== undefined && isNew) lines.push(line)
  }
  return lines.length < amounts.length ? undefined : lines
}

/** A price so many percent off, to the last digit: the bound itself, or a hair beyond it. */
const offByPercent =
  (percents: readonly string[], quantity: readonly [number, number]): LineVariant['make'] =>
  (desk) => {
    const line = each(desk, standard(desk), ...quantity)
    const expected = bookPrice(desk, line)
    if (expected === undefined) return undefined
    return [lineAt(line, times(expected, less(desk.chance.pick(percents))))]
  }

/** A price nothing explains: drawn until its share of the right one says nothing. */
const senseless = (expected: Exact, { chance }: Desk): Exact | undefined => {
  const ratio = 0.55 + chance.next() * 0.95
  return isSilentRatio(ratio) ? rounded(times(expected, exact(ratio.toFixed(5))), 2) : undefined
}

const tolerated: readonly LineVariant[] = [
  {
    name: 'price of a tier rounded to cents',
    kind: 'WITHIN_TOLERANCE',
    groups: ['gold', 'silver'],
    make: oneLine(standardEach, (expected) => {
      const cents = rounded(expected, 2)
      return compare(cents, expected) === 0 ? undefined : cents
    }),
  },
  {
    name: 'price of a case rounded to cents',
    kind: 'WITHIN_TOLERANCE',
    groups: ['gold', 'contract'],
    make: (desk) => {
      const line = cases(desk, standard(desk))
      const expected = bookPrice(desk, line)
      if (expected === undefined) return undefined
      const sent = decimalText(times(expected, exact(factorOf(line))), { least: 2, most: 2 })
      return sent === written(expected, line) ? undefined : [{ ...line, price: sent }]
    },
  },
  {
    name: 'a little off',
    kind: 'WITHIN_TOLERANCE',
    groups: ['list', 'gold', 'silver', 'contract'],
    make: oneLine(
      (desk) => each(desk, standard(desk), 1, 6),
      (expected, { chance }) =>
        rounded(times(expected, exact((0.9955 + chance.next() * 0.009).toFixed(5))), 4),
    ),
  },
  {
    name: 'exactly the percentage of the bound',
    kind: 'WITHIN_TOLERANCE',
    groups: ['list', 'silver'],
    make: offByPercent(['0.5', '-0.5'], [1, 3]),
  },
  {
    name: 'exactly the amount of the line bound',
    kind: 'WITHIN_TOLERANCE',
    groups: ['list', 'contract'],
    make: (desk) => linesOffBy(desk, [500], [0.05, 0.5]),
  },
  {
    name: 'exactly the amount of the order bound, without netting',
    kind: 'WITHIN_TOLERANCE',
    groups: ['list'],
    make: (desk) => linesOffBy(desk, [500, 500, 500, 500, 500], [0.05, 0.5]),
  },
]

const unitsAndDecimals: readonly LineVariant[] = [
  ...['0.01', '0.1', '10', '100', '1000'].map((shift) => ({
    name: `price times ${shift}`,
    kind: 'DECIMAL_SHIFT' as const,
    groups: ['list', 'gold', 'silver', 'contract'] as const,
    make: oneLine(standardAny, (expected) => times(expected, exact(shift))),
  })),
  {
    name: 'price times 1000 where a case has 100',
    kind: 'DECIMAL_SHIFT',
    groups: ['list'],
    make: oneLine(
      (desk) => each(desk, desk.chance.pick(ofClass(desk.world, 'TEN'))),
      (expected) => times(expected, exact(1000)),
    ),
  },
  {
    name: 'cases at the price of one piece',
    kind: 'UOM_PRICE_BASIS',
    groups: ['list', 'gold', 'silver', 'contract'],
    make: oneLine(
      (desk) => cases(desk, standard(desk)),
      (expected, _desk, line) => over(expected, exact(factorOf(line))),
    ),
  },
  {
    name: 'tens and hundreds at the price of one piece',
    kind: 'UOM_PRICE_BASIS',
    groups: ['list', 'silver'],
    make: oneLine(
      (desk) => cases(desk, desk.chance.pick(ofClass(desk.world, 'TEN'))),
      (expected, _desk, line) => over(expected, exact(factorOf(line))),
    ),
  },
  ...['STD', 'TEN'].flatMap((productClass) =>
    [true, false].map((isWholeCases) => ({
      name: `${isWholeCases ? 'whole cases in' : 'some'} pieces at the price of a case (${productClass})`,
      kind: 'UOM_QTY_BASIS' as const,
      groups: ['list', 'gold', 'silver', 'contract'] as const,
      make: (desk: Desk) => {
        const product = desk.chance.pick(ofClass(desk.world, productClass))
        const factor = desk.chance.pick(Object.values(product.uomFactors))
        const quantity = isWholeCases ? factor * desk.chance.whole(1, 6) : desk.chance.whole(2, 9)
        const line = { product, uom: 'EA', quantity }
        const expected = bookPrice(desk, line)
        return expected === undefined ? undefined : [lineAt(line, times(expected, exact(factor)))]
      },
    })),
  ),
]

const timesAndParties: readonly LineVariant[] = [
  {
    name: 'price of the previous list',
    kind: 'STALE_PRICE_LIST',
    groups: ['list', 'list', 'grace'],
    make: oneLine(standardAny, byList('LIST-PREVIOUS')),
  },
  {
    name: 'percentage of the contract off the previous list',
    kind: 'STALE_PRICE_LIST',
    groups: ['contract'],
    make: oneLine(
      (desk) => each(desk, desk.chance.pick(ofClass(desk.world, 'CAT'))),
      (expected, desk, line) => {
        const previous = byList('LIST-PREVIOUS')(expected, desk, line)
        return previous === undefined ? undefined : rounded(times(previous, less('18.3')), 4)
      },
    ),
  },
  {
    name: 'price of the next list',
    kind: 'FUTURE_PRICE_LIST',
    groups: ['list'],
    make: oneLine(standardAny, byList('LIST-NEXT')),
  },
  {
    name: 'price of a contract that is over',
    kind: 'EXPIRED_CONTRACT',
    groups: ['lapsed'],
    make: agreedLine(isOwn),
  },
  ...(['GOLD', 'SILVER'] as const).map((tier) => ({
    name: `price of tier ${tier}`,
    kind: 'WRONG_TIER' as const,
    groups: tier === 'GOLD' ? (['list', 'silver'] as const) : (['list', 'gold'] as const),
    make: oneLine(standardAny, byList(`TIER-${tier}`)),
  })),
  {
    name: 'price of a sister company',
    kind: 'WRONG_CONTRACT_PARTY',
    groups: ['family'],
    make: agreedLine(isRelatives, [3, 99]),
  },
  {
    name: 'price of another place',
    kind: 'WRONG_CONTRACT_PARTY',
    groups: ['places'],
    shipTo: 'SOUTH',
    make: agreedLine(isOwn),
  },
]

const discounts: readonly LineVariant[] = [
  {
    name: 'a round percentage off',
    kind: 'UNAUTHORISED_DISCOUNT',
    groups: ['list', 'gold', 'silver', 'contract'],
    make: oneLine(standardEach, (expected, { world, chance }) =>
      rounded(times(expected, less(chance.pick(world.roundDiscounts))), 4),
    ),
  },
  {
    name: 'promotion that is over',
    kind: 'EXPIRED_PROMO',
    groups: ['list', 'list', 'grace'],
    make: promotedLine('B', named('SUMMER')),
  },
  {
    name: 'promotion that is used up',
    kind: 'EXPIRED_PROMO',
    groups: ['list'],
    make: promotedLine('C', named('FIRST-1000')),
  },
  {
    name: 'promotion that leaves the item out',
    kind: 'EXPIRED_PROMO',
    groups: ['list'],
    make: promotedLine('D', named('SELECTED'), ({ sku }, { world }) =>
      world.promotions.some(({ excludedSkus }) => excludedSkus.includes(sku)),
    ),
  },
  ...[
    ['AUTUMN', 'WEB'],
    ['AUTUMN', 'PALLET'],
    ['AUTUMN', 'WEB', 'PALLET'],
  ].map((ids) => ({
    name: `${ids.join(' and ')} together`,
    kind: 'STACKING_VIOLATION' as const,
    groups: ['list'] as const,
    make: promotedLine('A', named(...ids)),
  })),
  {
    name: 'promotions beyond the cap',
    kind: 'STACKING_VIOLATION',
    groups: ['list'],
    make: promotedLine('E', named('BIG-1', 'BIG-2')),
  },
  {
    name: 'break of 100 at fewer',
    kind: 'BREAK_NOT_REACHED',
    groups: ['list'],
    make: brokenLine(10, 96, 100),
  },
  {
    name: 'break of 500 at fewer',
    kind: 'BREAK_NOT_REACHED',
    groups: ['list'],
    make: brokenLine(100, 480, 500),
  },
  {
    name: 'first price past the break',
    kind: 'BREAK_NOT_REACHED',
    groups: ['list'],
    make: brokenLine(100, 300, 1),
  },
  {
    name: 'price of the last slice for all',
    kind: 'BREAK_NOT_REACHED',
    groups: ['sliced'],
    make: (desk) => {
      const agreement = desk.world.agreements.find((one) => isOwn(desk, one))
      const term = agreement === undefined ? undefined : desk.chance.pick(agreement.terms)
      if (term === undefined || !('sku' in term)) return undefined
      const product = desk.world.products.find(({ sku }) => sku === term.sku)
      const slice = term.breaks.at(2)
      if (product === undefined || slice === undefined) return undefined
      return [lineAt(each(desk, product, 520, 900), exact(slice.price))]
    },
  },
]

const restOfTheTable: readonly LineVariant[] = [
  ...(['EUR', 'GBP', 'CAD'] as const).map((base) => ({
    name: `amount in ${base}`,
    kind: 'CURRENCY_MISMATCH' as const,
    groups: ['list', 'gold', 'silver', 'contract'] as const,
    make: oneLine(standardEach, (expected, { world, chance }) => {
      const rate = world.rates.find((one) => one.base === base)
      if (rate === undefined) return undefined
      const drift = exact((0.994 + chance.next() * 0.012).toFixed(4))
      return rounded(times(over(expected, exact(rate.rate)), drift), 2)
    }),
  })),
  {
    name: 'no price',
    kind: 'MISSING_OR_ZERO_PRICE',
    groups: ['list', 'gold', 'asked', 'asked'],
    make: (desk) => [standardAny(desk)],
  },
  {
    name: 'price of zero',
    kind: 'MISSING_OR_ZERO_PRICE',
    groups: ['list', 'silver', 'asked'],
    make: (desk) => [{ ...standardAny(desk), price: desk.chance.pick(['0', '0.00']) }],
  },
  {
    name: 'contract below the floor',
    kind: 'MARGIN_FLOOR',
    groups: ['thin'],
    make: agreedLine(isOwn, [4, 99]),
  },
  {
    name: 'two contracts of the same weight',
    kind: 'PRICE_RULE_CONFLICT',
    groups: ['conflict'],
    make: agreedLine(isOwn),
  },
  {
    name: 'two prices swapped',
    kind: 'ROW_SHIFT',
    groups: ['list', 'gold', 'silver'],
    make: (desk) => shiftedRows(desk, 2),
  },
  {
    name: 'prices one row down',
    kind: 'ROW_SHIFT',
    groups: ['list', 'gold', 'silver'],
    make: (desk) => shiftedRows(desk, desk.chance.whole(3, 5)),
  },
]

const unexplained: readonly LineVariant[] = [
  {
    name: 'a price from nowhere',
    kind: 'PRICE_MISMATCH_UNEXPLAINED',
    groups: ['list', 'gold', 'silver', 'contract', 'euro'],
    make: (desk) =>
      desk.currency === 'EUR'
        ? oneLine(
            (at) => each(at, at.chance.pick(ofClass(at.world, 'STD').slice(0, 60))),
            senseless,
          )(desk)
        : oneLine(standardAny, senseless)(desk),
  },
  {
    name: 'a list that ended too long ago',
    kind: 'PRICE_MISMATCH_UNEXPLAINED',
    groups: ['list'],
    make: oneLine(standardEach, byList('LIST-OLDEST')),
  },
  {
    name: 'a contract that ended too long ago',
    kind: 'PRICE_MISMATCH_UNEXPLAINED',
    groups: ['forgotten'],
    make: agreedLine(isOwn),
  },
  {
    name: 'a cent beyond the line bound',
    kind: 'PRICE_MISMATCH_UNEXPLAINED',
    groups: ['list', 'contract'],
    make: (desk) => linesOffBy(desk, [501], [0.12, 0.5]),
  },
  {
    name: 'a hair beyond the percentage',
    kind: 'PRICE_MISMATCH_UNEXPLAINED',
    groups: ['list', 'silver'],
    make: offByPercent(['0.50004', '-0.50004', '0.51', '-0.51'], [1, 3]),
  },
  {
    name: 'lines within their bounds, the order beyond its own',
    kind: 'PRICE_MISMATCH_UNEXPLAINED',
    groups: ['list'],
    make: (desk) => linesOffBy(desk, [500, 500, 500, 500, 500, 30], [0.12, 0.5]),
  },
  {
    name: 'a currency without bounds',
    kind: 'PRICE_MISMATCH_UNEXPLAINED',
    groups: ['yen'],
    make: oneLine(
      (desk) => each(desk, desk.chance.pick(ofClass(desk.world, 'STD').slice(0, 60)), 1, 5),
      (expected) => {
        const off = rounded(times(expected, exact('1.003')), 0)
        const share = roughly(over(absolute(minus(off, expected)), expected))
        return share > 0.0015 && share < 0.0049 ? off : undefined
      },
    ),
  },
]

/** Prices that two kinds explain: what is put in, and nothing in the order to tell which. */
const twofold: readonly LineVariant[] = [
  {
    name: 'previous list and another tier',
    kind: 'STALE_PRICE_LIST',
    groups: ['list'],
    make: oneLine(
      (desk) => each(desk, desk.chance.pick(ofClass(desk.world, 'AST'))),
      byList('LIST-PREVIOUS'),
    ),
  },
  {
    name: 'another tier and a round percentage',
    kind: 'WRONG_TIER',
    groups: ['list'],
    make: oneLine(
      (desk) => each(desk, desk.chance.pick(ofClass(desk.world, 'ART'))),
      byList('TIER-GOLD'),
    ),
  },
  {
    name: 'another tier and another currency',
    kind: 'WRONG_TIER',
    groups: ['list'],
    make: oneLine(
      (desk) => each(desk, desk.chance.pick(ofClass(desk.world, 'AFX'))),
      byList('TIER-GOLD'),
    ),
  },
  {
    name: 'a contract that is over and a sister company',
    kind: 'EXPIRED_CONTRACT',
    groups: ['family'],
    make: agreedLine(isRelatives, [0, 3]),
  },
  {
    name: 'previous list and the next row',
    kind: 'STALE_PRICE_LIST',
    groups: ['list'],
    make: (desk) => {
      const products = ofClass(desk.world, 'ARS')
      const at = desk.chance.whole(0, products.length / 2 - 1) * 2
      const [first, second] = [products[at], products[at + 1]]
      if (first === undefined || second === undefined) return undefined
      const line = each(desk, first)
      const stale = byList('LIST-PREVIOUS')(exact(0), desk, line)
      return stale === undefined
        ? undefined
        : [lineAt(line, stale), lineAtBookPrice(desk, each(desk, second))]
    },
  },
  {
    name: 'a promotion that is over and a round percentage',
    kind: 'EXPIRED_PROMO',
    groups: ['list'],
    make: promotedLine('F', named('TENTH')),
  },
]

/** Right, but odd to look at. */
const odd: readonly LineVariant[] = [
  {
    name: 'price of a hundred',
    kind: 'clean',
    groups: ['list', 'gold', 'contract'],
    make: (desk) => {
      const line = standardEach(desk)
      const price = bookPrice(desk, line)
      if (price === undefined) return undefined
      const text = decimalText(times(price, exact(100)), { least: 2 })
      return [{ ...line, price: text, priceBasis: 100 }]
    },
  },
  {
    name: 'trailing zeros',
    kind: 'clean',
    groups: ['list', 'silver'],
    make: (desk) => {
      const line = lineAtBookPrice(desk, standardEach(desk))
      return [{ ...line, price: `${line.price}0000`.replace(/^(\d+\.\d{4,6}).*$/, '$1') }]
    },
  },
  ...[
    [99, 1],
    [100, 100],
    [499, 100],
    [500, 500],
  ].map(([quantity = 1, from]) => ({
    name: `${quantity} pieces, the break of ${from}`,
    kind: 'clean' as const,
    groups: ['list', 'silver'] as const,
    make: (desk: Desk) => [
      lineAtBookPrice(desk, {
        product: desk.chance.pick(ofClass(desk.world, 'BRK')),
        uom: 'EA',
        quantity,
      }),
    ],
  })),
  {
    name: 'slices at their own prices, their average to four decimals',
    kind: 'clean',
    groups: ['sliced'],
    make: (desk) => {
      const agreement = desk.world.agreements.find((one) => isOwn(desk, one))
      const term = agreement === undefined ? undefined : desk.chance.pick(agreement.terms)
      if (term === undefined || !('sku' in term)) return undefined
      const product = desk.world.products.find(({ sku }) => sku === term.sku)
      if (product === undefined) return undefined
      return [lineAtBookPrice(desk, each(desk, product, 90, 700))]
    },
  },
  {
    name: 'contract that begins on the day',
    kind: 'clean',
    groups: ['contract'],
    make: agreedLine(
      (desk, agreement) => isOwn(desk, agreement) && agreement.id.startsWith('TODAY'),
    ),
  },
  {
    name: 'contract at the very floor',
    kind: 'clean',
    groups: ['thin'],
    make: agreedLine(isOwn, [0, 4]),
  },
  {
    name: 'place with a contract of its own',
    kind: 'clean',
    groups: ['places'],
    shipTo: 'NORTH',
    make: agreedLine(isOwn),
  },
  {
    name: 'free goods',
    kind: 'clean',
    groups: ['list'],
    make: (desk) => [
      {
        ...each(desk, desk.chance.pick(ofClass(desk.world, 'GFT')), 1, 5),
        price: '0',
        isFreeOfCharge: true,
      },
    ],
  },
  ...(['A', 'D', 'E'] as const).map((family) => ({
    name: `promotions of family ${family}`,
    kind: 'clean' as const,
    groups: ['list', 'gold'] as const,
    make: (desk: Desk) => {
      const own = desk.world.products.filter((product) => product.family === `PRM-${family}`)
      return [lineAtBookPrice(desk, each(desk, desk.chance.pick(own)))]
    },
  })),
  ...(['euro', 'yen'] as const).map((group) => ({
    name: `${group} order`,
    kind: 'clean' as const,
    groups: [group] as const,
    make: (desk: Desk) =>
      [0, 1, 2].map(() =>
        lineAtBookPrice(
          desk,
          each(desk, desk.chance.pick(ofClass(desk.world, 'STD').slice(0, 60))),
        ),
      ),
  })),
]

/** Every way to put something into the lines of an order. */
export const lineVariants: readonly LineVariant[] = [
  ...tolerated,
  ...unitsAndDecimals,
  ...timesAndParties,
  ...discounts,
  ...restOfTheTable,
  ...unexplained,
]

/** Ways that two kinds explain. */
export const twofoldVariants: readonly LineVariant[] = twofold

/** Clean ways that look odd. */
export const oddVariants: readonly LineVariant[] = odd

/** Minor units of a line's money as the buyer wrote it. */
export function buyersMinor(line: DraftLine, decimals: number): number {
  if (line.price === undefined) return 0
  const total = times(exact(line.price), exact(line.quantity))
  return minorUnits(over(total, exact(line.priceBasis ?? 1)), decimals)
}
