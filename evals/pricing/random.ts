/** A seeded source of chance: the same seed draws the same things in the same order, everywhere. */
export type Chance = {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number
  pick<T>(from: readonly T[]): T
  /** Whether something that happens with this probability happens. */
  happens(probability: number): boolean
  shuffled<T>(values: readonly T[]): T[]
}

// SplitMix32: small, well mixed, and arithmetic every engine does alike.
function splitMix32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    mixed ^= mixed >>> 15
    return (mixed >>> 0) / 2 ** 32
  }
}

/** Opens a source of chance. */
export function chanceOf(seed: number): Chance {
  const next = splitMix32(seed)
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    whole,
    pick(from) {
      const picked = from[whole(0, from.length - 1)]
      if (picked === undefined) throw new RangeError('There is nothing to pick from.')
      return picked
    },
    happens: (probability) => next() < probability,
    shuffled(values) {
      const deck = values.map((value) => ({ value, at: next() }))
      return deck.sort((a, b) => a.at - b.at).map(({ value }) => value)
    },
  }
}
