import { type SQL, sql } from 'drizzle-orm'
import { Partner } from '../../canonical/master-data.ts'
import { asJson, asTextList } from '../database.ts'
import { isFoundIn, keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

function partners(condition: SQL, order: SQL): SQL {
  return sql`
    select partner_id as id, version, updated_at as "updatedAt", partner_id as "partnerId", name, kind,
      customer_number as "customerNumber", identifiers, policy
    from partner where ${condition} ${order}`
}

/** Trading partners. */
export const partnerFile: MasterFile<Partner, Partner> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(
      partners(sql`partner_id = any(${asTextList(ids)})`, sql``),
    )
    return rows.map((row) => keptFrom(Partner, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(
      partners(
        sql`true ${whenGiven(after, (id) => sql`partner_id > ${id}`)}
          ${whenGiven(filter.kind, (kind) => sql`kind = ${kind}`)}
          ${whenGiven(filter.search, (text) => isFoundIn(text, sql`partner_id || ' ' || name`))}`,
        sql`order by partner_id limit ${limit}`,
      ),
    )
    return rows.map((row) => keptFrom(Partner, row))
  },
  write: (tx, documents) =>
    tx.rows<MasterRow>(sql`
      insert into partner (tenant_id, partner_id, name, kind, customer_number, identifiers, policy)
      select ${tx.tenantId}, "partnerId", name, kind, "customerNumber", identifiers, policy
      from jsonb_to_recordset(${asJson(documents)}) as r("partnerId" text, name text, kind text,
        "customerNumber" text, identifiers jsonb, policy jsonb)
      order by "partnerId"
      on conflict (tenant_id, partner_id) do update set name = excluded.name, kind = excluded.kind,
        customer_number = excluded.customer_number, identifiers = excluded.identifiers,
        policy = excluded.policy, version = partner.version + 1, updated_at = now()
      returning partner_id as id, version, updated_at as "updatedAt"`),
}
