import { z } from 'zod'

/**
 * Something wrong with a document, precise enough to mend it: where it stands and what to do.
 * `code` is the standard's own (X12 AK304/AK403/TA105 …) with its list in `codeList`.
 */
export const Finding = z.object({
  severity: z.enum(['error', 'warning', 'note']),
  codeList: z.string().max(20),
  code: z.string().max(40),
  message: z.string().max(500),
  /** X12/EDIFACT segment id, JSON path or XML path. */
  segment: z.string().max(120).optional(),
  /** Position of the segment in its transaction set, ST = 1. */
  segmentPosition: z.int().min(0).optional(),
  /** Element position inside the segment, 1 first. */
  element: z.int().min(1).optional(),
  component: z.int().min(1).optional(),
  /** Byte or character offset in the raw document, where known. */
  offset: z.int().min(0).optional(),
  /** A short copy of the bad value, control characters removed. */
  value: z.string().max(120).optional(),
})
export type Finding = z.infer<typeof Finding>
