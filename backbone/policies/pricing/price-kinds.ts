import type { PolicyDecision } from '../../canonical/decision.ts'

/** What we answer a partner for a line (X12 element 668, domain rules 3.1.4). */
export type AnswerCode = 'IA' | 'IP' | 'IH' | 'IC' | 'IQ'

/** What is known of a kind of price finding before any order is seen. */
type KindOfFinding = {
  /** Its number in domain rules 3.1.2; names that share a number are shades of one kind. */
  readonly number: number
  /** What is done where the settings do not say that it goes by itself. */
  readonly decision: PolicyDecision['decision']
  readonly answer?: AnswerCode
  /** Business prior: lower is likelier (domain rules 3.1.2). */
  readonly prior: number
}

const kinds = {
  WITHIN_TOLERANCE: { number: 1, decision: 'accept', answer: 'IA', prior: 0 },
  DECIMAL_SHIFT: { number: 2, decision: 'hold', answer: 'IH', prior: 6 },
  UOM_PRICE_BASIS: { number: 3, decision: 'propose', answer: 'IP', prior: 1 },
  UOM_QTY_BASIS: { number: 4, decision: 'propose', answer: 'IC', prior: 1 },
  STALE_PRICE_LIST: { number: 5, decision: 'propose', answer: 'IP', prior: 2 },
  FUTURE_PRICE_LIST: { number: 6, decision: 'propose', answer: 'IP', prior: 2 },
  EXPIRED_CONTRACT: { number: 7, decision: 'propose', answer: 'IP', prior: 3 },
  WRONG_TIER: { number: 8, decision: 'propose', answer: 'IP', prior: 4 },
  WRONG_CONTRACT_PARTY: { number: 9, decision: 'propose', answer: 'IP', prior: 4 },
  UNAUTHORISED_DISCOUNT: { number: 10, decision: 'propose', answer: 'IP', prior: 9 },
  EXPIRED_PROMO: { number: 11, decision: 'propose', answer: 'IP', prior: 5 },
  WRONG_PROMO: { number: 11, decision: 'propose', answer: 'IP', prior: 5 },
  STACKING_VIOLATION: { number: 12, decision: 'propose', answer: 'IP', prior: 5 },
  BREAK_NOT_REACHED: { number: 13, decision: 'propose', answer: 'IP', prior: 4 },
  BREAK_MISSED: { number: 13, decision: 'propose', answer: 'IP', prior: 4 },
  CURRENCY_MISMATCH: { number: 14, decision: 'hold', answer: 'IH', prior: 7 },
  EXTENSION_ERROR: { number: 15, decision: 'hold', answer: 'IA', prior: 10 },
  MISSING_OR_ZERO_PRICE: { number: 16, decision: 'hold', answer: 'IH', prior: 10 },
  MARGIN_FLOOR: { number: 17, decision: 'hold', prior: 10 },
  TAX_OR_EXEMPTION: { number: 18, decision: 'hold', prior: 10 },
  FREIGHT_TERMS: { number: 19, decision: 'hold', prior: 10 },
  PAYMENT_TERMS: { number: 20, decision: 'propose', prior: 10 },
  DUPLICATE_PO: { number: 21, decision: 'refuse', prior: 10 },
  PRICE_RULE_CONFLICT: { number: 22, decision: 'hold', answer: 'IH', prior: 10 },
  ROW_SHIFT: { number: 23, decision: 'hold', answer: 'IH', prior: 8 },
  PRICE_MISMATCH_UNEXPLAINED: { number: 24, decision: 'hold', answer: 'IH', prior: 11 },
} as const satisfies Readonly<Record<string, KindOfFinding>>

/** A kind of domain rules 3.1.2. */
export type PriceKind = keyof typeof kinds

/** The kinds of domain rules 3.1.2, with what becomes of each. */
export const priceKinds: Readonly<Record<PriceKind, KindOfFinding>> = kinds

/**
 * A kind of the table, `AMBIGUOUS` where several explain the same price, and what the table leaves to others:
 * nothing to say, a price that a person has settled, a product nobody has priced, numbers that make no sense, a quantity we do not sell,
 * a discount on the whole order.
 */
export type JudgedKind =
  | PriceKind
  | 'AMBIGUOUS'
  | 'PRICE_AS_EXPECTED'
  | 'PRICE_SETTLED'
  | 'PRICE_NOT_FOUND'
  | 'DATA_QUALITY'
  | 'QUANTITY_RULE'
  | 'ORDER_DISCOUNT'
