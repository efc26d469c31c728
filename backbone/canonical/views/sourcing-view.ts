import { z } from 'zod'
import { Alternative, decisions, Evidence } from '../decision.ts'
import { IsoDate } from '../document.ts'
import { Currency, DecimalText, MinorUnits } from '../money.ts'

const Decision = z.object({
  decision: z.enum(decisions),
  kind: z.string(),
  evidence: z.array(Evidence),
  alternatives: z.array(Alternative),
  policyVersion: z.string(),
})

const Code = z.string().min(1).max(40)

/** What is to be bought, and by when. */
export const SupplierQuestion = z
  .object({
    sku: z.string().min(1).max(80),
    quantityEach: z.int().min(1).max(2_147_483_647),
    neededOn: IsoDate,
    currency: Currency.optional().meta({ description: "The tenant's own unless said." }),
  })
  .meta({ id: 'SupplierQuestion' })
export type SupplierQuestion = z.infer<typeof SupplierQuestion>

/** The suppliers of a product, ranked, with the parts of each score and why others cannot be used. */
export const SupplierAnswer = Decision.extend({
  ranked: z.array(
    z.object({
      supplierId: z.string(),
      score: z.number().meta({ description: '0 to 100.' }),
      parts: z.object({
        availability: z.number(),
        lateness: z.number(),
        price: z.number(),
        delivery: z.number(),
        quality: z.number(),
      }),
      landedPrice: DecimalText,
      daysLate: z.int(),
      quoteAgeDays: z.int(),
      evidence: z.array(Evidence),
    }),
  ),
  unusable: z.array(z.object({ supplierId: z.string(), reason: z.string(), text: z.string() })),
}).meta({ id: 'SupplierAnswer' })
export type SupplierAnswer = z.infer<typeof SupplierAnswer>

/** What is to be shipped where by when; with a reported delay the question is whether to book anew. */
export const CarrierQuestion = z
  .object({
    origin: Code,
    destination: Code,
    shipOn: IsoDate,
    promisedOn: IsoDate,
    currency: Currency.optional().meta({ description: "The tenant's own unless said." }),
    delay: z
      .object({ laneId: Code, delayedUntil: IsoDate })
      .optional()
      .meta({ description: 'The booked lane and the day its carrier reports.' }),
  })
  .meta({ id: 'CarrierQuestion' })
export type CarrierQuestion = z.infer<typeof CarrierQuestion>

/** The services of a lane, the cheapest first, and which one; with a delay also what to do about it. */
export const CarrierAnswer = Decision.extend({
  money: z.object({ amountMinor: MinorUnits, currency: Currency }).optional(),
  options: z.array(
    z.object({
      laneId: z.string(),
      carrier: z.string(),
      service: z.string(),
      costMinor: MinorUnits,
      currency: Currency,
      deliveries: z.int(),
      chance: z.number().nullable(),
      likelyOn: IsoDate.nullable(),
      whyNot: z.string().optional(),
    }),
  ),
  delay: Decision.extend({
    money: z.object({ amountMinor: MinorUnits, currency: Currency }).optional(),
    extraCostMinor: MinorUnits.optional(),
    daysSooner: z.int().optional(),
    rebookTo: z.string().optional(),
  }).optional(),
}).meta({ id: 'CarrierAnswer' })
export type CarrierAnswer = z.infer<typeof CarrierAnswer>
