import { z } from 'zod'
import { Currency, DecimalText, MinorUnits } from '../../canonical/money.ts'
import { definePolicy } from '../policy-in-force.ts'

const NotNegative = DecimalText.refine((value) => !value.startsWith('-'), 'not below zero')
const Share = DecimalText.refine((value) => Number(value) >= 0 && Number(value) <= 1, 'from 0 to 1')
const Codes = z.array(z.string().min(1).max(80)).max(1_000).default([])

const weights = {
  relation: '0.25',
  availability: '0.25',
  price: '0.15',
  lead: '0.15',
  margin: '0.10',
  pack: '0.05',
  history: '0.05',
}

const relations = {
  approved: '1',
  'other-pack': '1',
  supersession: '0.95',
  'form-fit-function': '0.85',
  functional: '0.60',
  learned: '0.40',
}

const Weights = z.object({
  relation: Share.default(weights.relation),
  availability: Share.default(weights.availability),
  price: Share.default(weights.price),
  lead: Share.default(weights.lead),
  margin: Share.default(weights.margin),
  pack: Share.default(weights.pack),
  history: Share.default(weights.history),
})

const Relations = z.object({
  approved: Share.default(relations.approved),
  'other-pack': Share.default(relations['other-pack']),
  supersession: Share.default(relations.supersession),
  'form-fit-function': Share.default(relations['form-fit-function']),
  functional: Share.default(relations.functional),
  learned: Share.default(relations.learned),
})

/** What may be offered at all. */
const Offering = {
  substitution: z.enum(['offered', 'approved-only', 'none']).default('offered').meta({
    description:
      'Whether substitutes are offered: any that pass, only those the customer approved, or none ("no substitution").',
  }),
  hasStandingApproval: z.boolean().default(false).meta({
    description:
      'The customer consented to substitutes once for all; without it every swap after the order asks.',
  }),
  acceptsMixedSupply: z.boolean().default(true).meta({
    description: 'A line may be delivered partly as ordered and partly by a substitute.',
  }),
  acceptsUsed: z.boolean().default(false).meta({
    description: 'Used and refurbished goods may stand in for new ones.',
  }),
  acceptsOverShipment: z.boolean().default(false).meta({
    description: 'The customer takes whole packs, whatever they are more than ordered.',
  }),
  overShipmentPercent: NotNegative.default('5').meta({
    description: 'How much more than needed whole packs may come to, in percent of the need.',
  }),
  licencesHeld: Codes.meta({
    description: 'Licences the customer holds, such as refrigerant or pharma.',
  }),
  blockedSkus: Codes.meta({ description: 'Products the customer does not want offered.' }),
  blockedBrands: Codes.meta({ description: 'Brands the customer does not want offered.' }),
  blockedOrigins: Codes.meta({
    description: 'Countries of origin the customer does not want, ISO 3166-1 alpha-2.',
  }),
  requiredShelfLifeDays: z.int().min(0).max(36_500).default(0).meta({
    description: 'Days goods must keep after receipt; goods that keep for ever pass.',
  }),
  priceCapPercent: NotNegative.optional().meta({
    description:
      'How far a substitute may be above the original price, in percent; no cap when absent.',
  }),
  safetyAttributes: z
    .array(z.string().min(1).max(60))
    .max(200)
    .default([
      ...['voltage', 'phase', 'pressure', 'temperature', 'thread', 'fit', 'allergen'],
      ...['fireRating', 'foodGrade', 'medicalRating'],
    ])
    .meta({
      description:
        'Attributes that must be equal in every class, unless the rule of the class gives them another role.',
    }),
}

/** How what may be offered is put in order. */
const Ranking = {
  weights: Weights.prefault({}).meta({
    description: 'Weight of each part of the score; together 1.',
  }),
  relations: Relations.prefault({}).meta({
    description: 'How near each kind of relation is, from 0 to 1.',
  }),
  leastScore: NotNegative.default('60').meta({
    description: 'Substitutes below this score are not offered.',
  }),
  offeredAtMost: z.int().min(1).max(20).default(3).meta({
    description: 'How many substitutes are offered for a line.',
  }),
  priceRule: z.enum(['original', 'substitute', 'lower_of']).default('lower_of').meta({
    description:
      'What a substitute is charged at: the price of what was ordered, its own, or the lower of both.',
  }),
  upliftPercent: NotNegative.default('10').meta({
    description: 'Percent above the original price at which the price part of the score is 0.',
  }),
  latestDays: z.int().min(1).max(365).default(10).meta({
    description:
      'Days after the need date up to which a substitute still counts; the lead part of the score is 0 there.',
  }),
  targetMarginPercent: NotNegative.default('30').meta({
    description: 'Margin in percent from which on the margin part of the score is full.',
  }),
  learnedFrom: z.int().min(1).max(1_000).default(3).meta({
    description: 'How often a swap must have been accepted before it is offered by itself.',
  }),
}

/** What waiting, splitting and swapping cost. */
const Costs = {
  latenessPercentPerDay: NotNegative.default('0.4').meta({
    description: 'Cost of a day late, in percent of the value of what is late.',
  }),
  frictionPercent: NotNegative.default('2').meta({
    description: 'Cost of a change the customer has to live with, in percent of the value swapped.',
  }),
  extraShipmentMinor: z
    .record(Currency, MinorUnits.min(0))
    .default({ USD: 8_500, EUR: 8_500, GBP: 7_500, CAD: 11_000 })
    .meta({
      description:
        'Freight of one more shipment by currency, in minor units; without an entry a split has no price.',
    }),
}

const SubstitutionSettings = z.object({ ...Offering, ...Ranking, ...Costs })

/** What may stand in for what, and how it is weighed. */
export type SubstitutionSettings = z.infer<typeof SubstitutionSettings>

/** Alternatives for what cannot be delivered in time (domain rules 3.2). */
export const substitutionPolicy = definePolicy<SubstitutionSettings>({
  name: 'substitution',
  about:
    'What may be offered instead of goods that are not there in time, in which order, and what each way out costs.',
  schema: SubstitutionSettings,
})
