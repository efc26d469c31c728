import { sql } from 'drizzle-orm'
import { ExchangeRate } from '../../canonical/pricing-data.ts'
import { asJson, asTextList } from '../database.ts'
import { isFoundIn, keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

const columns = sql`rate_id as id, version, updated_at as "updatedAt", rate_id as "rateId", base, quote,
  rate::text as rate, valid_on as "validOn"`

/** Rates of exchange, one record a pair of currencies and day. */
export const exchangeRateFile: MasterFile<ExchangeRate, ExchangeRate> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(
      sql`select ${columns} from exchange_rate where rate_id = any(${asTextList(ids)})`,
    )
    return rows.map((row) => keptFrom(ExchangeRate, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(sql`
      select ${columns} from exchange_rate
      where true ${whenGiven(after, (id) => sql`rate_id > ${id}`)}
        ${whenGiven(filter.search, (text) => isFoundIn(text, sql`rate_id || ' ' || base || ' ' || quote`))}
      order by rate_id limit ${limit}`)
    return rows.map((row) => keptFrom(ExchangeRate, row))
  },
  write: (tx, documents) =>
    tx.rows<MasterRow>(sql`
      insert into exchange_rate (tenant_id, rate_id, base, quote, rate, valid_on)
      select ${tx.tenantId}, "rateId", base, quote, rate, "validOn"
      from jsonb_to_recordset(${asJson(documents)}) as r("rateId" text, base text, quote text,
        rate numeric, "validOn" date)
      order by "rateId"
      on conflict (tenant_id, rate_id) do update set base = excluded.base, quote = excluded.quote,
        rate = excluded.rate, valid_on = excluded.valid_on, version = exchange_rate.version + 1,
        updated_at = now()
      returning rate_id as id, version, updated_at as "updatedAt"`),
}
