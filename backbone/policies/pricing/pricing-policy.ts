import { z } from 'zod'
import { Currency, DecimalText, MinorUnits } from '../../canonical/money.ts'
import { definePolicy } from '../policy-in-force.ts'

/** How much a line and an order may be off in one currency without a person. */
const AmountBounds = z.object({
  lineMinor: MinorUnits.min(0).meta({
    description: 'Bound of one line, in minor units, inclusive.',
  }),
  orderMinor: MinorUnits.min(0).meta({
    description: 'Bound of the sum over the order, in minor units, inclusive, never netted.',
  }),
})

const Tolerance = z.object({
  percent: DecimalText.default('0.5').meta({
    description: 'Bound of the unit price, in percent of the expected one, inclusive.',
  }),
  amounts: z
    .record(Currency, AmountBounds)
    .default({
      USD: { lineMinor: 500, orderMinor: 2500 },
      EUR: { lineMinor: 500, orderMinor: 2500 },
      GBP: { lineMinor: 500, orderMinor: 2500 },
      CAD: { lineMinor: 500, orderMinor: 2500 },
    })
    .meta({
      description: 'Bounds by currency; a currency without an entry is never accepted by itself.',
    }),
})

const Percent = DecimalText.refine((value) => !value.startsWith('-'), 'not below zero')
const Days = z.int().min(0).max(3650)

/** How orders are priced and their prices compared (domain rules 3.1.1 and 3.1.2). */
const PricingSettings = z.object({
  underpaid: Tolerance.prefault({}).meta({
    description: 'How far the order may be below the expected price without a person.',
  }),
  overpaid: Tolerance.prefault({}).meta({
    description:
      'How far the order may be above the expected price without a person; the lower price is billed.',
  }),
  underpaidBills: z.enum(['honour_po', 'bill_expected']).default('honour_po').meta({
    description: 'What is billed when the order is below the expected price and inside tolerance.',
  }),
  missingPrice: z.enum(['expected', 'ask']).default('expected').meta({
    description: 'What a line without a price means: our price, or a question to the customer.',
  }),
  zeroPrice: z.enum(['expected', 'ask']).default('ask').meta({
    description: 'What a price of zero means where ours is not zero.',
  }),
  ties: z.enum(['conflict', 'best_price']).default('conflict').meta({
    description:
      'Two rules that weigh the same with different prices: a conflict, or the lower price.',
  }),
  listPricingDate: z
    .enum(['purchase-order', 'received', 'requested-ship'])
    .default('purchase-order')
    .meta({
      description: 'The day whose price lists and promotions count; agreements say it themselves.',
    }),
  promotionCapPercent: Percent.optional().meta({
    description: 'The most all promotions together may take off the price before them, in percent.',
  }),
  marginFloorPercent: Percent.default('0').meta({
    description: 'The least margin on the price, in percent; 0 stops only sales below landed cost.',
  }),
  quantityRule: z.enum(['up', 'down', 'ignore']).default('up').meta({
    description: 'How a quantity against the minimum or the multiple is rounded in the proposal.',
  }),
  rounding: z.enum(['half-up', 'half-even']).default('half-up').meta({
    description: 'How half a unit is rounded: away from zero, or to the even neighbour.',
  }),
  taxRounding: z.enum(['line', 'group']).default('group').meta({
    description: 'Tax is rounded for every line, or once for each jurisdiction and rate.',
  }),
  orderDiscounts: z
    .array(z.object({ currency: Currency, fromMinor: MinorUnits.min(0), percentOff: Percent }))
    .max(20)
    .default([])
    .meta({
      description: 'Percent off the whole order from a value on; the highest reached counts.',
    }),
  nearBreakPercent: Percent.default('10').meta({
    description:
      'How near a quantity must be to the next break, in percent of it, for the break to be pointed out.',
  }),
  nearPercent: Percent.default('0.1').meta({
    description: 'How near a price must come to an explanation, in percent of it.',
  }),
  exchangeNearPercent: Percent.default('1').meta({
    description:
      'How near a price must come to the exchange rate to be taken for another currency, in percent.',
  }),
  staleListDays: Days.default(90).meta({
    description: 'Days after its end that an earlier price list still explains a price.',
  }),
  expiredContractDays: Days.default(180).meta({
    description: 'Days after its end that a contract still explains a price.',
  }),
  staleListGraceDays: Days.default(0).meta({
    description: 'Days after a new list in which the earlier price is honoured.',
  }),
  promotionGraceDays: Days.default(0).meta({
    description: 'Days after its end in which a promotion is honoured.',
  }),
  guessedDiscounts: z
    .array(Percent)
    .max(100)
    .default([
      '1',
      '2',
      '2.5',
      '3',
      '4',
      '5',
      '6',
      '7',
      '7.5',
      '8',
      '9',
      '10',
      '12',
      '12.5',
      '15',
      '20',
      '25',
      '30',
      '35',
      '40',
      '50',
    ])
    .meta({ description: 'Discounts, in percent, that people claim without an agreement.' }),
  freightToleranceMinor: MinorUnits.min(0).default(500).meta({
    description: 'How far freight may be off the terms without a person, in minor units.',
  }),
  duplicateDays: Days.default(365).meta({
    description: 'Days in which the same order again is a duplicate; later its number is reused.',
  }),
  nearDuplicate: z
    .object({
      withinDays: Days.default(7),
      linesPercent: z.number().min(1).max(100).default(90),
      totalPercent: z.number().min(0).max(100).default(1),
    })
    .prefault({})
    .meta({ description: 'What makes an order under another number look like one sent before.' }),
})
export type PricingSettings = z.infer<typeof PricingSettings>

/** How orders are priced and their prices compared, per tenant, partner and customer. */
export const pricingPolicy = definePolicy({
  name: 'pricing',
  about: 'Expected prices, how far an order may be off them, floors, rounding and repeated orders',
  schema: PricingSettings,
})
