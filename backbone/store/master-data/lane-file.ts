import { type SQL, sql } from 'drizzle-orm'
import { Lane } from '../../canonical/sourcing.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { isFoundIn, keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

function lanes(condition: SQL, order: SQL): SQL {
  return sql`
    select lane_id as id, version, updated_at as "updatedAt", lane_id as "laneId", carrier, service, origin,
      destination, currency, cost_minor as "costMinor", transits, as_of as "asOf"
    from lane_history where ${condition} ${order}`
}

/** Carriers' services between two places. */
export const laneFile: MasterFile<Lane, Lane> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(lanes(sql`lane_id = any(${asTextList(ids)})`, sql``))
    return rows.map((row) => keptFrom(Lane, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(
      lanes(
        sql`true ${whenGiven(after, (id) => sql`lane_id > ${id}`)}
          ${whenGiven(filter.warehouse, (origin) => sql`origin = ${origin}`)}
          ${whenGiven(filter.search, (text) => isFoundIn(text, sql`lane_id || ' ' || carrier || ' ' || service`))}`,
        sql`order by lane_id limit ${limit}`,
      ),
    )
    return rows.map((row) => keptFrom(Lane, row))
  },
  write: (tx, documents) =>
    tx.rows<MasterRow>(sql`
      insert into lane_history (tenant_id, lane_id, carrier, service, origin, destination, currency, cost_minor,
        transits, as_of)
      select ${tx.tenantId}, "laneId", carrier, service, origin, destination, currency, "costMinor", transits, "asOf"
      from jsonb_to_recordset(${asJson(documents)}) as r("laneId" text, carrier text, service text, origin text,
        destination text, currency text, "costMinor" bigint, transits jsonb, "asOf" date)
      order by "laneId"
      on conflict (tenant_id, lane_id) do update set carrier = excluded.carrier, service = excluded.service,
        origin = excluded.origin, destination = excluded.destination, currency = excluded.currency,
        cost_minor = excluded.cost_minor, transits = excluded.transits, as_of = excluded.as_of,
        version = lane_history.version + 1, updated_at = now()
      returning lane_id as id, version, updated_at as "updatedAt"`),
}

/** The services between two places. */
export async function lanesBetween(
  tx: TenantTx,
  { origin, destination }: { readonly origin: string; readonly destination: string },
): Promise<Lane[]> {
  const rows = await tx.rows<MasterRow>(
    lanes(
      sql`origin = ${origin} and destination = ${destination}`,
      sql`order by lane_id limit 200`,
    ),
  )
  return rows.map((row) => keptFrom(Lane, row).document)
}
