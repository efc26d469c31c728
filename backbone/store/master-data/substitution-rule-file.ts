import { sql } from 'drizzle-orm'
import { SubstitutionRule } from '../../canonical/availability-data.ts'
import { asJson, asTextList } from '../database.ts'
import { keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

const columns = sql`rule_id as id, version, updated_at as "updatedAt", rule_id as "ruleId", kind, sku,
  substitute_sku as "substituteSku", quantity_each as "quantityEach", substitute_each as "substituteEach",
  customer_number as "customerNumber", valid_from::text as "validFrom", valid_to::text as "validTo", reason,
  is_standing as "isStanding", is_two_way as "isTwoWay"`

/** What may stand in for what, rule by rule. */
export const substitutionRuleFile: MasterFile<SubstitutionRule, SubstitutionRule> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(
      sql`select ${columns} from substitution_rule where rule_id = any(${asTextList(ids)})`,
    )
    return rows.map((row) => keptFrom(SubstitutionRule, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${columns} from substitution_rule
      where true ${whenGiven(after, (id) => sql`rule_id > ${id}`)}
        ${whenGiven(filter.sku, (sku) => sql`(sku = ${sku} or substitute_sku = ${sku})`)}
        ${whenGiven(filter.customerNumber, (number) => sql`customer_number = ${number}`)}
        ${whenGiven(filter.kind, (kind) => sql`kind = ${kind}`)}
      order by rule_id limit ${limit}`)
    return rows.map((row) => keptFrom(SubstitutionRule, row))
  },
  write: (tx, documents) =>
    tx.rows<MasterRow>(sql`
      insert into substitution_rule (tenant_id, rule_id, kind, sku, substitute_sku, quantity_each, substitute_each,
        customer_number, valid_from, valid_to, reason, is_standing, is_two_way)
      select ${tx.tenantId}, "ruleId", kind, sku, "substituteSku", "quantityEach", "substituteEach",
        "customerNumber", "validFrom", "validTo", reason, "isStanding", "isTwoWay"
      from jsonb_to_recordset(${asJson(documents)}) as r("ruleId" text, kind text, sku text, "substituteSku" text,
        "quantityEach" int, "substituteEach" int, "customerNumber" text, "validFrom" date, "validTo" date,
        reason text, "isStanding" boolean, "isTwoWay" boolean)
      order by "ruleId"
      on conflict (tenant_id, rule_id) do update set kind = excluded.kind, sku = excluded.sku,
        substitute_sku = excluded.substitute_sku, quantity_each = excluded.quantity_each,
        substitute_each = excluded.substitute_each, customer_number = excluded.customer_number,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to, reason = excluded.reason,
        is_standing = excluded.is_standing, is_two_way = excluded.is_two_way,
        version = substitution_rule.version + 1, updated_at = now()
      returning rule_id as id, version, updated_at as "updatedAt"`),
}
