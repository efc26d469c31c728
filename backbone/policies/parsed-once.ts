import type { z } from 'zod'

// With more different settings than this all are forgotten and parsed anew.
const mostKept = 1_000

/** Parses settings once for the same content: they come with every batch of orders and hardly ever change. */
export function parsedOnce<Settings extends object>(
  schema: z.ZodType<Settings>,
): (kept: unknown) => Settings {
  const known = new Map<string, Settings>()
  return (kept) => {
    const content = JSON.stringify(kept) ?? ''
    const before = known.get(content)
    if (before !== undefined) return before
    const settings = schema.parse(kept)
    if (known.size >= mostKept) known.clear()
    known.set(content, settings)
    return settings
  }
}
