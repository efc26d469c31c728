import { sql } from 'drizzle-orm'
import { PriceList, PriceListSummary } from '../../canonical/master-data.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { isFoundIn, keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

const head = sql`price_list_id as id, version, updated_at as "updatedAt",
  price_list_id as "priceListId", name, currency, tier, valid_from as "validFrom", valid_to as "validTo"`

async function writePrices(tx: TenantTx, documents: readonly PriceList[]): Promise<void> {
  const prices = documents.flatMap(({ priceListId, prices: ofList }) =>
    ofList.map((price) => ({ priceListId, ...price })),
  )
  await tx.run(sql`
    with fresh as materialized (
      select * from jsonb_to_recordset(${asJson(prices)})
        as r("priceListId" text, sku text, "minimumQuantity" int, "unitPrice" numeric)
    ), gone as (
      delete from price
      where price_list_id = any(${asTextList(documents.map(({ priceListId }) => priceListId))})
        and not exists (select from fresh where fresh."priceListId" = price.price_list_id
          and fresh.sku = price.sku and fresh."minimumQuantity" = price.minimum_quantity)
    )
    insert into price (tenant_id, price_list_id, sku, minimum_quantity, unit_price)
    select ${tx.tenantId}, "priceListId", sku, "minimumQuantity", "unitPrice" from fresh
    on conflict (tenant_id, price_list_id, sku, minimum_quantity)
      do update set unit_price = excluded.unit_price where price.unit_price <> excluded.unit_price`)
}

/** Price lists with their prices. */
export const priceListFile: MasterFile<PriceList, PriceListSummary> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${head}, (select jsonb_agg(jsonb_build_object('sku', sku,
          'minimumQuantity', minimum_quantity, 'unitPrice', unit_price::text))
        from price where price.price_list_id = price_list.price_list_id) as prices
      from price_list where price_list_id = any(${asTextList(ids)})`)
    return rows.map((row) => keptFrom(PriceList, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${head}, (select count(*)::int from price
        where price.price_list_id = price_list.price_list_id) as "priceCount"
      from price_list
      where true ${whenGiven(after, (id) => sql`price_list_id > ${id}`)}
        ${whenGiven(filter.tier, (tier) => sql`tier = ${tier}`)}
        ${whenGiven(
          filter.sku,
          (sku) => sql`exists (select from price
            where price.price_list_id = price_list.price_list_id and price.sku = ${sku})`,
        )}
        ${whenGiven(filter.search, (text) => isFoundIn(text, sql`price_list_id || ' ' || name`))}
      order by price_list_id limit ${limit}`)
    return rows.map((row) => keptFrom(PriceListSummary, row))
  },
  async write(tx, documents) {
    const heads = documents.map(({ prices: _, ...ofList }) => ofList)
    const written = await tx.rows<MasterRow>(sql`
      insert into price_list (tenant_id, price_list_id, name, currency, tier, valid_from, valid_to)
      select ${tx.tenantId}, "priceListId", name, currency, tier, "validFrom", "validTo"
      from jsonb_to_recordset(${asJson(heads)}) as r("priceListId" text, name text, currency text,
        tier text, "validFrom" date, "validTo" date)
      order by "priceListId"
      on conflict (tenant_id, price_list_id) do update set name = excluded.name,
        currency = excluded.currency, tier = excluded.tier, valid_from = excluded.valid_from,
        valid_to = excluded.valid_to, version = price_list.version + 1, updated_at = now()
      returning price_list_id as id, version, updated_at as "updatedAt"`)
    await writePrices(tx, documents)
    return written
  },
}
