import { z } from 'zod'
import { IsoDate, IsoMoment } from '../document.ts'
import { Currency, MinorUnits } from '../money.ts'
import { blockableSteps, holdTypes, stages } from '../order-state.ts'

/** A hold in force with the order it stops and the promise that runs out meanwhile. */
export const HeldOrderView = z
  .object({
    holdId: z.string(),
    orderId: z.string(),
    orderNumber: z.string(),
    stage: z.enum(stages),
    line: z.string().nullable(),
    type: z.enum(holdTypes),
    blocks: z.array(z.enum(blockableSteps)),
    reason: z.string(),
    conditions: z.record(z.string(), z.string().nullable()),
    placedAt: IsoMoment,
    placedBy: z.string(),
    expiresAt: IsoMoment.nullable(),
    customerNumber: z.string().nullable(),
    customerName: z.string().nullable(),
    purchaseOrderNumber: z.string(),
    currency: Currency,
    totalMinor: MinorUnits,
    receivedAt: IsoMoment,
    requestedOn: IsoDate.nullable(),
    /** The first day promised for a line. */
    promisedOn: IsoDate.nullable(),
    /** Which promise in time runs, the release before others, and when it is broken. */
    promise: z.string().nullable(),
    promiseEndsAt: IsoMoment.nullable(),
    /** The promise rests while the order waits for the customer. */
    isResting: z.boolean(),
  })
  .meta({ id: 'HeldOrder' })
export type HeldOrderView = z.infer<typeof HeldOrderView>
