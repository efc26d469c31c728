import { z } from 'zod'
import { Currency, MinorUnits } from '../../canonical/money.ts'
import { definePolicy } from '../policy-in-force.ts'

const Weight = z.number().min(0).max(1)
const Share = z.number().min(0).max(1)

const SourcingSettings = z.object({
  weights: z
    .object({ availability: Weight, price: Weight, delivery: Weight, quality: Weight })
    .default({ availability: 0.35, price: 0.3, delivery: 0.25, quality: 0.1 })
    .meta({ description: 'What each part weighs in a supplier’s score; together 1.' }),
  latenessDays: z.number().positive().default(10).meta({
    description: 'Days late after which availability counts nothing.',
  }),
  priorDeliveries: z.number().min(0).default(5).meta({
    description: 'Deliveries assumed before the first, so that three lucky ones do not beat fifty.',
  }),
  priorShare: Share.default(0.85).meta({
    description: 'Share of the assumed deliveries that were on time and in full.',
  }),
  staleAfterDays: z.int().min(1).default(30).meta({
    description: 'Age in days from which a quote is said to be old, while it is still valid.',
  }),
  lanePromiseShare: Share.default(0.9).meta({
    description: 'Chance to meet the promised day that a carrier’s lane history must give.',
  }),
  laneMinimumDeliveries: z.int().min(1).default(5).meta({
    description: 'Deliveries on a lane below which its history tells nothing.',
  }),
  rebookUpTo: z.record(Currency, MinorUnits.min(0)).default({}).meta({
    description:
      'Extra cost in minor units of the currency up to which a delayed shipment is booked anew without a person.',
  }),
})
export type SourcingSettings = z.infer<typeof SourcingSettings>

/** Which supplier and which carrier to choose (domain rules 3.10). */
export const sourcingPolicy = definePolicy({
  name: 'sourcing',
  about:
    'How suppliers are ranked, which carriers keep a promised day, when a delay is booked anew.',
  schema: SourcingSettings,
})
