import { createHash } from 'node:crypto'
import type { AttributeRole, ClassRule } from './availability-data.ts'
import type { Product } from './master-data.ts'
import { comparableText } from './measure.ts'

/** Keys that are equal for products of a class that fit each other, so that an index finds them. */
export type ProductFit = {
  /** Over the required attributes: form, fit and function. */
  readonly fitKey: string
  /** Over the required and the safety attributes. */
  readonly safeKey: string
}

function keyOver(
  { attributes }: Pick<Product, 'attributes'>,
  rule: ClassRule,
  roles: readonly AttributeRole[],
): string {
  const spelled = rule.attributes
    .filter(({ role }) => roles.includes(role))
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const attribute = attributes[name]
      return JSON.stringify([name, attribute === undefined ? null : comparableText(attribute)])
    })
  // Short: what an index finds by it is compared attribute by attribute anyway.
  return createHash('sha256').update(spelled.join('\n')).digest('base64url').slice(0, 12)
}

/** The keys by which products that may stand in for one another are found, by the rule of their class. */
export function productFit(product: Pick<Product, 'attributes'>, rule: ClassRule): ProductFit {
  return {
    fitKey: keyOver(product, rule, ['required-equal']),
    safeKey: keyOver(product, rule, ['required-equal', 'safety-equal']),
  }
}
