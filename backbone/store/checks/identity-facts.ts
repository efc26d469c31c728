import { sql } from 'drizzle-orm'
import type { PaymentTerms } from '../../canonical/document.ts'
import { asTextList, type TenantTx } from '../database.ts'

/** A customer as the checks need it. */
export type CustomerFacts = {
  readonly customerNumber: string
  readonly name: string
  readonly status: string
  readonly tier: string | null
  readonly currency: string
  readonly terms: PaymentTerms
}

/** Which customers documents mean, by each of the keys they used. */
export async function customersByKey(
  tx: TenantTx,
  keys: readonly string[],
  customerNumbers: readonly string[],
): Promise<{ byKey: Map<string, string>; customers: Map<string, CustomerFacts> }> {
  const found =
    keys.length === 0
      ? []
      : await tx.rows<{ key: string; customer_number: string }>(
          sql`select key, customer_number from customer_key where key = any(${asTextList(keys)})`,
        )
  const numbers = [...new Set([...customerNumbers, ...found.map((row) => row.customer_number)])]
  const customers = await tx.rows<CustomerFacts>(sql`
    select customer_number as "customerNumber", name, status, tier, currency, terms
    from customer where customer_number = any(${asTextList(numbers)})`)
  return {
    byKey: new Map(found.map((row) => [row.key, row.customer_number])),
    customers: new Map(customers.map((customer) => [customer.customerNumber, customer])),
  }
}

/** A product as the checks need it. */
export type ProductFacts = {
  readonly sku: string
  readonly name: string
  readonly productClass: string
  readonly status: string
  readonly baseUom: string
  /** Base units in one of each other unit. */
  readonly uomFactors: Readonly<Record<string, number>>
}

/** A number that may name a product: a SKU itself, or a cross-referenced key. */
export type ItemKey = { readonly customerNumber: string; readonly key: string }

/** Which products documents mean: by SKU, and by cross-reference of the customer or of everyone. */
export async function productsByKey(
  tx: TenantTx,
  skus: readonly string[],
  keys: readonly ItemKey[],
): Promise<{
  skuOf(customerNumber: string, key: string): string | undefined
  products: Map<string, ProductFacts>
}> {
  const found =
    keys.length === 0
      ? []
      : await tx.rows<{ customer_number: string; key: string; sku: string }>(sql`
          select customer_number, key, sku from item_key
          where key = any(${asTextList([...new Set(keys.map(({ key }) => key))])})
            and customer_number = any(${asTextList(['', ...new Set(keys.map((key) => key.customerNumber))])})`)
  const skuByKey = new Map(found.map((row) => [`${row.customer_number}|${row.key}`, row.sku]))
  const wanted = [...new Set([...skus, ...skuByKey.values()])]
  const products = await tx.rows<ProductFacts>(sql`
    select sku, name, product_class as "productClass", status, base_uom as "baseUom", uom_factors as "uomFactors"
    from product where sku = any(${asTextList(wanted)})`)
  return {
    skuOf: (customerNumber, key) =>
      skuByKey.get(`${customerNumber}|${key}`) ?? skuByKey.get(`|${key}`),
    products: new Map(products.map((product) => [product.sku, product])),
  }
}
