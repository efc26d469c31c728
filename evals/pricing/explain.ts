import { absolute, compare, type Exact, exact, less, minus, over, times } from './exact.ts'
import {
  type Buying,
  basePrice,
  isPromoted,
  listInForce,
  listPrice,
  promotedPrice,
  stacked,
  termPrice,
} from './expect.ts'
import type { ErrorKind } from './kinds.ts'
import {
  type DraftLine,
  dayAfter,
  factorOf,
  holdsOn,
  type World,
  type WorldAgreement,
  type WorldBreak,
  type WorldList,
} from './world.ts'

/**
 * A price that something in the books, or a usual mistake, would give for the line, per base unit. `unclear`
 * are prices the table of the domain rules has no kind for (a discount the buyer is due but did not take); no
 * order of the graded set may be explained by one.
 */
export type Hypothesis = {
  readonly kind: ErrorKind | 'unclear'
  readonly price: Exact
  readonly source: string
  /** How near it must come, as a share of the price; the usual tenth of a percent unless said. */
  readonly within?: Exact
}

/** A line whose price is to be explained, and the order it stands in. */
export type Puzzle = {
  readonly world: World
  readonly buying: Buying
  readonly line: DraftLine
  /** What we expect, per base unit. */
  readonly expected: Exact
  /** What we expect for the order's other lines. */
  readonly neighbours: readonly Exact[]
}

const staleDays = 90
const expiredDays = 180

function unitMistakes({ line, expected }: Puzzle): Hypothesis[] {
  const ordered = factorOf(line)
  return Object.entries(line.product.uomFactors).flatMap(([uom, factor]): Hypothesis[] => [
    // The price of one piece where that of a case was asked for, and a case's price for every piece.
    {
      kind: ordered === factor ? 'UOM_PRICE_BASIS' : 'unclear',
      price: over(expected, exact(factor)),
      source: `each as ${uom}`,
    },
    {
      kind: ordered === 1 ? 'UOM_QTY_BASIS' : 'unclear',
      price: times(expected, exact(factor)),
      source: `${uom} as each`,
    },
  ])
}

function shiftedPoints({ line, expected }: Puzzle): Hypothesis[] {
  const factors = Object.values(line.product.uomFactors)
  return [1, 2, 3]
    .map((places) => 10 ** places)
    .filter((shift) => !factors.includes(shift))
    .flatMap((shift): Hypothesis[] => [
      { kind: 'DECIMAL_SHIFT', price: times(expected, exact(shift)), source: `x${shift}` },
      { kind: 'DECIMAL_SHIFT', price: over(expected, exact(shift)), source: `/${shift}` },
    ])
}

/** What a list of another time gives this buyer: its own prices, and what the buyer's percentage takes off them. */
function pricesByList(
  { world, buying }: Puzzle,
  list: WorldList,
  kind: 'STALE_PRICE_LIST' | 'FUTURE_PRICE_LIST',
): Hypothesis[] {
  const price = listPrice(list, buying.product, buying.each)
  const percentages = world.agreements
    .filter((agreement) => agreement.customer === buying.customer.number)
    .filter((agreement) => holdsOn(agreement, world.day))
    .flatMap((agreement) =>
      agreement.terms.flatMap((term) =>
        'sku' in term ? [] : (termPrice(agreement, term, buying, list) ?? []),
      ),
    )
  return [...(price === undefined ? [] : [price]), ...percentages].map((each) => ({
    kind,
    price: each,
    source: list.id,
  }))
}

function otherLists(puzzle: Puzzle): Hypothesis[] {
  const { world, buying } = puzzle
  const { currency } = buying
  const present = listInForce(world, { tier: undefined, currency, day: world.day })
  if (present === undefined) return []
  return world.lists
    .filter((list) => list.tier === undefined && list.currency === currency)
    .flatMap((list) => {
      const isStale = list.to === present.from && present.from >= dayAfter(world.day, -staleDays)
      if (isStale) return pricesByList(puzzle, list, 'STALE_PRICE_LIST')
      return list.from === present.to ? pricesByList(puzzle, list, 'FUTURE_PRICE_LIST') : []
    })
}

function agreedPrices(
  { world, buying }: Puzzle,
  agreements: readonly WorldAgreement[],
  kind: ErrorKind,
): Hypothesis[] {
  const present = { tier: undefined, currency: buying.currency, day: world.day }
  const list = listInForce(world, present)
  return agreements
    .filter(({ currency }) => currency === buying.currency)
    .flatMap((agreement) =>
      agreement.terms.flatMap((term) => {
        const price = termPrice(agreement, term, buying, list)
        return price === undefined ? [] : { kind, price, source: agreement.id }
      }),
    )
}

function otherAgreements(puzzle: Puzzle): Hypothesis[] {
  const { world, buying } = puzzle
  const { customer, shipTo } = buying
  const relatives = world.customers
    .filter(
      ({ number, parent }) =>
        number !== customer.number &&
        ((parent !== undefined && parent === customer.parent) ||
          number === customer.parent ||
          parent === customer.number),
    )
    .map(({ number }) => number)
  const own = world.agreements.filter((agreement) => agreement.customer === customer.number)
  const over = own.filter(
    ({ to }) => to !== undefined && to <= world.day && to >= dayAfter(world.day, -expiredDays),
  )
  const elsewhere = own.filter(
    (agreement) =>
      agreement.shipTo !== undefined &&
      agreement.shipTo !== shipTo &&
      holdsOn(agreement, world.day),
  )
  const theirs = world.agreements.filter(
    (agreement) => relatives.includes(agreement.customer) && holdsOn(agreement, world.day),
  )
  return [
    ...agreedPrices(puzzle, over, 'EXPIRED_CONTRACT'),
    ...agreedPrices(puzzle, [...elsewhere, ...theirs], 'WRONG_CONTRACT_PARTY'),
  ]
}

function otherTiers({ world, buying }: Puzzle): Hypothesis[] {
  const { customer, currency, product, each } = buying
  return world.lists
    .filter(
      (list) =>
        list.currency === currency && list.tier !== customer.tier && holdsOn(list, world.day),
    )
    .flatMap((list): Hypothesis[] => {
      const price = listPrice(list, product, each)
      if (price === undefined) return []
      // Everyone's list is no tier: who pays it gives away what is due to them.
      const kind = list.tier === undefined ? 'unclear' : 'WRONG_TIER'
      return [{ kind, price, source: list.id }]
    })
}

function promotionMistakes({ world, buying }: Puzzle): Hypothesis[] {
  const base = basePrice(world, buying)
  if (base === undefined || 'conflict' in base) return []
  const near = world.promotions.filter(({ family }) => family === buying.product.family)
  const isLive = (promotion: (typeof near)[number]) =>
    !base.isPromotionExcluded && isPromoted(promotion, buying.product, buying.each, world.day)
  const live = near.filter(isLive)
  const wrong = near
    .filter((promotion) => !isLive(promotion))
    .map(
      (promotion): Hypothesis => ({
        kind: 'EXPIRED_PROMO',
        price: stacked(base.price, [promotion]),
        source: promotion.id,
      }),
    )
  return [...wrong, ...stacks(base.price, live, world.promotionCapPercent)]
}

/** Every way to stack live promotions; those that no rule forbids are no mistake of the table. */
function stacks(base: Exact, live: World['promotions'], capPercent: string): Hypothesis[] {
  const subsets = Array.from({ length: 2 ** live.length }, (_, mask) =>
    live.filter((_promotion, index) => (mask & (2 ** index)) !== 0),
  )
  return subsets.map((some) => {
    const price = stacked(base, some)
    const hasExclusive = some.some(({ combination }) => combination === 'exclusive')
    const isBelowCap = compare(price, times(base, less(capPercent))) < 0
    const isForbidden = some.length > 1 && (hasExclusive || isBelowCap)
    return {
      kind: isForbidden ? ('STACKING_VIOLATION' as const) : ('unclear' as const),
      price,
      source: some.map(({ id }) => id).join('+') || 'no promotion',
    }
  })
}

/** The breaks of the agreement or list the price is from. */
function ownBreaks({ world, buying }: Puzzle): readonly WorldBreak[] {
  const { customer, product, currency } = buying
  const agreed = world.agreements
    .filter((agreement) => agreement.customer === customer.number && holdsOn(agreement, world.day))
    .flatMap(({ terms }) => terms)
    .flatMap((term) => ('sku' in term && term.sku === product.sku ? [term.breaks] : []))
  const listed = [customer.tier, undefined].flatMap((tier) => {
    const list = listInForce(world, { tier, currency, day: world.day })
    return list?.prices.get(product.sku) === undefined ? [] : [list.prices.get(product.sku) ?? []]
  })
  return [...agreed, ...listed][0] ?? []
}

function otherBreaks(puzzle: Puzzle): Hypothesis[] {
  const breaks = ownBreaks(puzzle)
  if (breaks.length < 2) return []
  return breaks.map(({ from, price }) => ({
    kind: 'BREAK_NOT_REACHED',
    price: exact(price),
    source: `from ${from}`,
  }))
}

function otherCurrencies({ world, buying, expected }: Puzzle): Hypothesis[] {
  const within = exact('0.01')
  return world.rates
    .filter(({ base, quote }) => base === buying.currency || quote === buying.currency)
    .flatMap(({ base, quote, rate }): Hypothesis[] => [
      { kind: 'CURRENCY_MISMATCH', price: times(expected, exact(rate)), source: base, within },
      { kind: 'CURRENCY_MISMATCH', price: over(expected, exact(rate)), source: quote, within },
    ])
}

/** A price of another list or contract with what is off for everybody now: the buyer takes the promotion in any case. */
function withPromotions({ world, buying }: Puzzle, hypothesis: Hypothesis): Hypothesis {
  const live = world.promotions.filter((promotion) =>
    isPromoted(promotion, buying.product, buying.each, world.day),
  )
  return { ...hypothesis, price: promotedPrice(world, hypothesis.price, live) }
}

/** Everything that could have made the buyer's price, by the sources of domain rules 3.1.2. */
function hypotheses(puzzle: Puzzle): Hypothesis[] {
  const { world, expected, neighbours } = puzzle
  return [
    { kind: 'unclear', price: expected, source: 'expected' },
    ...unitMistakes(puzzle),
    ...shiftedPoints(puzzle),
    ...[...otherLists(puzzle), ...otherTiers(puzzle)].map((each) => withPromotions(puzzle, each)),
    ...otherAgreements(puzzle),
    ...world.roundDiscounts.map(
      (percent): Hypothesis => ({
        kind: 'UNAUTHORISED_DISCOUNT',
        price: times(expected, less(percent)),
        source: `${percent} % off`,
      }),
    ),
    ...promotionMistakes(puzzle),
    ...otherBreaks(puzzle),
    ...otherCurrencies(puzzle),
    ...neighbours.map((price): Hypothesis => ({ kind: 'ROW_SHIFT', price, source: 'neighbour' })),
  ]
}

const tenthOfPercent = exact('0.001')

/** Half of what the last decimal that the buyer wrote is worth, per base unit. */
function halfALastDecimal(line: DraftLine): Exact {
  const [, behind = ''] = (line.price ?? '').split('.')
  const written = over(exact(1), exact(2n * 10n ** BigInt(behind.length)))
  return over(written, exact((line.priceBasis ?? 1) * factorOf(line)))
}

/** What the buyer's price comes to for one base unit. */
export function sentPerEach(line: DraftLine): Exact | undefined {
  if (line.price === undefined) return undefined
  return over(exact(line.price), exact((line.priceBasis ?? 1) * factorOf(line)))
}

/** The kinds that explain a line's price, each once. */
export function explanations(puzzle: Puzzle): Set<Hypothesis['kind']> {
  const sent = sentPerEach(puzzle.line)
  if (sent === undefined) return new Set()
  const half = halfALastDecimal(puzzle.line)
  const fitting = hypotheses(puzzle).filter(({ price, within = tenthOfPercent }) => {
    const near = times(price, within)
    return compare(absolute(minus(sent, price)), compare(half, near) > 0 ? half : near) <= 0
  })
  return new Set(fitting.map(({ kind }) => kind))
}
