import { bookPrice, type Desk, lineAt, lineAtBookPrice, ofClass } from './clean-lines.ts'
import { decimalText, exact, times } from './exact.ts'
import {
  agreedLine,
  byList,
  each,
  isOwn,
  isRelatives,
  type LineVariant,
  named,
  oneLine,
  promotedLine,
  standardEach,
} from './line-parts.ts'

/** Prices that two kinds explain: what is put in, and nothing in the order to tell which. */
export const twofold: readonly LineVariant[] = [
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
export const odd: readonly LineVariant[] = [
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
