import { type SQL, sql } from 'drizzle-orm'
import { asTextList, type TenantTx } from '../database.ts'

/** Something that was changed: what, when, by whom, and by which other numbers it is known. */
export type ChangeRow = {
  readonly kind: 'master-data' | 'connection' | 'policy' | 'deployment' | 'signature'
  readonly subject: string
  readonly at: string
  readonly actor: string
  readonly summary: string
  readonly alsoKnownAs: readonly string[]
}

// Events of changes: who writes a new kind of them names it here, so that it can be a suspect.
const kindOfEvent = sql`
  case split_part(event.kind, '.', 1) when 'master-data' then 'master-data' when 'connection' then 'connection'
    when 'policy' then 'policy' when 'signature' then 'signature' else 'deployment' end`

const changeEvents = [
  'master-data.created',
  'master-data.updated',
  'master-data.bulk',
  'connection.created',
  'connection.changed',
  'connection.secret-rotated',
  'connection.secrets-ended',
  'connection.enabled',
  'connection.disabled',
  'policy.changed',
  'signature.changed',
  'product.deployed',
]

/** What was changed between two moments, the newest first: from the record, so also what has been changed back since. */
export function changesBetween(
  tx: TenantTx,
  { from, to }: { from: string; to: string },
): Promise<ChangeRow[]> {
  return tx.rows<ChangeRow>(sql`
    select ${kindOfEvent} as kind, at, actor, left(summary, 300) as summary,
      case
        when event.kind like 'master-data.%' then (body ->> 'records') || ':' || coalesce(body ->> 'id', '')
        when event.kind like 'connection.%' then 'connection:' || coalesce(body ->> 'connectionId', '')
        when event.kind like 'policy.%' then 'policy:' || coalesce(body ->> 'policy', '')
        when event.kind like 'signature.%' then 'signature:' || coalesce(body ->> 'signatureId', '')
        else 'version:' || coalesce(body ->> 'version', '') end as subject,
      coalesce((
        select jsonb_agg(known.name) from (
          select split_part(key, ':', 2) as name from item_key
          where body ->> 'records' = 'products' and item_key.tenant_id = ${tx.tenantId} and sku = body ->> 'id'
          union
          select split_part(key, ':', 2) from customer_key
          where body ->> 'records' = 'customers' and customer_key.tenant_id = ${tx.tenantId}
            and customer_number = body ->> 'id') as known), '[]') as "alsoKnownAs"
    from event
    where tenant_id = ${tx.tenantId} and event.kind = any(${asTextList(changeEvents)})
      and at between ${from}::timestamptz and ${to}::timestamptz
    order by at desc limit 1000`)
}

// Under these a product's number is kept (canonical ItemKey): asked for by whole keys, none but theirs are looked at.
const itemSchemes = ['sku', 'buyer', 'gtin', 'mpn', 'other']

const changedProducts = (tenantId: string, names: readonly string[]): SQL => sql`
  select 'products:' || product.sku as subject, product.updated_at as at, item.name,
    'The product ' || product.sku || ' was last changed.' as summary
  from (
    select wanted.name as sku, wanted.name from unnest(${asTextList(names)}) as wanted(name)
    union
    select sku, substr(key, strpos(key, ':') + 1) from item_key
    where item_key.tenant_id = ${tenantId}
      and key = any(${asTextList(names.flatMap((name) => itemSchemes.map((scheme) => `${scheme}:${name}`)))})
  ) as item
  join product on product.tenant_id = ${tenantId} and product.sku = item.sku`

const changedCustomers = (tenantId: string, names: readonly string[]): SQL => sql`
  select 'customers:' || customer.customer_number as subject, customer.updated_at as at, buyer.name,
    'The customer ' || customer.customer_number || ' was last changed.' as summary
  from (
    select wanted.name as customer_number, wanted.name from unnest(${asTextList(names)}) as wanted(name)
    union
    select customer_number, split_part(key, ':', 2) from customer_key
    where customer_key.tenant_id = ${tenantId} and split_part(key, ':', 2) = any(${asTextList(names)})
  ) as buyer
  join customer on customer.tenant_id = ${tenantId} and customer.customer_number = buyer.customer_number`

/** Items and customers at the root of failures that were changed between two moments; a bulk load names none on the record. */
export async function recordsChanged(
  tx: TenantTx,
  {
    items,
    customers,
    from,
    to,
  }: { items: readonly string[]; customers: readonly string[]; from: string; to: string },
): Promise<ChangeRow[]> {
  const changed = [
    ...(items.length === 0 ? [] : [changedProducts(tx.tenantId, [...new Set(items)])]),
    ...(customers.length === 0 ? [] : [changedCustomers(tx.tenantId, [...new Set(customers)])]),
  ]
  if (changed.length === 0) return []
  return tx.rows<ChangeRow>(sql`
    select 'master-data' as kind, subject, at, 'master-data' as actor, summary, jsonb_build_array(name) as "alsoKnownAs"
    from (${sql.join(changed, sql` union all `)}) as changed
    where at between ${from}::timestamptz and ${to}::timestamptz`)
}

/** The version of the product that was last put on the record. */
export async function lastDeployment(tx: TenantTx): Promise<string | undefined> {
  const [last] = await tx.rows<{ version: string }>(sql`
    select body ->> 'version' as version from event
    where tenant_id = ${tx.tenantId} and kind = 'product.deployed' order by at desc limit 1`)
  return last?.version
}
