/** How much memory a process held at a moment. */
export type MemorySample = { readonly atSeconds: number; readonly residentMb: number }

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The level of the second half of a run, and how much it grew in it: a least-squares line, not two points. */
export function secondHalf(samples: readonly MemorySample[]): {
  readonly levelMb: number
  readonly growthMb: number
} {
  const half = samples.slice(Math.floor(samples.length / 2))
  const atMean = mean(half.map(({ atSeconds }) => atSeconds))
  const levelMb = mean(half.map(({ residentMb }) => residentMb))
  const spread = half.reduce((sum, { atSeconds }) => sum + (atSeconds - atMean) ** 2, 0)
  const together = half.reduce(
    (sum, { atSeconds, residentMb }) => sum + (atSeconds - atMean) * (residentMb - levelMb),
    0,
  )
  const [first, last] = [half.at(0), half.at(-1)]
  const lasted = first === undefined || last === undefined ? 0 : last.atSeconds - first.atSeconds
  return { levelMb, growthMb: spread === 0 ? 0 : (together / spread) * lasted }
}

/** Memory is flat when the second half of a run adds no more than a tenth to its level. */
export function isFlat(samples: readonly MemorySample[]): boolean {
  const { levelMb, growthMb } = secondHalf(samples)
  return growthMb <= levelMb / 10
}
