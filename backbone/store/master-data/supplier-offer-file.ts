import { sql } from 'drizzle-orm'
import { SupplierOffer } from '../../canonical/sourcing.ts'
import { asJson, type TenantTx } from '../database.ts'
import { keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

// A supplier's code has no colon; a SKU may.
function placeOf(id: string): { supplierId: string; sku: string } {
  const colon = id.indexOf(':')
  return { supplierId: id.slice(0, Math.max(colon, 0)), sku: id.slice(colon + 1) }
}

const columns = sql`
  offer.supplier_id || ':' || offer.sku as id, version, updated_at as "updatedAt",
  offer.supplier_id as "supplierId", offer.sku, currency, trim_scale(unit_price)::text as "unitPrice",
  trim_scale(landing_per_unit)::text as "landingPerUnit", available_each as "availableEach",
  lead_days as "leadDays", deliveries, deliveries_in_full as "deliveriesInFull",
  quality_permille as "qualityPermille", quoted_on as "quotedOn", valid_to as "validTo"`

/** What suppliers offer. */
export const supplierOfferFile: MasterFile<SupplierOffer, SupplierOffer> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${columns}
      from jsonb_to_recordset(${asJson(ids.map(placeOf))}) as asked("supplierId" text, sku text)
      join supplier_offer offer on offer.supplier_id = asked."supplierId" and offer.sku = asked.sku`)
    return rows.map((row) => keptFrom(SupplierOffer, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${columns} from supplier_offer offer
      where true ${whenGiven(after, (id) => {
        const { sku, supplierId } = placeOf(id)
        return sql`(sku, supplier_id) > (${sku}, ${supplierId})`
      })}
        ${whenGiven(filter.sku, (sku) => sql`sku = ${sku}`)}
        ${whenGiven(filter.search, (supplier) => sql`supplier_id = ${supplier}`)}
      order by sku, supplier_id limit ${limit}`)
    return rows.map((row) => keptFrom(SupplierOffer, row))
  },
  write: (tx, documents) =>
    tx.rows<MasterRow>(sql`
      insert into supplier_offer (tenant_id, supplier_id, sku, currency, unit_price, landing_per_unit,
        available_each, lead_days, deliveries, deliveries_in_full, quality_permille, quoted_on, valid_to)
      select ${tx.tenantId}, "supplierId", sku, currency, "unitPrice", "landingPerUnit", "availableEach",
        "leadDays", deliveries, "deliveriesInFull", "qualityPermille", "quotedOn", "validTo"
      from jsonb_to_recordset(${asJson(documents)}) as r("supplierId" text, sku text, currency text,
        "unitPrice" numeric, "landingPerUnit" numeric, "availableEach" int, "leadDays" int, deliveries int,
        "deliveriesInFull" int, "qualityPermille" int, "quotedOn" date, "validTo" date)
      order by sku, "supplierId"
      on conflict (tenant_id, sku, supplier_id) do update set currency = excluded.currency,
        unit_price = excluded.unit_price, landing_per_unit = excluded.landing_per_unit,
        available_each = excluded.available_each, lead_days = excluded.lead_days,
        deliveries = excluded.deliveries, deliveries_in_full = excluded.deliveries_in_full,
        quality_permille = excluded.quality_permille, quoted_on = excluded.quoted_on,
        valid_to = excluded.valid_to, version = supplier_offer.version + 1, updated_at = now()
      returning supplier_id || ':' || sku as id, version, updated_at as "updatedAt"`),
}

/** Every offer for a product. */
export async function offersFor(tx: TenantTx, sku: string): Promise<SupplierOffer[]> {
  const rows = await tx.rows<MasterRow>(
    sql`select ${columns} from supplier_offer offer where sku = ${sku} order by supplier_id limit 500`,
  )
  return rows.map((row) => keptFrom(SupplierOffer, row).document)
}
