import type { MinorUnits } from '../../canonical/money.ts'

/** The sums found: no more than two, because a second one already means that none may be applied. */
export type SubsetSums = readonly (readonly number[])[]

/** Every sum of a few amounts up to a target, by the bits of the amounts in it; sums above it are NaN. */
function sumsOf(amounts: readonly MinorUnits[], targetMinor: MinorUnits): Float64Array {
  const sums = new Float64Array(2 ** amounts.length)
  let filled = 1
  for (const amount of amounts) {
    for (let mask = 0; mask < filled; mask += 1) {
      const sum = (sums[mask] ?? Number.NaN) + amount
      sums[filled + mask] = sum <= targetMinor ? sum : Number.NaN
    }
    filled *= 2
  }
  return sums
}

/** In ascending order, without those above the target. */
function ascending(sums: Float64Array): Float64Array {
  const sorted = sums.toSorted()
  const above = sorted.findIndex(Number.isNaN)
  return above === -1 ? sorted : sorted.subarray(0, above)
}

/** The places of the amounts in the first two sets with a sum. */
function setsOf(sums: Float64Array, sum: number, offset: number): number[][] {
  const first = sums.indexOf(sum)
  const second = sums.indexOf(sum, first + 1)
  return [first, second]
    .filter((mask) => mask >= 0)
    .map((mask) =>
      Array.from({ length: Math.log2(sums.length) }, (_, place) => place)
        .filter((place) => Math.floor(mask / 2 ** place) % 2 === 1)
        .map((place) => place + offset),
    )
}

/** The pairs of sums, one of each half, that come to the target: two at the most. */
function pairsOf(left: Float64Array, right: Float64Array, targetMinor: MinorUnits) {
  const pairs: { readonly left: number; readonly right: number }[] = []
  let up = 0
  let down = right.length - 1
  while (up < left.length && down >= 0 && pairs.length < 2) {
    const [low = 0, high = 0] = [left[up], right[down]]
    const sum = low + high
    if (sum === targetMinor && pairs.at(-1)?.left !== low) pairs.push({ left: low, right: high })
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
  return pairsOf(ascending(left), ascending(right), targetMinor)
    .flatMap((pair) =>
      setsOf(left, pair.left, 0).flatMap((places) =>
        setsOf(right, pair.right, middle).map((others) => [...places, ...others]),
      ),
    )
    .slice(0, 2)
}
