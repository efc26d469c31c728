import { sql } from 'drizzle-orm'
import type { PaymentTerms } from '../../canonical/document.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

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
  const rows = await tx.rows<CustomerFacts & { keys: readonly string[] | null }>(sql`
    with found as materialized (
      select key, customer_number from customer_key where key = any(${asTextList([...new Set(keys)])})
    )
    select customer_number as "customerNumber", name, status, tier, currency, terms,
      (select jsonb_agg(key) from found where found.customer_number = customer.customer_number) as keys
    from customer where customer_number = any(array(
      select customer_number from found
      union select jsonb_array_elements_text(${asJson(customerNumbers)})))`)
  return {
    byKey: new Map(
      rows.flatMap(({ keys: ofIt, customerNumber }) =>
        (ofIt ?? []).map((key): [string, string] => [key, customerNumber]),
      ),
    ),
    customers: new Map(
      rows.map(({ keys: _keys, ...customer }) => [customer.customerNumber, customer]),
    ),
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
  /** What stands against selling it to everybody, everywhere; null where nothing does. */
  readonly restrictions: unknown
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
  const owners = ['', ...new Set(keys.map(({ customerNumber }) => customerNumber))]
  const rows = await tx.rows<KeyRow | (ProductFacts & { readonly key: null })>(sql`
    with found as materialized (
      select customer_number, key, sku from item_key
      where key = any(${asTextList([...new Set(keys.map(({ key }) => key))])})
        and customer_number = any(${asTextList(owners)})
    )
    select key, customer_number as "customerNumber", sku, null as name, null as "productClass", null as status,
      null as "baseUom", null::jsonb as "uomFactors", null::jsonb as restrictions
    from found
    union all
    select null, null, sku, name, product_class, status, base_uom, uom_factors,
      case when restrictions->'licences' <> '[]' or restrictions->'exportBarredTo' <> '[]'
        or restrictions->'soldOnlyIn' <> '[]' or restrictions->'channelsBarred' <> '[]'
        or restrictions @> '{"isRecalled": true}' or restrictions @> '{"isOnQualityHold": true}'
        then restrictions end
    from product where sku = any(array(
      select sku from found union select jsonb_array_elements_text(${asJson(skus)})))`)
  const skuByKey = new Map<string, string>()
  const products = new Map<string, ProductFacts>()
  for (const row of rows)
    if (row.key === null) products.set(row.sku, row)
    else skuByKey.set(`${row.customerNumber}|${row.key}`, row.sku)
  return {
    skuOf: (customerNumber, key) =>
      skuByKey.get(`${customerNumber}|${key}`) ?? skuByKey.get(`|${key}`),
    products,
  }
}

type KeyRow = { readonly key: string; readonly customerNumber: string; readonly sku: string }
