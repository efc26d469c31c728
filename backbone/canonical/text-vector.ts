// How many numbers a text's vector has.
const vectorSize = 384

/** The name kept with these vectors; another way of making them needs another name. */
export const textVectorModel = 'hashed-3-to-5-grams'

const shortestGram = 3
const longestGram = 5

// FNV-1a over the characters, then Murmur3's finish: the same text gives the same place on every machine.
function hashOf(text: string, from: number, to: number): number {
  let hash = 0x811c9dc5
  for (let place = from; place < to; place += 1)
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * A text as a vector of unit length: its runs of three to five characters, each counted at a place that its hash
 * names, with the sign that another bit of it names. Texts that share spelling lie near each other.
 */
export function textVector(text: string): Float64Array {
  const vector = new Float64Array(vectorSize)
  const spelled = ` ${text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `
  for (let length = shortestGram; length <= longestGram; length += 1)
    for (let from = 0; from + length <= spelled.length; from += 1) {
      const hash = hashOf(spelled, from, from + length)
      const place = hash % vectorSize
      vector[place] = (vector[place] ?? 0) + (hash >>> 31 === 0 ? 1 : -1)
    }
  const size = Math.sqrt(vector.reduce((sum, one) => sum + one * one, 0))
  return size === 0 ? vector : vector.map((one) => one / size)
}

/** How alike two texts are by their vectors, from 0 to 1. */
export function likeness(a: Float64Array, b: Float64Array): number {
  const cosine = a.reduce((sum, one, place) => sum + one * (b[place] ?? 0), 0)
  return Math.min(1, Math.max(0, cosine))
}
