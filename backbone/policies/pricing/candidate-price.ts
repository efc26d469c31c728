import type { DecimalText } from '../../canonical/money.ts'
import type { LineComparison } from './comparison.ts'
import type { LineBackground, StoredRate } from './order-to-price.ts'
import type { PriceKind } from './price-kinds.ts'
import type { Waterfall } from './waterfall.ts'

/** A price the buyer may have gone by, per base unit and unrounded. */
export type CandidatePrice = {
  readonly kind: PriceKind
  readonly unitPrice: DecimalText
  readonly source: string
  /** What it is, to stand behind "the order's price is …". */
  readonly text: string
  /** How near the order's price must be, in percent; the setting's where absent. `exact` takes the last place only. */
  readonly near?: DecimalText | 'exact'
}

/** A line whose price is off, with what may explain it. */
export type LineToExplain = {
  readonly line: LineComparison
  readonly found: Waterfall
  /** As the buyer wrote it, per priced unit. */
  readonly sent: DecimalText
  readonly isUnderpaid: boolean
  readonly background: LineBackground
  readonly rates: readonly StoredRate[]
  /** The order's lines whose price, as it would stand on the document, is about this one's. */
  readonly rows: readonly LineComparison[]
}
