import { sql } from 'drizzle-orm'
import { ClassRule } from '../../canonical/availability-data.ts'
import type { Product } from '../../canonical/master-data.ts'
import { productFit } from '../../canonical/product-fit.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

type Fitted = Pick<Product, 'sku' | 'productClass' | 'attributes'>

const pageSize = 2_000

async function writeFits(
  tx: TenantTx,
  products: readonly Fitted[],
  ruleOf: ReadonlyMap<string, ClassRule>,
): Promise<void> {
  const fits = products.flatMap((product) => {
    const { sku, productClass } = product
    const rule = ruleOf.get(productClass)
    return rule === undefined ? [] : { sku, productClass, ...productFit(product, rule) }
  })
  if (fits.length === 0) return
  await tx.run(sql`
    insert into product_fit (tenant_id, sku, product_class, fit_key, safe_key)
    select ${tx.tenantId}, sku, "productClass", "fitKey", "safeKey"
    from jsonb_to_recordset(${asJson(fits)}) as r(sku text, "productClass" text, "fitKey" text, "safeKey" text)
    order by sku
    on conflict (tenant_id, sku) do update set product_class = excluded.product_class,
      fit_key = excluded.fit_key, safe_key = excluded.safe_key
    where (product_fit.product_class, product_fit.fit_key, product_fit.safe_key)
      is distinct from (excluded.product_class, excluded.fit_key, excluded.safe_key)`)
}

/**
 * Sorts products that were just written by what fits, as far as their classes have rules. One that moved to a class
 * without a rule keeps its old keys; who looks for what fits compares its class.
 */
export async function fitProducts(tx: TenantTx, products: readonly Fitted[]): Promise<void> {
  const classes = [...new Set(products.map(({ productClass }) => productClass))]
  const rows = await tx.rows<object>(sql`
    select product_class as "productClass", attributes from class_rule
    where product_class = any(${asTextList(classes)})`)
  const rules = rows.map((row) => ClassRule.parse(row))
  const ruleOf = new Map(rules.map((rule) => [rule.productClass, rule]))
  await writeFits(tx, products, ruleOf)
}

/** Sorts all products of classes by their new rules. */
export async function refitClasses(tx: TenantTx, rules: readonly ClassRule[]): Promise<void> {
  const ruleOf = new Map(rules.map((rule) => [rule.productClass, rule]))
  const classes = asTextList([...ruleOf.keys()])
  let after = ''
  for (;;) {
    const products = await tx.rows<Fitted>(sql`
      select sku, product_class as "productClass", attributes from product
      where product_class = any(${classes}) and sku > ${after} order by sku limit ${pageSize}`)
    await writeFits(tx, products, ruleOf)
    const last = products.at(-1)
    if (last === undefined || products.length < pageSize) return
    after = last.sku
  }
}
