import { type DecimalText, divideDecimal, multiplyDecimal } from '../../canonical/money.ts'

/** A share with what it was counted from; null where there is nothing to divide by. */
export type Share = { readonly rate: number | null; readonly count: number; readonly of: number }

/** A share to four places; nothing divided by nothing is null, not 0 (domain rules 3.8). */
export function share(count: number, of: number): Share {
  return { rate: of === 0 ? null : Math.round((count / of) * 10_000) / 10_000, count, of }
}

/** The product form of the perfect order: its four shares multiplied; null where one of them is unknown. */
export function perfectOrderProduct(shares: readonly Pick<Share, 'count' | 'of'>[]): number | null {
  if (shares.length === 0 || shares.some(({ of }) => of === 0)) return null
  // Counts are multiplied, not the rounded rates: the product is rounded once.
  const product = (values: readonly number[]): DecimalText =>
    values.reduce<DecimalText>((sofar, value) => multiplyDecimal(sofar, String(value)), '1')
  const counts = product(shares.map(({ count }) => count))
  return Number(divideDecimal(counts, product(shares.map(({ of }) => of)), 4))
}
