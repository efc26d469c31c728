import { z } from 'zod'
import { definePolicy } from '../policy-in-force.ts'

const AvailabilitySettings = z.object({
  staleAfterMinutes: z.int().min(1).max(525_600).default(15).meta({
    description:
      'Minutes after which a stock count is too old to promise a day by: the goods are kept for the order, but no day is promised until the warehouse counts again.',
  }),
  staleStock: z.enum(['keep', 'hold']).default('keep').meta({
    description:
      'What becomes of an order whose goods were counted too long ago: keep takes it on without a promised day and says so on the order; hold waits for a person as well.',
  }),
})

/** How far availability may rest on. */
export type AvailabilitySettings = z.infer<typeof AvailabilitySettings>

/** By which stock an order may be promised (domain rules 3.2). */
export const availabilityPolicy = definePolicy<AvailabilitySettings>({
  name: 'availability',
  about: 'What may be promised of stock and expected supply, and how old a stock count may be.',
  schema: AvailabilitySettings,
})
