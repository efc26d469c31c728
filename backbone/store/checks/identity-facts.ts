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
    ), named as (
      select customer_number, jsonb_agg(key) as keys from found group by customer_number
    )
    select customer.customer_number as "customerNumber", name, status, tier, currency, terms, named.keys
    from customer left join named on named.customer_number = customer.customer_number
    where customer.customer_number = any(array(
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
  const rows = await tx.rows<KeyRow | (ProductFacts & { readonly key: null })>(sql`
    with asked as materialized (
      select * from jsonb_to_recordset(${asJson(keys)}) as asked("customerNumber" text, key text)
    ), found as materialized (
      select asked.customer_number, asked.key, known.sku
      from (select "customerNumber" as customer_number, key from asked union select '', key from asked) asked
      -- Limited, so that each is looked up by itself: all keys of a batch for all its customers are far too many.
      cross join lateral (
        select sku from item_key
        where item_key.key = asked.key and item_key.customer_number = asked.customer_number limit 1
      ) known
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
