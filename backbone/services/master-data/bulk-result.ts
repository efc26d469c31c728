import { z } from 'zod'

const Count = z.int().min(0)

/** What became of a bulk load: every line is counted once; the first hundred findings name their lines. */
export const BulkResult = z.object({
  received: Count,
  created: Count,
  updated: Count,
  unchanged: Count,
  refused: Count,
  refusals: z
    .array(z.object({ line: z.int().min(1), field: z.string(), message: z.string() }))
    .max(100),
})
export type BulkResult = z.infer<typeof BulkResult>
