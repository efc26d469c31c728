import type { CheckFinding } from '../../canonical/order-state.ts'
import type { MarkedFinding } from '../../canonical/views/document-view.ts'

/** What of an order a check is about: a word of one of its lines, or of the order as a whole. */
export type About = {
  readonly line: string | undefined
  readonly what: Word
}

type Word =
  | 'price'
  | 'basis'
  | 'quantity'
  | 'unit'
  | 'item'
  | 'line'
  | 'number'
  | 'customer'
  | 'currency'
  | 'terms'
  | 'freight'
  | 'total'
  | 'order'

// Domain rules 3.1.2 and the checks before them; a kind that is not named here marks its line as a whole.
const wordsOfLines: Readonly<Record<string, Word>> = {
  UNKNOWN_ITEM: 'item',
  INACTIVE_ITEM: 'item',
  NOT_SOLD: 'item',
  BLOCKED_ITEM: 'item',
  BLOCKED_BRAND: 'item',
  UNKNOWN_UNIT: 'unit',
  UOM_QTY_BASIS: 'unit',
  UOM_PRICE_BASIS: 'basis',
  DATA_QUALITY: 'quantity',
  QUANTITY_RULE: 'quantity',
  BREAK_NOT_REACHED: 'quantity',
  BREAK_MISSED: 'quantity',
  PRICE_AS_EXPECTED: 'price',
  PRICE_SETTLED: 'price',
  WITHIN_TOLERANCE: 'price',
  STALE_PRICE_LIST: 'price',
  FUTURE_PRICE_LIST: 'price',
  EXPIRED_CONTRACT: 'price',
  WRONG_TIER: 'price',
  WRONG_CONTRACT_PARTY: 'price',
  UNAUTHORISED_DISCOUNT: 'price',
  EXPIRED_PROMO: 'price',
  WRONG_PROMO: 'price',
  STACKING_VIOLATION: 'price',
  DECIMAL_SHIFT: 'price',
  MISSING_OR_ZERO_PRICE: 'price',
  MARGIN_FLOOR: 'price',
  PRICE_RULE_CONFLICT: 'price',
  PRICE_MISMATCH_UNEXPLAINED: 'price',
  PRICE_NOT_FOUND: 'price',
  PRICE_CAP: 'price',
  SHIP_PRICE: 'price',
  ROW_SHIFT: 'price',
  AMBIGUOUS: 'price',
  CURRENCY_MISMATCH: 'price',
}

const wordsOfOrders: Readonly<Record<string, Word>> = {
  UNKNOWN_CUSTOMER: 'customer',
  CUSTOMER_BLOCKED: 'customer',
  CURRENCY_MISMATCH: 'currency',
  DUPLICATE_PO: 'number',
  DUPLICATE_SUSPECT: 'number',
  NEAR_DUPLICATE: 'number',
  PO_REUSED: 'number',
  EXTENSION_ERROR: 'total',
  PAYMENT_TERMS: 'terms',
  FREIGHT_TERMS: 'freight',
}

/** What of an order a finding of its checks is about. */
export function aboutOf({ kind, line }: CheckFinding): About {
  if (line === undefined) return { line, what: wordsOfOrders[kind] ?? 'order' }
  return { line, what: wordsOfLines[kind] ?? 'line' }
}

const goodNews: ReadonlySet<string> = new Set([
  'PRICE_AS_EXPECTED',
  'PRICE_SETTLED',
  'WITHIN_TOLERANCE',
])

/** How loudly a finding of the checks is told: what is as it should be is only noted. */
export function severityOf({ kind }: CheckFinding): MarkedFinding['severity'] {
  return goodNews.has(kind) ? 'note' : 'warning'
}
