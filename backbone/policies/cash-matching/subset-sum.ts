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

function indexesOf(mask: number, offset: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => place)
    .filter((place) => Math.floor(mask / 2 ** place) % 2 === 1)
    .map((place) => place + offset)
}

/** The first two masks that reach each sum. */
function firstTwoBySum(sums: Float64Array): Map<number, readonly [number, number?]> {
  const bySum = new Map<number, readonly [number, number?]>()
  sums.forEach((sum, mask) => {
    if (Number.isNaN(sum)) return
    const known = bySum.get(sum)
    if (known === undefined) bySum.set(sum, [mask])
    else if (known.length === 1) bySum.set(sum, [known[0], mask])
  })
  return bySum
}

/**
 * The first two sets of amounts (by their places) that add up to a target: meet in the middle over integer
 * minor units, at most 36 amounts, all above zero. Equal amounts at different places are different sets.
 */
export function subsetSums(amounts: readonly MinorUnits[], targetMinor: MinorUnits): SubsetSums {
  if (amounts.length > 36) throw new RangeError('A sum is searched among 36 amounts at the most.')
  if (targetMinor <= 0 || amounts.some((amount) => amount <= 0)) return []
  const middle = Math.ceil(amounts.length / 2)
  const [left, right] = [amounts.slice(0, middle), amounts.slice(middle)]
  const bySum = firstTwoBySum(sumsOf(left, targetMinor))
  const rightSums = sumsOf(right, targetMinor)
  const found: number[][] = []
  for (let mask = 0; mask < rightSums.length && found.length < 2; mask += 1) {
    const leftMasks = bySum.get(targetMinor - (rightSums[mask] ?? Number.NaN)) ?? []
    const rightPlaces = leftMasks.length === 0 ? [] : indexesOf(mask, middle, right.length)
    for (const leftMask of leftMasks)
      found.push([...indexesOf(leftMask ?? 0, 0, left.length), ...rightPlaces])
  }
  return found.slice(0, 2)
}
