/** The 24 kinds of pricing errors, in the order and with the numbers of domain rules 3.1.2. */
export const errorKinds = [
  'WITHIN_TOLERANCE',
  'DECIMAL_SHIFT',
  'UOM_PRICE_BASIS',
  'UOM_QTY_BASIS',
  'STALE_PRICE_LIST',
  'FUTURE_PRICE_LIST',
  'EXPIRED_CONTRACT',
  'WRONG_TIER',
  'WRONG_CONTRACT_PARTY',
  'UNAUTHORISED_DISCOUNT',
  'EXPIRED_PROMO',
  'STACKING_VIOLATION',
  'BREAK_NOT_REACHED',
  'CURRENCY_MISMATCH',
  'EXTENSION_ERROR',
  'MISSING_OR_ZERO_PRICE',
  'MARGIN_FLOOR',
  'TAX_OR_EXEMPTION',
  'FREIGHT_TERMS',
  'PAYMENT_TERMS',
  'DUPLICATE_PO',
  'PRICE_RULE_CONFLICT',
  'ROW_SHIFT',
  'PRICE_MISMATCH_UNEXPLAINED',
] as const
export type ErrorKind = (typeof errorKinds)[number]

// Other names of one row of the table.
const otherNames: Readonly<Record<string, ErrorKind>> = {
  WRONG_PROMO: 'EXPIRED_PROMO',
  BREAK_MISSED: 'BREAK_NOT_REACHED',
  PO_REUSED: 'DUPLICATE_PO',
  NEAR_DUPLICATE: 'DUPLICATE_PO',
}

const known: ReadonlyMap<string, ErrorKind> = new Map([
  ...errorKinds.map((kind) => [kind, kind] as const),
  ...Object.entries(otherNames),
])

/** The row of the table a name of the product stands for; undefined for what is no pricing error. */
export function errorKindOf(name: string): ErrorKind | undefined {
  return known.get(name)
}

/** What a line is called that several kinds explain equally well. */
export const ambiguous = 'AMBIGUOUS'
