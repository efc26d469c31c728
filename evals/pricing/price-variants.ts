import { bookPrice, type Desk, lineAt, ofClass, written } from './clean-lines.ts'
import {
  absolute,
  compare,
  decimalText,
  exact,
  less,
  minus,
  over,
  roughly,
  rounded,
  times,
} from './exact.ts'
import {
  agreedLine,
  brokenLine,
  byList,
  cases,
  each,
  isOwn,
  isRelatives,
  type LineVariant,
  linesOffBy,
  named,
  offByPercent,
  oneLine,
  promotedLine,
  senseless,
  shiftedRows,
  standard,
  standardAny,
  standardEach,
} from './line-parts.ts'
import { factorOf } from './world.ts'

export const tolerated: readonly LineVariant[] = [
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

export const unitsAndDecimals: readonly LineVariant[] = [
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

export const timesAndParties: readonly LineVariant[] = [
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

export const discounts: readonly LineVariant[] = [
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

export const restOfTheTable: readonly LineVariant[] = [
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

export const unexplained: readonly LineVariant[] = [
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
