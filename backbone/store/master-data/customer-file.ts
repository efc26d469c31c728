import { type SQL, sql } from 'drizzle-orm'
import { Customer } from '../../canonical/master-data.ts'
import { askReviewsOfChangedFiles } from '../checks/credit-reviews.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import { isFoundIn, keptFrom, type MasterFile, type MasterRow, whenGiven } from './master-file.ts'

function customers(condition: SQL, order: SQL): SQL {
  return sql`
    select customer_number as id, version, updated_at as "updatedAt",
      customer_number as "customerNumber", name, status, tier, currency, terms,
      credit_limit_minor as "creditLimitMinor", credit, parent_number as "parentNumber",
      buying_group as "buyingGroup", segment, legal_kind as "legalKind", time_zone as "timeZone", language,
      addresses, contacts, settings,
      (select jsonb_agg(key) from customer_key
        where customer_key.customer_number = customer.customer_number) as keys
    from customer where ${condition} ${order}`
}

async function writeCustomerKeys(tx: TenantTx, documents: readonly Customer[]): Promise<void> {
  const keys = documents.flatMap(({ customerNumber, keys: names }) =>
    names.map((key) => ({ customerNumber, key })),
  )
  await tx.run(sql`
    with fresh as materialized (
      select * from jsonb_to_recordset(${asJson(keys)}) as r("customerNumber" text, key text)
    ), gone as (
      delete from customer_key
      where customer_number = any(${asTextList(documents.map(({ customerNumber }) => customerNumber))})
        and not exists (select from fresh where fresh.key = customer_key.key
          and fresh."customerNumber" = customer_key.customer_number)
    )
    insert into customer_key (tenant_id, key, customer_number)
    select ${tx.tenantId}, key, "customerNumber" from fresh
    on conflict do nothing`)
}

/** Customers with the numbers documents name them by. */
export const customerFile: MasterFile<Customer, Customer> = {
  async load(tx, ids) {
    const rows = await tx.rows<MasterRow>(
      customers(sql`customer_number = any(${asTextList(ids)})`, sql``),
    )
    return rows.map((row) => keptFrom(Customer, row))
  },
  async list(tx, filter, { after, limit }) {
    const rows = await tx.rows<MasterRow>(
      customers(
        sql`true ${whenGiven(after, (number) => sql`customer_number > ${number}`)}
          ${whenGiven(filter.tier, (tier) => sql`tier = ${tier}`)}
          ${whenGiven(filter.search, (text) => isFoundIn(text, sql`customer_number || ' ' || name`))}`,
        sql`order by customer_number limit ${limit}`,
      ),
    )
    return rows.map((row) => keptFrom(Customer, row))
  },
  async write(tx, documents) {
    await askReviewsOfChangedFiles(tx, documents)
    const written = await tx.rows<MasterRow>(sql`
      insert into customer (tenant_id, customer_number, name, status, tier, currency, terms,
        credit_limit_minor, credit, parent_number, buying_group, segment, legal_kind, time_zone, language,
        addresses, contacts, settings)
      select ${tx.tenantId}, "customerNumber", name, status, tier, currency, terms,
        "creditLimitMinor", credit, "parentNumber", "buyingGroup", segment, "legalKind", "timeZone", language,
        addresses, contacts, settings
      from jsonb_to_recordset(${asJson(documents)}) as r("customerNumber" text, name text, status text,
        tier text, currency text, terms jsonb, "creditLimitMinor" bigint, credit jsonb,
        "parentNumber" text, "buyingGroup" text, segment text, "legalKind" text, "timeZone" text, language text,
        addresses jsonb, contacts jsonb, settings jsonb)
      order by "customerNumber"
      on conflict (tenant_id, customer_number) do update set name = excluded.name,
        status = excluded.status, tier = excluded.tier, currency = excluded.currency,
        terms = excluded.terms, credit_limit_minor = excluded.credit_limit_minor,
        credit = excluded.credit, parent_number = excluded.parent_number,
        buying_group = excluded.buying_group, segment = excluded.segment,
        legal_kind = excluded.legal_kind, time_zone = excluded.time_zone, language = excluded.language,
        addresses = excluded.addresses, contacts = excluded.contacts, settings = excluded.settings,
        version = customer.version + 1, updated_at = now()
      returning customer_number as id, version, updated_at as "updatedAt"`)
    await writeCustomerKeys(tx, documents)
    return written
  },
}
