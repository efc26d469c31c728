import type { MinorUnits } from '../../canonical/money.ts'

/** The sums found: no more than two, because a second one already means that none may be applied. */
export type SubsetSums = readonly (readonly number[])[]

/** Sums of some amounts in ascending order, each with the places of the amounts in it as bits. */
type Sums = { readonly sums: Float64Array; readonly places: Float64Array }

const at = (values: Float64Array, index: number) => values[index] ?? Number.POSITIVE_INFINITY

/** Every sum with an amount and every sum without it, in ascending order, as far as the target. */
function withAmount(
  { sums, places }: Sums,
  { amount, bit, targetMinor }: { amount: MinorUnits; bit: number; targetMinor: MinorUnits },
): Sums {
  const merged = {
    sums: new Float64Array(sums.length * 2),
    places: new Float64Array(sums.length * 2),
  }
  let [without, having, filled] = [0, 0, 0]
  while (Math.min(at(sums, without), at(sums, having) + amount) <= targetMinor) {
    const isWithout = at(sums, without) <= at(sums, having) + amount
    merged.sums[filled] = isWithout ? at(sums, without) : at(sums, having) + amount
    merged.places[filled] = isWithout ? at(places, without) : at(places, having) + bit
    filled += 1
    if (isWithout) without += 1
    else having += 1
  }
  return { sums: merged.sums.subarray(0, filled), places: merged.places.subarray(0, filled) }
}

/** Every sum of a few amounts up to a target: merged, not sorted, so that 36 invoices stop nobody else's work. */
function sumsOf(amounts: readonly MinorUnits[], targetMinor: MinorUnits): Sums {
  let all: Sums = { sums: new Float64Array(1), places: new Float64Array(1) }
  for (const [place, amount] of amounts.entries())
    all = withAmount(all, { amount, bit: 2 ** place, targetMinor })
  return all
}

/** The places of the amounts in the first two sets with the sum at an index, which may be the last or first of its equals. */
function setsAt({ sums, places }: Sums, index: number, offset: number): number[][] {
  return [index - 1, index, index + 1]
    .filter((one) => sums[one] === sums[index])
    .slice(0, 2)
    .map((one) =>
      Array.from({ length: 31 }, (_, place) => place)
        .filter((place) => Math.floor(at(places, one) / 2 ** place) % 2 === 1)
        .map((place) => place + offset),
    )
}

/** The pairs of sums, one of each half, that come to the target, by their indexes: two at the most. */
function pairsOf(left: Float64Array, right: Float64Array, targetMinor: MinorUnits) {
  const pairs: { readonly left: number; readonly right: number }[] = []
  let up = 0
  let down = right.length - 1
  while (up < left.length && down >= 0 && pairs.length < 2) {
    const [low = 0, high = 0] = [left[up], right[down]]
    const sum = low + high
    const isKnown = pairs.some((pair) => left[pair.left] === low)
    if (sum === targetMinor && !isKnown) pairs.push({ left: up, right: down })
    if (sum <= targetMinor) up += 1
    else down -= 1
  }
  return pairs
}

/**
 * The first two sets of amounts (by their places) that add up to a target: meet in the middle over integer
 * minor units, at most 36 amounts, all above zero. Equal amounts at different places are different sets.
 */
export function subsetSums(amounts: readonly MinorUnits[], targetMinor: MinorUnits): SubsetSums {
  if (amounts.length > 36) throw new RangeError('A sum is searched among 36 amounts at the most.')
  if (targetMinor <= 0 || amounts.some((amount) => amount <= 0)) return []
  const middle = Math.ceil(amounts.length / 2)
  const left = sumsOf(amounts.slice(0, middle), targetMinor)
  const right = sumsOf(amounts.slice(middle), targetMinor)
  return pairsOf(left.sums, right.sums, targetMinor)
    .flatMap((pair) =>
      setsAt(left, pair.left, 0).flatMap((places) =>
        setsAt(right, pair.right, middle).map((others) => [...places, ...others]),
      ),
    )
    .slice(0, 2)
}
