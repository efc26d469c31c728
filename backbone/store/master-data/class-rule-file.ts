import { sql } from 'drizzle-orm'
import { ClassRule } from '../../canonical/availability-data.ts'
import { asJson, asTextList } from '../database.ts'
import {
  keptFrom,
  lockForWriting,
  type MasterFile,
  type MasterRow,
  whenGiven,
} from './master-file.ts'
import { refitClasses } from './product-fits.ts'

const columns = sql`product_class as id, version, updated_at as "updatedAt",
  product_class as "productClass", attributes`

/** Which attributes of a class must agree; with a rule, the products of its class are sorted by what fits. */
export const classRuleFile: MasterFile<ClassRule, ClassRule> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(
      sql`select ${columns} from class_rule where product_class = any(${asTextList(ids)})`,
    )
    return rows.map((row) => keptFrom(ClassRule, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${columns} from class_rule
      where true ${whenGiven(after, (id) => sql`product_class > ${id}`)}
        ${whenGiven(filter.productClass, (name) => sql`product_class = ${name}`)}
      order by product_class limit ${limit}`)
    return rows.map((row) => keptFrom(ClassRule, row))
  },
  async write(tx, documents) {
    // Products that are written meanwhile would be sorted by the rule of before.
    await lockForWriting(tx, 'products')
    const written = await tx.rows<MasterRow>(sql`
      insert into class_rule (tenant_id, product_class, attributes)
      select ${tx.tenantId}, "productClass", attributes
      from jsonb_to_recordset(${asJson(documents)}) as r("productClass" text, attributes jsonb)
      order by "productClass"
      on conflict (tenant_id, product_class) do update set attributes = excluded.attributes,
        version = class_rule.version + 1, updated_at = now()
      returning product_class as id, version, updated_at as "updatedAt"`)
    await refitClasses(tx, documents)
    return written
  },
}
