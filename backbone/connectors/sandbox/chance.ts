import { createHash } from 'node:crypto'

/** A chance between 0 and 1 that belongs to a name: the same in every run with the same seed, in any order. */
export function chanceOf(seed: number, ...names: readonly string[]): number {
  const digest = createHash('sha256')
    .update([seed, ...names].join('\n'))
    .digest()
  return digest.readUInt32BE(0) / 4_294_967_296
}
