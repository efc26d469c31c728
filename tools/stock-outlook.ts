import { z } from 'zod'
import type { StockOutlookView } from '../backbone/canonical/views/stock-view.ts'
import { readTool } from './tool.ts'
import { fieldsOf, paging } from './wire/arguments.ts'
import { given } from './wire/given.ts'
import { plainText } from './wire/outside-text.ts'
import { listOf, pageAnswer, pageOfWhole } from './wire/page.ts'

const Warehouse = z.object({
  warehouse: z.string(),
  on_hand_each: z.int(),
  allocated_each: z.int(),
  safety_each: z.int(),
  counted_at: z.string().optional(),
  promisable_each: z.int().describe('May be promised today.'),
  later: z
    .array(z.object({ on: z.string(), promisable_each: z.int() }))
    .describe('From which day more or less may be promised.'),
  expected: z.array(z.object({ on: z.string(), quantity_each: z.int() })),
})

const Item = z.object({
  sku: z.string(),
  name: z.string(),
  status: z.string(),
  base_uom: z.string(),
  on: z.string(),
  warehouses: z.array(Warehouse),
})

function itemOf(outlook: StockOutlookView): z.input<typeof Item> {
  return {
    sku: outlook.sku,
    name: plainText(outlook.name, 120),
    status: outlook.status,
    base_uom: outlook.baseUom,
    on: outlook.on,
    warehouses: outlook.warehouses.slice(0, 20).map((place) =>
      given({
        warehouse: place.warehouse,
        on_hand_each: place.onHandEach,
        allocated_each: place.allocatedEach,
        safety_each: place.safetyEach,
        counted_at: place.countedAt,
        promisable_each: place.promisableEach,
        later: place.later.map(({ on, promisableEach }) => ({
          on,
          promisable_each: promisableEach,
        })),
        expected: place.expected.map(({ on, quantityEach }) => ({
          on,
          quantity_each: quantityEach,
        })),
      }),
    ),
  }
}

/** What there is of products, and when there is more. */
export const stockOutlook = readTool({
  name: 'stock_outlook',
  title: 'Stock and what is expected',
  about:
    'Of products by SKU: stock by warehouse, what may be promised today and later, and what is expected, in base units. Products that are not known are left out.',
  scope: 'o2c:read',
  publish: 'internal',
  keeps: ['sku'],
  input: z.strictObject({
    skus: z
      .array(z.string().trim().min(1).max(60))
      .min(1)
      .max(20)
      .describe('SKUs of the products, up to 20.'),
    fields: fieldsOf(['name', 'status', 'base_uom', 'on', 'warehouses']),
    ...paging(10, 20),
  }),
  output: listOf(Item),
  run: async ({ stock, now }, { tenantId }, input) => {
    const outlooks = await stock.read({ tenantId, skus: input.skus })
    return pageAnswer(
      now(),
      pageOfWhole(outlooks, ({ sku }) => sku, input),
      itemOf,
    )
  },
})
