import { z } from 'zod'
import { Currency, DecimalText, MinorUnits } from '../../canonical/money.ts'
import { ReturnCondition } from '../../canonical/views/return-view.ts'
import { definePolicy } from '../policy-in-force.ts'

const Reason = z.object({
  text: z.string().min(1).max(80).meta({ description: 'How people say it.' }),
  disputeCode: z
    .string()
    .regex(/^\d{2}$/)
    .optional()
    .meta({ description: 'X12 element 426, for reasons that are a dispute as well.' }),
  isOurFault: z.boolean(),
})

const Days = z.int().min(0).max(3_650)

const ReturnsSettings = z.object({
  isAccepted: z.boolean().default(true).meta({
    description: 'Whether returns are taken at all; set to no for a customer who may not.',
  }),
  windowDays: Days.default(30).meta({
    description: 'Days after delivery in which goods may come back.',
  }),
  faultWindowDays: Days.default(60).meta({
    description: 'The same where the fault is ours: damaged, defective, not what was ordered.',
  }),
  conditions: z
    .array(ReturnCondition)
    .default(['unopened'])
    .meta({ description: 'Conditions taken back; any condition where the fault is ours.' }),
  excludedSkus: z
    .array(z.string().max(80))
    .default([])
    .meta({ description: 'Products never taken back unless the fault is ours.' }),
  excludedClasses: z
    .array(z.string().max(40))
    .default([])
    .meta({ description: 'Product classes never taken back unless the fault is ours.' }),
  restockingFeePercent: DecimalText.default('0').meta({
    description: 'Percent of the net credit kept for restocking; nothing where the fault is ours.',
  }),
  rerateOnReturn: z.boolean().default(false).meta({
    description:
      'Whether what the customer keeps is priced again by the quantity it then has. Both credits are always shown.',
  }),
  autoCreditUpTo: z.record(Currency, MinorUnits.min(0)).default({}).meta({
    description:
      'Credits up to this many minor units of the currency need no person, where both ways of counting agree.',
  }),
  reasons: z
    .record(z.string().regex(/^[a-z][a-z-]{1,39}$/), Reason)
    .default({
      'no-longer-needed': { text: 'no longer needed', isOurFault: false },
      'ordered-in-error': { text: 'ordered in error', isOurFault: false },
      damaged: { text: 'arrived damaged', disputeCode: '04', isOurFault: true },
      defective: { text: 'defective', disputeCode: '05', isOurFault: true },
      'wrong-quantity': { text: 'more than ordered', disputeCode: '06', isOurFault: true },
      'wrong-item': { text: 'not the product ordered', disputeCode: '07', isOurFault: true },
      'substitute-refused': { text: 'substitute not wanted', disputeCode: '08', isOurFault: true },
    })
    .meta({ description: 'The reasons a return may give, with their X12 dispute code.' }),
})
export type ReturnsSettings = z.infer<typeof ReturnsSettings>

/** What is taken back, and what is credited for it (domain rules 3.9). */
export const returnsPolicy = definePolicy({
  name: 'returns',
  about: 'Which goods come back, in which time and condition, and what is credited for them.',
  schema: ReturnsSettings,
})
