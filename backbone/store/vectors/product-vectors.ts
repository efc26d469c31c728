import { sql } from 'drizzle-orm'
import type { Product } from '../../canonical/master-data.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** Whether this database keeps vectors: asked each time, since the extension may come and go under a running house. */
export async function keepsVectors(tx: TenantTx): Promise<boolean> {
  const rows = await tx.rows<{ found: boolean }>(
    sql`select to_regproc('quittance_vector.likeness') is not null as found`,
  )
  return rows[0]?.found === true
}

/** A product with the marks of the texts its vectors were made of, by model. */
export type ProductToCompare = Pick<Product, 'sku' | 'name' | 'attributes'> & {
  readonly hashes: Readonly<Record<string, string>>
}

/** The next products in order of their SKU. */
export async function productsToCompare(
  tx: TenantTx,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<ProductToCompare[]> {
  // Without statistics the planner would read all the products that are left and sort them, for each part of them.
  await tx.run(sql`select set_config('enable_sort', 'off', true)`)
  return tx.rows<ProductToCompare>(sql`
    with next as materialized (
      select sku, name, attributes from product where sku > ${after} order by sku limit ${limit}
    ), kept as materialized (
      select sku, jsonb_object_agg(model, text_hash) as hashes from quittance_vector.product_vector
      where sku = any((select array_agg(sku) from next)::text[])
      group by sku
    )
    select next.sku, name, jsonb_strip_nulls(attributes) as attributes,
      coalesce(kept.hashes, '{}'::jsonb) as hashes
    from next left join kept on kept.sku = next.sku order by next.sku`)
}

/** A vector of a product's text. */
export type ProductVector = {
  readonly sku: string
  readonly textHash: string
  readonly numbers: readonly number[]
}

/** Keeps vectors of one model, in place of those the products had of it. */
export async function writeProductVectors(
  tx: TenantTx,
  model: string,
  vectors: readonly ProductVector[],
): Promise<void> {
  if (vectors.length === 0) return
  // As a text of its own: numbers inside JSON would each be made a numeric first.
  const rows = vectors.map(({ sku, textHash, numbers }) => ({
    ...{ sku, textHash, dimension: numbers.length },
    embedding: `[${numbers.join(',')}]`,
  }))
  await tx.run(sql`
    insert into quittance_vector.product_vector (tenant_id, sku, model, dimension, text_hash, embedding)
    select ${tx.tenantId}, sku, ${model}, dimension, "textHash", quittance_vector.as_vector(embedding)
    from jsonb_to_recordset(${asJson(rows)}) as r(sku text, "textHash" text, dimension int, embedding text)
    order by sku
    on conflict (tenant_id, sku, model) do update set dimension = excluded.dimension,
      text_hash = excluded.text_hash, embedding = excluded.embedding, made_at = now()`)
}

/** Gives up the vectors of models that are no longer asked. */
export async function dropOtherVectors(
  tx: TenantTx,
  skus: readonly string[],
  models: readonly string[],
): Promise<void> {
  await tx.run(sql`
    delete from quittance_vector.product_vector
    where sku = any(${asTextList(skus)}) and model <> all(${asTextList(models)})`)
}

/** How alike two products are by the vectors of one model, and which texts these are of. */
export type KeptLikeness = {
  readonly sku: string
  readonly substituteSku: string
  readonly model: string
  readonly textHash: string
  readonly substituteHash: string
  readonly likeness: number
}

// The planner knows nothing of how many products it gets and would join hundreds of them in loops.
const joiningInLoops = (tx: TenantTx, setting: 'on' | 'off') =>
  tx.run(sql`select set_config('enable_nestloop', ${setting}, true)`)

/** How alike pairs of products are, by every model that has vectors of both. */
export async function keptLikeness(
  tx: TenantTx,
  pairs: readonly { readonly sku: string; readonly substituteSku: string }[],
): Promise<KeptLikeness[]> {
  const skus = new Set(pairs.flatMap(({ sku, substituteSku }) => [sku, substituteSku]))
  await joiningInLoops(tx, 'off')
  const found = await tx.rows<KeptLikeness>(sql`
    with kept as materialized (
      select sku, model, dimension, text_hash, embedding from quittance_vector.product_vector
      where sku = any(${asTextList([...skus])})
    ), mine as materialized (
      select pair.sku, pair."substituteSku", model, dimension, text_hash, embedding
      from jsonb_to_recordset(${asJson(pairs)}) as pair(sku text, "substituteSku" text)
      join kept on kept.sku = pair.sku
    )
    select mine.sku, mine."substituteSku", mine.model, mine.text_hash as "textHash",
      theirs.text_hash as "substituteHash",
      quittance_vector.likeness(mine.embedding, theirs.embedding) as likeness
    from mine join kept theirs on theirs.sku = mine."substituteSku" and theirs.model = mine.model
      and theirs.dimension = mine.dimension`)
  await joiningInLoops(tx, 'on')
  return found
}
