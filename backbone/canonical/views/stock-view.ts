import { z } from 'zod'
import { IsoDate, IsoMoment } from '../document.ts'

/** What there is of a product in a warehouse and what may be promised of it, day by day, in base units. */
export const StockOutlookView = z
  .object({
    sku: z.string(),
    name: z.string(),
    status: z.string(),
    baseUom: z.string(),
    on: IsoDate,
    warehouses: z.array(
      z.object({
        warehouse: z.string(),
        onHandEach: z.int(),
        allocatedEach: z.int(),
        safetyEach: z.int(),
        /** When it was counted; null where nothing was and goods are only expected. */
        countedAt: IsoMoment.nullable(),
        /** May be promised today. */
        promisableEach: z.int(),
        /** From which day more or less may be promised; what waits before has been thought of. */
        later: z.array(z.object({ on: IsoDate, promisableEach: z.int() })),
        expected: z.array(z.object({ on: IsoDate, quantityEach: z.int() })),
      }),
    ),
  })
  .meta({ id: 'StockOutlook' })
export type StockOutlookView = z.infer<typeof StockOutlookView>
