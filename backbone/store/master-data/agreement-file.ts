import { type SQL, sql } from 'drizzle-orm'
import { Agreement, agreementTarget } from '../../canonical/master-data.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { isFoundIn, keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

function agreements(condition: SQL, order: SQL): SQL {
  return sql`
    select agreement_id as id, version, updated_at as "updatedAt", agreement_id as "agreementId", name, kind,
      customer_number as "customerNumber", ship_to as "shipTo", buying_group as "buyingGroup", currency, valid_from as "validFrom",
      valid_to as "validTo", settings,
      (select jsonb_agg(case when target like 'sku:%'
          then jsonb_build_object('sku', substr(target, 5), 'minimumQuantity', minimum_quantity,
            'unitPrice', unit_price::text)
          when target like 'family:%'
          then jsonb_build_object('family', substr(target, 8), 'minimumQuantity', minimum_quantity,
            'percentOff', percent_off::text)
          else jsonb_build_object('productClass', substr(target, 7), 'minimumQuantity', minimum_quantity,
            'percentOff', percent_off::text) end)
        from agreement_price where agreement_price.agreement_id = agreement.agreement_id) as prices
    from agreement where ${condition} ${order}`
}

async function writeAgreementPrices(tx: TenantTx, documents: readonly Agreement[]): Promise<void> {
  const prices = documents.flatMap(({ agreementId, prices: agreed }) =>
    agreed.map((price) => ({ agreementId, target: agreementTarget(price), ...price })),
  )
  await tx.run(sql`
    with fresh as materialized (
      select * from jsonb_to_recordset(${asJson(prices)}) as r("agreementId" text, target text,
        "minimumQuantity" int, "unitPrice" numeric, "percentOff" numeric)
    ), gone as (
      delete from agreement_price
      where agreement_id = any(${asTextList(documents.map(({ agreementId }) => agreementId))})
        and not exists (select from fresh where fresh."agreementId" = agreement_price.agreement_id
          and fresh.target = agreement_price.target
          and fresh."minimumQuantity" = agreement_price.minimum_quantity)
    )
    insert into agreement_price (tenant_id, agreement_id, target, minimum_quantity, unit_price, percent_off)
    select ${tx.tenantId}, "agreementId", target, "minimumQuantity", "unitPrice", "percentOff" from fresh
    on conflict (tenant_id, agreement_id, target, minimum_quantity)
      do update set unit_price = excluded.unit_price, percent_off = excluded.percent_off`)
}

/** Price agreements with their prices. */
export const agreementFile: MasterFile<Agreement, Agreement> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(
      agreements(sql`agreement_id = any(${asTextList(ids)})`, sql``),
    )
    return rows.map((row) => keptFrom(Agreement, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(
      agreements(
        sql`true ${whenGiven(after, (id) => sql`agreement_id > ${id}`)}
          ${whenGiven(filter.customerNumber, (number) => sql`customer_number = ${number}`)}
          ${whenGiven(filter.search, (text) => isFoundIn(text, sql`agreement_id || ' ' || name`))}`,
        sql`order by agreement_id limit ${limit}`,
      ),
    )
    return rows.map((row) => keptFrom(Agreement, row))
  },
  async write(tx, documents) {
    const heads = documents.map(({ prices: _, ...agreement }) => agreement)
    const written = await tx.rows<MasterRow>(sql`
      insert into agreement (tenant_id, agreement_id, name, kind, customer_number, ship_to, buying_group,
        currency, valid_from, valid_to, settings)
      select ${tx.tenantId}, "agreementId", name, kind, "customerNumber", "shipTo", "buyingGroup",
        currency, "validFrom", "validTo", settings
      from jsonb_to_recordset(${asJson(heads)}) as r("agreementId" text, name text, kind text,
        "customerNumber" text, "shipTo" text, "buyingGroup" text, currency text, "validFrom" date, "validTo" date, settings jsonb)
      order by "agreementId"
      on conflict (tenant_id, agreement_id) do update set name = excluded.name,
        kind = excluded.kind, ship_to = excluded.ship_to, buying_group = excluded.buying_group,
        customer_number = excluded.customer_number, currency = excluded.currency,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to,
        settings = excluded.settings, version = agreement.version + 1, updated_at = now()
      returning agreement_id as id, version, updated_at as "updatedAt"`)
    await writeAgreementPrices(tx, documents)
    return written
  },
}
