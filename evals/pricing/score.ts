import { upperBound } from './clopper-pearson.ts'
import { ambiguous, type ErrorKind, errorKinds } from './kinds.ts'
import type { Truth } from './truth.ts'

/** What the product said of an order. */
export type Said = {
  readonly kinds: readonly ErrorKind[]
  /** The kinds each ambiguous price may be of, sorted. */
  readonly ambiguities: readonly (readonly ErrorKind[])[]
  readonly deltas: Readonly<Partial<Record<ErrorKind | typeof ambiguous, number>>>
  /** It would go on without a person. */
  readonly goesOn: boolean
}

/** An order's truth and what was said of it. */
export type Graded = {
  readonly id: string
  readonly variants: readonly string[]
  readonly truth: Truth
  readonly said: Said
}

/** How well one kind is told. */
export type KindScore = {
  readonly kind: ErrorKind
  readonly right: number
  /** Said where it was not. */
  readonly tooMuch: number
  /** Not said where it was. */
  readonly missed: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** One kind taken for another; `nothing` where none stands against it. */
type Confusion = { readonly truth: string; readonly said: string; readonly orders: number }

/** How often something was the case. */
export type Share = { readonly count: number; readonly of: number; readonly share: number }

export type Score = {
  readonly kinds: readonly KindScore[]
  readonly macroF1: number
  readonly confusions: readonly Confusion[]
  /** Differences of money right to the minor unit, where the kind was told. */
  readonly moneyExact: Share
  /** The same, a kind that was not told counting as wrong. */
  readonly moneyExactOfAll: Share
  readonly going: Going
  /** Ambiguous orders said to be so, with exactly the kinds that explain them. */
  readonly ambiguousExact: Share
}

/** What goes on without a person. */
export type Going = {
  /** Of all orders. */
  readonly touchless: Share
  /** Of the orders that may. */
  readonly touchlessOfGood: Share
  /** Went on although they must not. */
  readonly wrong: Share
  /** Exact upper bound of that share, 95 % one-sided. */
  readonly wrongUpTo: number
}

type Label = ErrorKind | typeof ambiguous

const labelsInTurn: readonly Label[] = [...errorKinds, ambiguous]

const share = (count: number, of: number): Share => ({
  count,
  of,
  share: of === 0 ? 1 : count / of,
})

function labels({ kinds, ambiguities }: Pick<Said, 'kinds' | 'ambiguities'>): ReadonlySet<Label> {
  const all = new Set<Label>(kinds)
  if (ambiguities.length > 0) all.add(ambiguous)
  return all
}

/** Precision, recall and their harmonic mean; undefined shares count as zero. */
export function kindScore(
  kind: ErrorKind,
  { right, tooMuch, missed }: Pick<KindScore, 'right' | 'tooMuch' | 'missed'>,
): KindScore {
  const part = (of: number) => (of === 0 ? 0 : right / of)
  const f1 = right === 0 ? 0 : (2 * right) / (2 * right + tooMuch + missed)
  return {
    ...{ kind, right, tooMuch, missed },
    precision: part(right + tooMuch),
    recall: part(right + missed),
    f1,
  }
}

function scoreOfKind(kind: ErrorKind, graded: readonly Graded[]): KindScore {
  const count = (isTrue: boolean, isSaid: boolean) =>
    graded.filter(
      ({ truth, said }) =>
        truth.kinds.includes(kind) === isTrue && said.kinds.includes(kind) === isSaid,
    ).length
  return kindScore(kind, {
    right: count(true, true),
    tooMuch: count(false, true),
    missed: count(true, false),
  })
}

/** What of an order was taken for what, as pairs; nothing of one told right. */
function confusedIn({ truth, said }: Graded): string[] {
  const [are, were] = [labels(truth), labels(said)]
  const missed: string[] = [...are].filter((label) => !were.has(label))
  const extra: string[] = [...were].filter((label) => !are.has(label))
  if (missed.length + extra.length === 0) return []
  const orNothing = (some: readonly string[]) => (some.length > 0 ? some : ['nothing'])
  return orNothing(missed).flatMap((one) => orNothing(extra).map((other) => `${one}\n${other}`))
}

/** Whether kinds, sets of kinds, money and going on were all told as they are. */
export function isToldRight(graded: Graded): boolean {
  const { truth, said } = graded
  const isMoneyRight = labelsInTurn.every((label) => {
    const right = truth.deltas[label] ?? undefined
    return right === undefined || (said.deltas[label] ?? 0) === right
  })
  return (
    confusedIn(graded).length === 0 &&
    spelled(truth.ambiguities) === spelled(said.ambiguities) &&
    isMoneyRight &&
    (truth.mayGoOn === null || truth.mayGoOn === said.goesOn)
  )
}

function confusionsOf(graded: readonly Graded[]): Confusion[] {
  const counts = new Map<string, number>()
  for (const pair of graded.flatMap(confusedIn)) counts.set(pair, (counts.get(pair) ?? 0) + 1)
  return [...counts]
    .map(([pair, orders]) => {
      const [truth = '', said = ''] = pair.split('\n')
      return { truth, said, orders }
    })
    .sort((a, b) => b.orders - a.orders || (a.truth < b.truth ? -1 : 1))
}

function moneyOf(graded: readonly Graded[]): Pick<Score, 'moneyExact' | 'moneyExactOfAll'> {
  // Who names no money says that there is no difference.
  const differences = graded.flatMap(({ truth, said }) =>
    labelsInTurn.flatMap((kind) => {
      const right = truth.deltas[kind] ?? undefined
      const isTold = labels(said).has(kind)
      return right === undefined
        ? []
        : { isTold, isExact: isTold && (said.deltas[kind] ?? 0) === right }
    }),
  )
  const exact = differences.filter(({ isExact }) => isExact).length
  const told = differences.filter(({ isTold }) => isTold).length
  return { moneyExact: share(exact, told), moneyExactOfAll: share(exact, differences.length) }
}

/** What goes on without a person, and what of it must not. */
export function goingOf(graded: readonly Graded[]): Going {
  const good = graded.filter(({ truth }) => truth.mayGoOn === true)
  const bad = graded.filter(({ truth }) => truth.mayGoOn === false)
  const going = (some: readonly Graded[]) => some.filter(({ said }) => said.goesOn).length
  return {
    touchless: share(going(graded), graded.length),
    touchlessOfGood: share(going(good), good.length),
    wrong: {
      count: going(bad),
      of: bad.length,
      share: bad.length === 0 ? 0 : going(bad) / bad.length,
    },
    wrongUpTo: upperBound(going(bad), bad.length),
  }
}

const spelled = (sets: readonly (readonly ErrorKind[])[]): string =>
  [...new Set(sets.map((set) => [...set].sort().join('|')))].sort().join(' / ')

/** The mean F1 of all kinds; of few orders, of those that were there or were said to be. */
function macroF1(kinds: readonly KindScore[]): number {
  const met = kinds.filter(({ right, tooMuch, missed }) => right + tooMuch + missed > 0)
  return met.reduce((sum, { f1 }) => sum + f1, 0) / Math.max(1, met.length)
}

/** Grades what was said of the orders. */
export function score(graded: readonly Graded[]): Score {
  const kinds = errorKinds.map((kind) => scoreOfKind(kind, graded))
  const twofold = graded.filter(({ truth }) => truth.ambiguities.length > 0)
  const exact = twofold.filter(
    ({ truth, said }) => spelled(truth.ambiguities) === spelled(said.ambiguities),
  )
  return {
    kinds,
    macroF1: macroF1(kinds),
    confusions: confusionsOf(graded),
    ...moneyOf(graded),
    going: goingOf(graded),
    ambiguousExact: share(exact.length, twofold.length),
  }
}
