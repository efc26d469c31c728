import { sql } from 'drizzle-orm'
import { Stock, StockPosition } from '../../canonical/master-data.ts'
import { asJson } from '../database.ts'
import { keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

/** A stock record's id: the warehouse and the SKU it counts. */
export function stockId({ warehouse, sku }: Pick<Stock, 'warehouse' | 'sku'>): string {
  return `${warehouse}:${sku}`
}

// A warehouse code has no colon; a SKU may.
function placeOf(id: string): { warehouse: string; sku: string } {
  const colon = id.indexOf(':')
  return { warehouse: id.slice(0, Math.max(colon, 0)), sku: id.slice(colon + 1) }
}

const columns = sql`stock.warehouse || ':' || stock.sku as id, version, updated_at as "updatedAt",
  stock.warehouse, stock.sku, on_hand_each as "onHandEach", safety_each as "safetyEach",
  as_of as "asOf", allocated_each as "allocatedEach"`

/** Stock by warehouse. What open orders have allocated belongs to the flow and is never overwritten. */
export const stockFile: MasterFile<Stock, StockPosition> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${columns}
      from jsonb_to_recordset(${asJson(ids.map(placeOf))}) as asked(warehouse text, sku text)
      join stock on stock.warehouse = asked.warehouse and stock.sku = asked.sku`)
    return rows.map((row) => keptFrom(Stock, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${columns} from stock
      where true ${whenGiven(after, (id) => {
        const { sku, warehouse } = placeOf(id)
        return sql`(sku, warehouse) > (${sku}, ${warehouse})`
      })}
        ${whenGiven(filter.warehouse, (warehouse) => sql`warehouse = ${warehouse}`)}
        ${whenGiven(filter.sku, (sku) => sql`sku = ${sku}`)}
      order by sku, warehouse limit ${limit}`)
    return rows.map((row) => keptFrom(StockPosition, row))
  },
  write: (tx, documents) =>
    tx.rows<MasterRow>(sql`
      insert into stock (tenant_id, warehouse, sku, on_hand_each, safety_each, as_of)
      select ${tx.tenantId}, warehouse, sku, "onHandEach", "safetyEach", "asOf"
      from jsonb_to_recordset(${asJson(documents)}) as r(warehouse text, sku text, "onHandEach" int,
        "safetyEach" int, "asOf" timestamptz)
      order by sku, warehouse
      on conflict (tenant_id, sku, warehouse) do update set on_hand_each = excluded.on_hand_each,
        safety_each = excluded.safety_each, as_of = excluded.as_of,
        version = stock.version + 1, updated_at = now()
      returning warehouse || ':' || sku as id, version, updated_at as "updatedAt"`),
}
