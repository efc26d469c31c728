import { z } from 'zod'
import { Alternative, decisions, Evidence } from '../decision.ts'
import { IsoDate } from '../document.ts'
import { Currency, MinorUnits } from '../money.ts'

/** Whether a customer, or one of its orders, is delivered on account now, and by which figures. */
export const CreditStandingView = z
  .object({
    customerNumber: z.string(),
    name: z.string(),
    status: z.string(),
    segment: z.string(),
    on: IsoDate,
    /** The order in question, and what it comes to; absent where the customer as such is asked about. */
    order: z
      .object({
        orderId: z.string(),
        orderNumber: z.string(),
        totalMinor: MinorUnits,
        currency: Currency,
      })
      .nullable(),
    decision: z.enum(decisions),
    kind: z.string(),
    currency: Currency,
    /** What must be paid or secured before it goes on. */
    overMinor: MinorUnits,
    accounts: z.array(
      z.object({
        customerNumber: z.string(),
        currency: Currency,
        limitMinor: MinorUnits.nullable(),
        /** Null where an exchange rate is missing. */
        exposureMinor: MinorUnits.nullable(),
        /** What of the limit is left; below zero what is too much. */
        freeMinor: MinorUnits.nullable(),
        openReceivablesMinor: MinorUnits.nullable(),
        overdueMinor: MinorUnits.nullable(),
        openOrdersMinor: MinorUnits.nullable(),
        dunningLevel: z.int(),
        brokenPromises: z.int(),
      }),
    ),
    evidence: z.array(Evidence),
    alternatives: z.array(Alternative),
    policyVersion: z.string(),
  })
  .meta({ id: 'CreditStanding' })
export type CreditStandingView = z.infer<typeof CreditStandingView>
