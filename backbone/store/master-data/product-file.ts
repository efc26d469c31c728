import { type SQL, sql } from 'drizzle-orm'
import { Product } from '../../canonical/master-data.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { isFoundIn, keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'
import { fitProducts } from './product-fits.ts'

function products(condition: SQL, order: SQL): SQL {
  return sql`
    select sku as id, version, updated_at as "updatedAt", sku, name, product_class as "productClass",
      family, brand, origin, condition, shelf_life_days as "shelfLifeDays", restrictions, status, attributes, base_uom as "baseUom", uom_factors as "uomFactors",
      minimum_quantity as "minimumQuantity", quantity_multiple as "quantityMultiple",
      landed_cost::text as "landedCost", currency,
      (select jsonb_agg(case when customer_number = '' then jsonb_build_object('key', key)
          else jsonb_build_object('key', key, 'customerNumber', customer_number) end)
        from item_key where item_key.sku = product.sku) as keys
    from product where ${condition} ${order}`
}

async function writeItemKeys(tx: TenantTx, documents: readonly Product[]): Promise<void> {
  const keys = documents.flatMap(({ sku, keys: itemKeys }) =>
    itemKeys.map(({ key, customerNumber = '' }) => ({ sku, key, customerNumber })),
  )
  await tx.run(sql`
    with fresh as materialized (
      select * from jsonb_to_recordset(${asJson(keys)}) as r(sku text, key text, "customerNumber" text)
    ), gone as (
      delete from item_key
      where sku = any(${asTextList(documents.map(({ sku }) => sku))})
        and not exists (select from fresh where fresh.key = item_key.key
          and fresh."customerNumber" = item_key.customer_number and fresh.sku = item_key.sku)
    )
    insert into item_key (tenant_id, sku, key, customer_number)
    select ${tx.tenantId}, sku, key, "customerNumber" from fresh
    on conflict do nothing`)
}

/** Products with the numbers documents name them by. */
export const productFile: MasterFile<Product, Product> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(products(sql`sku = any(${asTextList(ids)})`, sql``))
    return rows.map((row) => keptFrom(Product, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(
      products(
        sql`true ${whenGiven(after, (sku) => sql`sku > ${sku}`)}
          ${whenGiven(filter.productClass, (name) => sql`product_class = ${name}`)}
          ${whenGiven(filter.search, (text) => isFoundIn(text, sql`sku || ' ' || name`))}`,
        sql`order by sku limit ${limit}`,
      ),
    )
    return rows.map((row) => keptFrom(Product, row))
  },
  async write(tx, documents) {
    const written = await tx.rows<MasterRow>(sql`
      insert into product (tenant_id, sku, name, product_class, family, brand, origin, condition,
        shelf_life_days, restrictions, status, attributes, base_uom, uom_factors,
        minimum_quantity, quantity_multiple, landed_cost, currency)
      select ${tx.tenantId}, sku, name, "productClass", family, brand, origin, condition,
        "shelfLifeDays", restrictions, status, attributes, "baseUom", "uomFactors",
        "minimumQuantity", "quantityMultiple", "landedCost", currency
      from jsonb_to_recordset(${asJson(documents)}) as r(sku text, name text, "productClass" text,
        family text, brand text, origin text, condition text, "shelfLifeDays" int, restrictions jsonb, status text, attributes jsonb, "baseUom" text, "uomFactors" jsonb, "minimumQuantity" int,
        "quantityMultiple" int, "landedCost" numeric, currency text)
      order by sku
      on conflict (tenant_id, sku) do update set name = excluded.name,
        product_class = excluded.product_class, family = excluded.family, brand = excluded.brand,
        origin = excluded.origin, condition = excluded.condition, status = excluded.status,
        shelf_life_days = excluded.shelf_life_days, restrictions = excluded.restrictions,
        attributes = excluded.attributes, base_uom = excluded.base_uom,
        uom_factors = excluded.uom_factors, minimum_quantity = excluded.minimum_quantity,
        quantity_multiple = excluded.quantity_multiple, landed_cost = excluded.landed_cost,
        currency = excluded.currency, version = product.version + 1, updated_at = now()
      returning sku as id, version, updated_at as "updatedAt"`)
    await writeItemKeys(tx, documents)
    await fitProducts(tx, documents)
    return written
  },
}
