import { z } from 'zod'
import type { Product } from '../backbone/canonical/master-data.ts'
import { readTool } from './tool.ts'
import { fieldsOf, paging, referenceArgument } from './wire/arguments.ts'
import { given } from './wire/given.ts'
import { plainText } from './wire/outside-text.ts'
import { listOf, pageAnswer } from './wire/page.ts'

const Item = z.object({
  sku: z.string(),
  name: z.string(),
  status: z.string(),
  product_class: z.string().optional(),
  brand: z.string().optional(),
  base_uom: z.string(),
})

function itemOf(product: Product): z.input<typeof Item> {
  return given({
    sku: product.sku,
    name: plainText(product.name, 120),
    status: product.status,
    product_class: product.productClass ?? null,
    brand: product.brand ?? null,
    base_uom: product.baseUom,
  })
}

/** Finds products. */
export const productSearch = readTool({
  name: 'product_search',
  title: 'Find products',
  about: 'Finds products by part of their SKU or name, in the order of their SKUs.',
  scope: 'o2c:read',
  publish: 'internal',
  keeps: ['sku'],
  input: z.strictObject({
    text: referenceArgument('Part of the SKU or name.', 80).optional(),
    fields: fieldsOf(['name', 'status', 'product_class', 'brand', 'base_uom']),
    ...paging(20),
  }),
  output: listOf(Item),
  run: async ({ masterData, now }, { tenantId }, { text, limit, cursor }) => {
    const { items, nextAfter } = await masterData.products.list(tenantId, {
      ...{ search: text, limit, after: cursor },
    })
    const page = { items, next: nextAfter ?? null }
    return pageAnswer(now(), page, ({ document }) => itemOf(document))
  },
})
