import { sql } from 'drizzle-orm'
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

/** Items and customers at the root of failures that were changed between two moments; a bulk load names none on the record. */
export function recordsChanged(
  tx: TenantTx,
  {
    items,
    customers,
    from,
    to,
  }: { items: readonly string[]; customers: readonly string[]; from: string; to: string },
): Promise<ChangeRow[]> {
  if (items.length + customers.length === 0) return Promise.resolve([])
  return tx.rows<ChangeRow>(sql`
    -- Names and numbers apart: asked with "or", every product was looked at once for every name and key.
    with item as (
      select product.sku, product.updated_at, wanted.name
      from unnest(${asTextList(items)}) as wanted(name)
      join product on product.tenant_id = ${tx.tenantId} and product.sku = wanted.name
      union
      select product.sku, product.updated_at, known.name
      from (
        select sku, split_part(key, ':', 2) as name from item_key
        where item_key.tenant_id = ${tx.tenantId} and split_part(key, ':', 2) = any(${asTextList(items)})
      ) known
      join product on product.tenant_id = ${tx.tenantId} and product.sku = known.sku
    ), buyer as (
      select customer.customer_number, customer.updated_at, wanted.name
      from unnest(${asTextList(customers)}) as wanted(name)
      join customer on customer.tenant_id = ${tx.tenantId} and customer.customer_number = wanted.name
      union
      select customer.customer_number, customer.updated_at, known.name
      from (
        select customer_number, split_part(key, ':', 2) as name from customer_key
        where customer_key.tenant_id = ${tx.tenantId} and split_part(key, ':', 2) = any(${asTextList(customers)})
      ) known
      join customer on customer.tenant_id = ${tx.tenantId} and customer.customer_number = known.customer_number
    ), changed as (
      select 'products:' || sku as subject, updated_at as at, name, 'The product ' || sku || ' was last changed.' as summary
      from item
      union all
      select 'customers:' || customer_number, updated_at, name,
        'The customer ' || customer_number || ' was last changed.' from buyer
    )
    select 'master-data' as kind, subject, at, 'master-data' as actor, summary, jsonb_build_array(name) as "alsoKnownAs"
    from changed where at between ${from}::timestamptz and ${to}::timestamptz`)
}

/** The version of the product that was last put on the record. */
export async function lastDeployment(tx: TenantTx): Promise<string | undefined> {
  const [last] = await tx.rows<{ version: string }>(sql`
    select body ->> 'version' as version from event
    where tenant_id = ${tx.tenantId} and kind = 'product.deployed' order by at desc limit 1`)
  return last?.version
}
