import { type SQL, sql } from 'drizzle-orm'
import { Promotion, promotionTarget } from '../../canonical/pricing-data.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { isFoundIn, keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

function promotions(condition: SQL, order: SQL): SQL {
  return sql`
    select promotion_id as id, version, updated_at as "updatedAt", promotion_id as "promotionId", name,
      currency, valid_from as "validFrom", valid_to as "validTo", combination, priority,
      percent_off::text as "percentOff", amount_off::text as "amountOff",
      minimum_quantity as "minimumQuantity", quota_each as "quotaEach", used_each as "usedEach",
      excluded_skus as "excludedSkus", customer_numbers as "customerNumbers", tiers,
      buying_groups as "buyingGroups",
      (select jsonb_agg(case
          when target like 'sku:%' then jsonb_build_object('sku', substr(target, 5))
          when target like 'family:%' then jsonb_build_object('family', substr(target, 8))
          when target like 'class:%' then jsonb_build_object('productClass', substr(target, 7))
          else jsonb_build_object('all', true) end)
        from promotion_target where promotion_target.promotion_id = promotion.promotion_id) as targets
    from promotion where ${condition} ${order}`
}

async function writeTargets(tx: TenantTx, documents: readonly Promotion[]): Promise<void> {
  const targets = documents.flatMap(({ promotionId, targets: ofPromotion }) =>
    ofPromotion.map((target) => ({ promotionId, target: promotionTarget(target) })),
  )
  await tx.run(sql`
    with fresh as materialized (
      select * from jsonb_to_recordset(${asJson(targets)}) as r("promotionId" text, target text)
    ), gone as (
      delete from promotion_target
      where promotion_id = any(${asTextList(documents.map(({ promotionId }) => promotionId))})
        and not exists (select from fresh where fresh."promotionId" = promotion_target.promotion_id
          and fresh.target = promotion_target.target)
    )
    insert into promotion_target (tenant_id, target, promotion_id)
    select ${tx.tenantId}, target, "promotionId" from fresh
    on conflict (tenant_id, target, promotion_id) do nothing`)
}

/** Promotions with what they are for. */
export const promotionFile: MasterFile<Promotion, Promotion> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(
      promotions(sql`promotion_id = any(${asTextList(ids)})`, sql``),
    )
    return rows.map((row) => keptFrom(Promotion, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(
      promotions(
        sql`true ${whenGiven(after, (id) => sql`promotion_id > ${id}`)}
          ${whenGiven(filter.search, (text) => isFoundIn(text, sql`promotion_id || ' ' || name`))}`,
        sql`order by promotion_id limit ${limit}`,
      ),
    )
    return rows.map((row) => keptFrom(Promotion, row))
  },
  async write(tx, documents) {
    const heads = documents.map(({ targets: _, ...promotion }) => promotion)
    const written = await tx.rows<MasterRow>(sql`
      insert into promotion (tenant_id, promotion_id, name, currency, valid_from, valid_to, combination,
        priority, percent_off, amount_off, minimum_quantity, quota_each, used_each, excluded_skus,
        customer_numbers, tiers, buying_groups)
      select ${tx.tenantId}, "promotionId", name, currency, "validFrom", "validTo", combination,
        priority, "percentOff", "amountOff", "minimumQuantity", "quotaEach", "usedEach", "excludedSkus",
        "customerNumbers", tiers, "buyingGroups"
      from jsonb_to_recordset(${asJson(heads)}) as r("promotionId" text, name text, currency text,
        "validFrom" date, "validTo" date, combination text, priority int, "percentOff" numeric,
        "amountOff" numeric, "minimumQuantity" int, "quotaEach" int, "usedEach" int,
        "excludedSkus" jsonb, "customerNumbers" jsonb, tiers jsonb, "buyingGroups" jsonb)
      order by "promotionId"
      on conflict (tenant_id, promotion_id) do update set name = excluded.name,
        currency = excluded.currency, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
        combination = excluded.combination, priority = excluded.priority,
        percent_off = excluded.percent_off, amount_off = excluded.amount_off,
        minimum_quantity = excluded.minimum_quantity, quota_each = excluded.quota_each,
        used_each = excluded.used_each, excluded_skus = excluded.excluded_skus,
        customer_numbers = excluded.customer_numbers, tiers = excluded.tiers,
        buying_groups = excluded.buying_groups, version = promotion.version + 1, updated_at = now()
      returning promotion_id as id, version, updated_at as "updatedAt"`)
    await writeTargets(tx, documents)
    return written
  },
}
