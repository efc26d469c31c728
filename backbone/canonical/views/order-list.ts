import { z } from 'zod'

/** How a list of orders is sorted: the newest first, the oldest first, the earliest wanted first, the largest first. */
export const OrderSort = z.enum(['received', 'oldest', 'wanted', 'total'])
export type OrderSort = z.infer<typeof OrderSort>

/** How many orders there are like this. */
export const OrderCount = z
  .object({
    count: z.int(),
    isCapped: z.boolean().meta({ description: 'There are more; counting stopped there.' }),
  })
  .meta({ id: 'OrderCount' })
export type OrderCount = z.infer<typeof OrderCount>
