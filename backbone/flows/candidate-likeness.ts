import { groupBy } from '../canonical/group-by.ts'
import { productText, textHash } from '../canonical/product-text.ts'
import { likeness, textVector, textVectorModel } from '../canonical/text-vector.ts'
import type { SwapProductFact } from '../store/checks/substitute-facts.ts'
import type { TenantTx } from '../store/database.ts'
import { type KeptLikeness, keepsVectors, keptLikeness } from '../store/vectors/product-vectors.ts'

/** How alike a product and one that may stand in for it are described, from 0 to 1. */
export type Likeness = (sku: string, substituteSku: string) => number

// The database keeps single precision: what is equally alike must not come apart by where it was worked out.
const rounded = (value: number) => Math.round(value * 1e5) / 1e5

/** Likeness worked out here, each text once. */
function workedOut(products: ReadonlyMap<string, SwapProductFact>): Likeness {
  const vectors = new Map<string, Float64Array>()
  const vectorOf = (sku: string): Float64Array => {
    const known = products.get(sku)
    const vector = vectors.get(sku) ?? textVector(known ? productText(known.product) : '')
    vectors.set(sku, vector)
    return vector
  }
  return (sku, substituteSku) => rounded(likeness(vectorOf(sku), vectorOf(substituteSku)))
}

// One model for all of a product's substitutes, or they would not compare: a real one where it knows them all.
function inForce(kept: readonly KeptLikeness[], count: number): readonly KeptLikeness[] {
  const byModel = [...groupBy(kept, ({ model }) => model)]
  const whole = byModel.filter(([model, all]) => model !== textVectorModel && all.length === count)
  const [[, real] = []] = whole.sort(([a], [b]) => (a < b ? -1 : 1))
  return real ?? byModel.find(([model]) => model === textVectorModel)?.[1] ?? []
}

/**
 * How alike products and their candidates are: by the vectors the database keeps of their descriptions, and where
 * it keeps none, or none of the description as it is now, worked out here.
 */
export async function candidateLikeness(
  tx: TenantTx,
  substitutesBySku: ReadonlyMap<string, readonly string[]>,
  products: ReadonlyMap<string, SwapProductFact>,
): Promise<Likeness> {
  const here = workedOut(products)
  const pairs = [...substitutesBySku].flatMap(([sku, substitutes]) =>
    products.has(sku)
      ? substitutes.filter((one) => products.has(one)).map((one) => ({ sku, substituteSku: one }))
      : [],
  )
  if (pairs.length === 0 || !(await keepsVectors(tx))) return here
  const hashes = new Map(
    [...products].map(([sku, { product }]) => [sku, textHash(productText(product))]),
  )
  const asked = groupBy(pairs, ({ sku }) => sku)
  const current = (await keptLikeness(tx, pairs)).filter(
    (one) =>
      one.textHash === hashes.get(one.sku) && one.substituteHash === hashes.get(one.substituteSku),
  )
  const kept = groupBy(current, ({ sku }) => sku)
  const found = new Map(
    [...kept].flatMap(([sku, all]) =>
      inForce(all, asked.get(sku)?.length ?? 0).map((one): [string, number] => [
        `${sku}\n${one.substituteSku}`,
        rounded(one.likeness),
      ]),
    ),
  )
  return (sku, substituteSku) => found.get(`${sku}\n${substituteSku}`) ?? here(sku, substituteSku)
}
