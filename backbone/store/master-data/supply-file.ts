import { sql } from 'drizzle-orm'
import { Supply } from '../../canonical/availability-data.ts'
import { asJson, asTextList } from '../database.ts'
import { keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

const columns = sql`supply_id as id, version, updated_at as "updatedAt", supply_id as "supplyId", sku, warehouse,
  quantity_each as "quantityEach", expected_on::text as "expectedOn", kind, is_closed as "isClosed", reference`

/** Goods that will come in, by the number of their order. */
export const supplyFile: MasterFile<Supply, Supply> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(
      sql`select ${columns} from supply where supply_id = any(${asTextList(ids)})`,
    )
    return rows.map((row) => keptFrom(Supply, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${columns} from supply
      where true ${whenGiven(after, (id) => sql`supply_id > ${id}`)}
        ${whenGiven(filter.warehouse, (warehouse) => sql`warehouse = ${warehouse}`)}
        ${whenGiven(filter.sku, (sku) => sql`sku = ${sku}`)}
      order by supply_id limit ${limit}`)
    return rows.map((row) => keptFrom(Supply, row))
  },
  write: (tx, documents) =>
    tx.rows<MasterRow>(sql`
      insert into supply (tenant_id, supply_id, sku, warehouse, quantity_each, expected_on, kind, is_closed, reference)
      select ${tx.tenantId}, "supplyId", sku, warehouse, "quantityEach", "expectedOn", kind, "isClosed", reference
      from jsonb_to_recordset(${asJson(documents)}) as r("supplyId" text, sku text, warehouse text,
        "quantityEach" int, "expectedOn" date, kind text, "isClosed" boolean, reference text)
      order by "supplyId"
      on conflict (tenant_id, supply_id) do update set sku = excluded.sku, warehouse = excluded.warehouse,
        quantity_each = excluded.quantity_each, expected_on = excluded.expected_on, kind = excluded.kind,
        is_closed = excluded.is_closed, reference = excluded.reference,
        version = supply.version + 1, updated_at = now()
      returning supply_id as id, version, updated_at as "updatedAt"`),
}
