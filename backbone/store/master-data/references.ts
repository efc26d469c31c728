import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

type Value = { readonly value: string }

const valuesOf = (rows: readonly Value[]) => new Set(rows.map(({ value }) => value))

/** Which of these SKUs no product has. */
export async function unknownSkus(tx: TenantTx, skus: readonly string[]): Promise<Set<string>> {
  if (skus.length === 0) return new Set()
  return valuesOf(
    await tx.rows<Value>(sql`
      select value from jsonb_array_elements_text(${asJson(skus)}) as asked(value)
      where not exists (select from product where product.sku = asked.value)`),
  )
}

/** Which of these customer numbers no customer has. */
export async function unknownCustomers(
  tx: TenantTx,
  customerNumbers: readonly string[],
): Promise<Set<string>> {
  if (customerNumbers.length === 0) return new Set()
  return valuesOf(
    await tx.rows<Value>(sql`
      select value from jsonb_array_elements_text(${asJson(customerNumbers)}) as asked(value)
      where not exists (select from customer where customer.customer_number = asked.value)`),
  )
}

/** Which of these product classes no product is in. */
export async function unknownClasses(
  tx: TenantTx,
  productClasses: readonly string[],
): Promise<Set<string>> {
  if (productClasses.length === 0) return new Set()
  return valuesOf(
    await tx.rows<Value>(sql`
      select value from jsonb_array_elements_text(${asJson(productClasses)}) as asked(value)
      where not exists (select from product where product.product_class = asked.value)`),
  )
}

/** Which product each of these item numbers names today; `customerNumber` '' is everyone's number. */
export async function itemKeyOwners(
  tx: TenantTx,
  keys: readonly string[],
): Promise<{ key: string; customerNumber: string; owner: string }[]> {
  if (keys.length === 0) return []
  return tx.rows(sql`
    select key, customer_number as "customerNumber", sku as owner
    from item_key where key = any(${asTextList(keys)})`)
}

/** Which customer each of these numbers names today. */
export async function customerKeyOwners(
  tx: TenantTx,
  keys: readonly string[],
): Promise<{ key: string; owner: string }[]> {
  if (keys.length === 0) return []
  return tx.rows(sql`
    select key, customer_number as owner from customer_key where key = any(${asTextList(keys)})`)
}
