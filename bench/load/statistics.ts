import { z } from 'zod'

/** The value that so many percent of the sorted values do not exceed (nearest rank); NaN of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length))
  return sorted[rank - 1] ?? Number.NaN
}

/** The middle value; the mean of the two middle ones of an even number; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (lower + upper) / 2
}

/** Half of all waited no longer, 95 and 99 in a hundred no longer; in milliseconds. */
export const Latency = z.object({ p50: z.number(), p95: z.number(), p99: z.number() })
export type Latency = z.infer<typeof Latency>

const tenths = (value: number) => Math.round(value * 10) / 10

/** The usual percentiles of waiting times; zeros when nothing was measured. */
export function latencyOf(valuesMs: readonly number[]): Latency {
  if (valuesMs.length === 0) return { p50: 0, p95: 0, p99: 0 }
  return {
    p50: tenths(percentile(valuesMs, 50)),
    p95: tenths(percentile(valuesMs, 95)),
    p99: tenths(percentile(valuesMs, 99)),
  }
}

/** How a figure stands to its reference in the same run, to three digits; NaN when the reference has none. */
export function ratioOf(figure: number, reference: number): number {
  return reference > 0 ? Math.round((figure / reference) * 1000) / 1000 : Number.NaN
}
