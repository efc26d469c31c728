import { z } from 'zod'
import { IsoMoment } from '../document.ts'

/** The lists that views can be saved of. */
export const ViewScreen = z.enum(['orders'])
export type ViewScreen = z.infer<typeof ViewScreen>

/** What a list is narrowed to and how it is sorted, word for word as its address says it. */
export const ViewFilters = z.record(z.string().min(1).max(40), z.string().min(1).max(400))
export type ViewFilters = z.infer<typeof ViewFilters>

/** What people call a view. */
export const ViewName = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u, 'A name without control characters.')

/** A view of a list, as whoever asks sees it: their own, one shared with them, or one that everybody has. */
export const SavedView = z
  .object({
    viewId: z.string(),
    screen: ViewScreen,
    name: z.string(),
    filters: ViewFilters,
    /** Everybody has it: part of the product. */
    isBuiltIn: z.boolean(),
    /** Everybody of the house sees it. */
    isShared: z.boolean(),
    isOwn: z.boolean(),
    ownerName: z.string().nullable(),
    /** Whoever asks may change it, share it or remove it. */
    mayChange: z.boolean(),
    updatedAt: IsoMoment.nullable(),
  })
  .meta({ id: 'SavedView' })
export type SavedView = z.infer<typeof SavedView>
