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
export function productsToCompare(
  tx: TenantTx,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<ProductToCompare[]> {
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

/** How alike two products are by the vectors of one model. */
export type KeptLikeness = {
  readonly sku: string
  readonly substituteSku: string
  readonly model: string
  readonly likeness: number
}

/** How alike pairs of products are, by every model that has vectors of both their texts as they are now. */
export function keptLikeness(
  tx: TenantTx,
  pairs: readonly { readonly sku: string; readonly substituteSku: string }[],
  texts: readonly { readonly sku: string; readonly textHash: string }[],
): Promise<KeptLikeness[]> {
  return tx.rows<KeptLikeness>(sql`
    with vector_in_force as materialized (
      select kept.sku, model, dimension, embedding
      from quittance_vector.product_vector kept
      join jsonb_to_recordset(${asJson(texts)}) as described(sku text, "textHash" text)
        on described.sku = kept.sku and described."textHash" = kept.text_hash
      where kept.sku = any(${asTextList(texts.map(({ sku }) => sku))})
    )
    select pair.sku, pair."substituteSku", mine.model,
      quittance_vector.likeness(mine.embedding, theirs.embedding) as likeness
    from jsonb_to_recordset(${asJson(pairs)}) as pair(sku text, "substituteSku" text)
    join vector_in_force mine on mine.sku = pair.sku
    join vector_in_force theirs on theirs.sku = pair."substituteSku" and theirs.model = mine.model
      and theirs.dimension = mine.dimension`)
}
