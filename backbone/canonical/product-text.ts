import { createHash } from 'node:crypto'
import type { Product } from './master-data.ts'

/** What a product is called and what is known of it, as one text to compare products by. */
export function productText({ name, attributes }: Pick<Product, 'name' | 'attributes'>): string {
  const facts = Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, fact]) =>
      typeof fact === 'object' && fact !== null ? `${fact.value} ${fact.unit}` : String(fact),
    )
  return [name, ...facts].join('; ')
}

/** The mark by which a vector is known to be of this very text. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
