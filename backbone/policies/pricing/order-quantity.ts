/** A quantity brought to what we sell, in base units. */
export type SellableQuantity = { readonly up: number; readonly down: number }

/**
 * The next quantities we sell above and below one: not under the minimum, in whole multiples. Down never goes
 * below the minimum brought to its multiple (domain rules 3.1.1, P8).
 */
export function sellableQuantity(
  quantityEach: number,
  {
    minimumQuantity = 1,
    quantityMultiple = 1,
  }: { minimumQuantity?: number; quantityMultiple?: number },
): SellableQuantity {
  const least = Math.ceil(minimumQuantity / quantityMultiple) * quantityMultiple
  return {
    up: Math.max(least, Math.ceil(quantityEach / quantityMultiple) * quantityMultiple),
    down: Math.max(least, Math.floor(quantityEach / quantityMultiple) * quantityMultiple),
  }
}
