import { sql } from 'drizzle-orm'
import { Demand } from '../../canonical/availability-data.ts'
import { asJson, asTextList } from '../database.ts'
import { keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

const columns = sql`demand_id as id, version, updated_at as "updatedAt", demand_id as "demandId", sku, warehouse,
  quantity_each as "quantityEach", needed_on::text as "neededOn", kind, is_closed as "isClosed", reference`

/** Goods that are spoken for elsewhere, by the number they are reserved under. */
export const demandFile: MasterFile<Demand, Demand> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(
      sql`select ${columns} from demand where demand_id = any(${asTextList(ids)})`,
    )
    return rows.map((row) => keptFrom(Demand, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${columns} from demand
      where true ${whenGiven(after, (id) => sql`demand_id > ${id}`)}
        ${whenGiven(filter.warehouse, (warehouse) => sql`warehouse = ${warehouse}`)}
        ${whenGiven(filter.sku, (sku) => sql`sku = ${sku}`)}
      order by demand_id limit ${limit}`)
    return rows.map((row) => keptFrom(Demand, row))
  },
  write: (tx, documents) =>
    tx.rows<MasterRow>(sql`
      insert into demand (tenant_id, demand_id, sku, warehouse, quantity_each, needed_on, kind, is_closed, reference)
      select ${tx.tenantId}, "demandId", sku, warehouse, "quantityEach", "neededOn", kind, "isClosed", reference
      from jsonb_to_recordset(${asJson(documents)}) as r("demandId" text, sku text, warehouse text,
        "quantityEach" int, "neededOn" date, kind text, "isClosed" boolean, reference text)
      order by "demandId"
      on conflict (tenant_id, demand_id) do update set sku = excluded.sku, warehouse = excluded.warehouse,
        quantity_each = excluded.quantity_each, needed_on = excluded.needed_on, kind = excluded.kind,
        is_closed = excluded.is_closed, reference = excluded.reference,
        version = demand.version + 1, updated_at = now()
      returning demand_id as id, version, updated_at as "updatedAt"`),
}
