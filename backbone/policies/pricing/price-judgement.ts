import type { Evidence, PolicyDecision } from '../../canonical/decision.ts'
import type { IsoDate } from '../../canonical/document.ts'
import type { DecimalText, MinorUnits } from '../../canonical/money.ts'
import type { AnswerCode, JudgedKind, PriceKind } from './price-kinds.ts'

/** One step of the way to a price: which rule made which number of which. */
export type PriceStep = {
  readonly rule: 'base-price' | 'volume-break' | 'promotion' | 'rounding'
  /** `agreement-item:AG-7`, `promotion:SPRING`. */
  readonly source: string
  readonly from?: DecimalText
  readonly to: DecimalText
  /** The days the record holds from and to; what has no end has none. */
  readonly validFrom?: IsoDate
  readonly validTo?: IsoDate
  readonly text: string
}

/** The price we expect of one base unit, and how it came about. */
export type ExpectedPrice = {
  /** Rounded once, to the rule's scale. */
  readonly unitPrice: DecimalText
  /** As the waterfall left it, unrounded. */
  readonly exact: DecimalText
  /** `agreement-item:AG-7`, `tier-list:GOLD`, `list:LIST-2026`. */
  readonly source: string
  readonly lineAmountMinor: MinorUnits
  steps(): readonly PriceStep[]
  /** Why the other rules gave no number. */
  against(): readonly Evidence[]
}

/** A price that would explain what the buyer wrote, per base unit. */
export type Explanation = {
  readonly kind: PriceKind
  readonly unitPrice: DecimalText
  /** The record it is from. */
  readonly source: string
  readonly text: string
  /** Equal to the last place the buyer wrote. */
  readonly isExact: boolean
  /** 0 to 1, for the order of the list only. */
  readonly confidence: number
}

/** What was found of one line. */
export type LineVerdict = PolicyDecision<JudgedKind> & {
  readonly line: string
  readonly expected?: ExpectedPrice
  /** What the buyer wrote, per base unit. */
  readonly sentUnitPrice?: DecimalText
  /** What the buyer's line comes to more than ours; 0 where one of the two is missing. */
  readonly deltaMinor: MinorUnits
  /** Four decimals; null where the expected price is zero. */
  readonly deltaPercent?: DecimalText | null
  /** What we would bill, per base unit. */
  readonly unitPrice?: DecimalText
  readonly source?: string
  /** The rule it is from counts the day the goods leave: it is priced again then. */
  readonly isPricedAtShip?: true
  readonly lineAmountMinor: MinorUnits
  /** What explains the price, the likeliest first; several of different kinds make it ambiguous. */
  readonly explanations: readonly Explanation[]
  /** What else is wrong with the line: the margin floor, the quantity, its amount. */
  readonly also: readonly (PolicyDecision<JudgedKind> & {
    readonly message: string
    readonly deltaMinor: MinorUnits
  })[]
  readonly answer?: AnswerCode
  /** One sentence. */
  readonly message: string
}

/** What a person sees and decides once: all lines of one kind together, or a matter of the whole order. */
export type PriceFinding = PolicyDecision<JudgedKind> & {
  /** None: the whole order. */
  readonly lines: readonly string[]
  readonly message: string
  readonly deltaMinor: MinorUnits
  /** Of an ambiguous one: the kinds it may be. */
  readonly mayBe: readonly PriceKind[]
  /** Money at risk × confidence: findings are listed by it. */
  readonly severity: number
  readonly answer?: AnswerCode
}

/** A discount on the whole order, with each line's share of it. */
export type OrderDiscount = {
  readonly amountMinor: MinorUnits
  readonly byLine: readonly { readonly line: string; readonly amountMinor: MinorUnits }[]
  readonly evidence: readonly Evidence[]
}

/** What the prices of an order come to. */
export type OrderJudgement = {
  /** The gravest of all: accept, propose, hold or refuse. */
  readonly decision: PolicyDecision['decision']
  readonly lines: readonly LineVerdict[]
  /** The gravest first; nothing of a clean order. */
  readonly findings: readonly PriceFinding[]
  readonly orderDiscount?: OrderDiscount
  readonly policyVersion: string
}
