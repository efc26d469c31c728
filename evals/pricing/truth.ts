import {
  absolute,
  compare,
  type Exact,
  exact,
  less,
  minorUnits,
  minus,
  over,
  times,
} from './exact.ts'
import { type Expectation, expectation } from './expect.ts'
import { explanations, sentPerEach } from './explain.ts'
import { ambiguous, type ErrorKind } from './kinds.ts'
import { daysOfPresentList } from './product-world.ts'
import { type DraftLine, decimalsOf, factorOf, type World, type WorldCustomer } from './world.ts'

/** An order as it will be sent, before it is put into the words of a document. */
export type Draft = {
  readonly customer: WorldCustomer
  readonly shipTo?: string
  readonly currency: string
  readonly lines: readonly DraftLine[]
}

/** What is right about an order: what a perfect check would say. */
export type Truth = {
  /** Kinds that are there beyond doubt. */
  readonly kinds: readonly ErrorKind[]
  /** Sets of kinds that explain a line equally well. */
  readonly ambiguities: readonly (readonly ErrorKind[])[]
  /** What the buyer's document comes to more than ours, by kind (`AMBIGUOUS` for those); null where it says nothing. */
  readonly deltas: Readonly<Partial<Record<ErrorKind | typeof ambiguous, number | null>>>
  /** Whether it may go on without a person; null where the rules leave it open. */
  readonly mayGoOn: boolean | null
}

/** What is right about one line. */
export type LineTruth = {
  readonly kinds: readonly ErrorKind[]
  /** Set when several kinds explain the price. */
  readonly isAmbiguous: boolean
  /** Explained by something the table has no kind for: such a line is not to be in the set. */
  readonly isUnclear: boolean
  readonly deltaMinor: number | null
  readonly mayGoOn: boolean
  /** Below the margin floor, as sent or as expected. */
  readonly isBelowFloor: boolean
}

const fine: LineTruth = {
  kinds: [],
  isAmbiguous: false,
  isUnclear: false,
  deltaMinor: 0,
  mayGoOn: true,
  isBelowFloor: false,
}

const eachOf = (line: DraftLine): number => line.quantity * factorOf(line)

function expectedOf(world: World, draft: Draft, line: DraftLine): Expectation {
  const { customer, shipTo, currency } = draft
  const each = eachOf(line)
  const found = expectation(world, { customer, shipTo, product: line.product, each, currency })
  if (found === undefined)
    throw new RangeError(`${customer.number} has no price of ${line.product.sku}.`)
  return found
}

/** What the buyer's line comes to more than ours, in minor units: each side rounded once. */
function deltaOf(line: DraftLine, sent: Exact, expected: Exact, currency: string): number {
  const each = exact(eachOf(line))
  const decimals = decimalsOf(currency)
  return minorUnits(times(sent, each), decimals) - minorUnits(times(expected, each), decimals)
}

/** The test without division: price x (1 - floor) at least the cost. */
function isBelowFloor(world: World, line: DraftLine, prices: readonly Exact[]): boolean {
  const { landedCost } = line.product
  if (landedCost === undefined) return false
  return prices.some(
    (price) => compare(times(price, less(world.marginFloorPercent)), exact(landedCost)) < 0,
  )
}

function isWithinPercent(world: World, sent: Exact, expected: Exact): boolean {
  const off = over(absolute(minus(sent, expected)), expected)
  return compare(times(off, exact(100)), exact(world.tolerance.percent)) <= 0
}

/** Whether people need not see a price of this kind, by the last column of the table and the customer's settings. */
function goesBySelf(kind: ErrorKind, rules: WorldCustomer['rules'], isMore: boolean): boolean {
  switch (kind) {
    case 'STALE_PRICE_LIST':
      return (rules?.staleListGraceDays ?? 0) >= daysOfPresentList
    case 'EXPIRED_PROMO':
      return (rules?.promotionGraceDays ?? 0) > 0
    case 'FUTURE_PRICE_LIST':
      return isMore
    default:
      return false
  }
}

function withoutPrice(world: World, draft: Draft, line: DraftLine, expected: Exact): LineTruth {
  if (line.price === undefined)
    return {
      ...fine,
      kinds: ['MISSING_OR_ZERO_PRICE'],
      deltaMinor: null,
      mayGoOn: draft.customer.rules?.missingPrice !== 'ask',
      isBelowFloor: isBelowFloor(world, line, [expected]),
    }
  if (expected.top === 0n) return fine
  return {
    ...fine,
    kinds: ['MISSING_OR_ZERO_PRICE'],
    deltaMinor: deltaOf(line, exact(0), expected, draft.currency),
    mayGoOn: false,
    isBelowFloor: isBelowFloor(world, line, [expected]),
  }
}

type Asked = { readonly world: World; readonly draft: Draft; readonly line: DraftLine }

function offPrice(
  { world, draft, line }: Asked,
  { sent, expected }: { readonly sent: Exact; readonly expected: Exact },
): LineTruth {
  const { customer, shipTo, currency } = draft
  const buying = { customer, shipTo, product: line.product, each: eachOf(line), currency }
  const neighbours = draft.lines
    .filter((other) => other !== line)
    .flatMap((other) => {
      const found = expectedOf(world, draft, other)
      return 'price' in found ? [found.price] : []
    })
  const all = [...explanations({ world, buying, line, expected, neighbours })]
  const sourced = all.filter((kind) => kind !== 'unclear' && kind !== 'UNAUTHORISED_DISCOUNT')
  // Any price is some percentage off: that is an explanation only where the books have none.
  const kinds = sourced.length > 0 ? sourced : all.filter((kind) => kind !== 'unclear')
  const [first = 'PRICE_MISMATCH_UNEXPLAINED'] = kinds
  return {
    kinds: kinds.length === 0 ? [first] : kinds,
    isAmbiguous: kinds.length > 1,
    isUnclear: all.includes('unclear'),
    deltaMinor: deltaOf(line, sent, expected, currency),
    mayGoOn: kinds.length === 1 && goesBySelf(first, customer.rules, compare(sent, expected) > 0),
    isBelowFloor: isBelowFloor(world, line, [sent, expected]),
  }
}

function lineTruth(asked: Asked): LineTruth {
  const { world, draft, line } = asked
  const found = expectedOf(world, draft, line)
  if ('conflict' in found)
    return { ...fine, kinds: ['PRICE_RULE_CONFLICT'], deltaMinor: null, mayGoOn: false }
  const expected = found.price
  const sent = sentPerEach(line)
  if (sent === undefined || sent.top === 0n) return withoutPrice(world, draft, line, expected)
  if (compare(sent, expected) === 0)
    return { ...fine, isBelowFloor: isBelowFloor(world, line, [sent]) }
  const bounds = world.tolerance.amounts[draft.currency]
  const deltaMinor = deltaOf(line, sent, expected, draft.currency)
  const isWithin =
    bounds !== undefined &&
    Math.abs(deltaMinor) <= bounds.line &&
    isWithinPercent(world, sent, expected)
  if (!isWithin) return offPrice(asked, { sent, expected })
  const isLow = isBelowFloor(world, line, [sent, expected])
  return { ...fine, kinds: ['WITHIN_TOLERANCE'], deltaMinor, isBelowFloor: isLow }
}

/** What is right about each line, the order's bound included: over it, no difference is let pass. */
export function lineTruths(world: World, draft: Draft): LineTruth[] {
  const truths = draft.lines.map((line) => lineTruth({ world, draft, line }))
  const total = truths.reduce((sum, { deltaMinor }) => sum + Math.abs(deltaMinor ?? 0), 0)
  const bound = world.tolerance.amounts[draft.currency]?.order ?? 0
  if (total <= bound) return truths
  return truths.map((truth, index) => {
    const line = draft.lines[index]
    if (line === undefined || truth.kinds[0] !== 'WITHIN_TOLERANCE') return truth
    const sent = sentPerEach(line)
    const found = expectedOf(world, draft, line)
    if (sent === undefined || 'conflict' in found) return truth
    return offPrice({ world, draft, line }, { sent, expected: found.price })
  })
}

function addUp(truths: readonly LineTruth[]): number | null {
  return truths.some(({ deltaMinor }) => deltaMinor === null)
    ? null
    : truths.reduce((sum, { deltaMinor }) => sum + (deltaMinor ?? 0), 0)
}

// Kinds for which the rules name no difference of money.
const withoutMoney: ReadonlySet<ErrorKind> = new Set([
  'MARGIN_FLOOR',
  'PAYMENT_TERMS',
  'DUPLICATE_PO',
  'PRICE_RULE_CONFLICT',
])

/** Something wrong with the order itself, as it was put in. */
export type OrderFault = {
  readonly kind: ErrorKind
  readonly deltaMinor: number | null
  readonly mayGoOn: boolean | null
}

const allOf = (answers: readonly (boolean | null)[]): boolean | null =>
  answers.includes(false) ? false : answers.includes(null) ? null : true

/** What is right about an order: its lines, and what is wrong with the order itself. */
export function truthOf(lines: readonly LineTruth[], faults: readonly OrderFault[]): Truth {
  const certain = lines.filter(({ isAmbiguous }) => !isAmbiguous)
  const twofold = lines.filter(({ isAmbiguous }) => isAmbiguous)
  const ofLines = [...new Set(certain.flatMap(({ kinds }) => kinds))]
  const isLow = lines.some(({ isBelowFloor }) => isBelowFloor)
  const kinds = [...ofLines, ...(isLow ? ['MARGIN_FLOOR' as const] : [])]
  const deltas: Partial<Record<ErrorKind | typeof ambiguous, number | null>> = {}
  for (const kind of kinds)
    deltas[kind] = withoutMoney.has(kind)
      ? null
      : addUp(certain.filter((line) => line.kinds.includes(kind)))
  for (const { kind, deltaMinor } of faults)
    deltas[kind] = withoutMoney.has(kind) ? null : deltaMinor
  if (twofold.length > 0) deltas[ambiguous] = addUp(twofold)
  return {
    kinds: [...new Set([...kinds, ...faults.map(({ kind }) => kind)])],
    ambiguities: twofold.map((line) => [...line.kinds].filter((kind) => kind !== undefined).sort()),
    deltas,
    mayGoOn: allOf([
      ...lines.map((line) => line.mayGoOn && !line.isBelowFloor),
      ...faults.map(({ mayGoOn }) => mayGoOn),
    ]),
  }
}
