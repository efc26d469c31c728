import {
  compareDecimal,
  type DecimalText,
  divideDecimal,
  lessPercent,
  multiplyDecimal,
} from '../../canonical/money.ts'
import type { CandidatePrice, LineToExplain } from './candidate-price.ts'
import type { StoredRate } from './order-to-price.ts'

const places = 12

function ratesFor({
  line,
  rates,
}: LineToExplain): { other: string; rate: DecimalText; stored: StoredRate }[] {
  const { currency } = line.asked.order
  return rates.flatMap((stored) => {
    if (stored.quote === currency)
      return [{ other: stored.base, rate: divideDecimal('1', stored.rate, places), stored }]
    return stored.base === currency ? [{ other: stored.quote, rate: stored.rate, stored }] : []
  })
}

/** Our price turned into another currency at a stored rate, one way or the other. */
export function currencyCandidates(asked: LineToExplain): CandidatePrice[] {
  const expected = asked.found.expected.unitPrice
  const { currency } = asked.line.asked.order
  const near = asked.line.asked.settings.exchangeNearPercent
  return ratesFor(asked).flatMap(({ other, rate, stored }): CandidatePrice[] => {
    const source = `rate:${stored.rateId}`
    const at = `at the rate of ${stored.on}`
    return [
      {
        kind: 'CURRENCY_MISMATCH',
        source,
        near,
        unitPrice: multiplyDecimal(expected, rate),
        text: `our price in ${other} ${at}`,
      },
      {
        kind: 'CURRENCY_MISMATCH',
        source,
        near,
        unitPrice: divideDecimal(expected, rate, places),
        text: `our price taken for ${other} and turned into ${currency} ${at}`,
      },
    ]
  })
}

/** Our prices of the order's other lines, as they would stand beside this one. */
export function rowCandidates({ line, rows, found }: LineToExplain): CandidatePrice[] {
  const here = String(line.asked.line.uomFactor)
  return rows.flatMap((other): CandidatePrice[] => {
    if (other.asked === line.asked || other.found === undefined) return []
    const factor = String(other.asked.line.uomFactor)
    const unitPrice = divideDecimal(
      multiplyDecimal(other.found.expected.unitPrice, factor),
      here,
      places,
    )
    if (compareDecimal(unitPrice, found.expected.unitPrice) === 0) return []
    return [
      {
        kind: 'ROW_SHIFT',
        unitPrice,
        source: `line:${other.asked.line.line}`,
        text: `our price of line ${other.asked.line.line}`,
      },
    ]
  })
}

/** Our price less a round percentage: what people claim when no record gives it. */
export function discountCandidates({ line, found, isUnderpaid }: LineToExplain): CandidatePrice[] {
  if (!isUnderpaid) return []
  return line.asked.settings.guessedDiscounts.map((percent) => ({
    kind: 'UNAUTHORISED_DISCOUNT',
    near: 'exact',
    unitPrice: lessPercent(found.expected.exact, percent),
    source: `discount:${percent}`,
    text: `our price less ${percent} %, which no agreement grants`,
  }))
}

/** The price we billed last: old news, when no record of ours explains it better. */
export function lastInvoiceCandidates({ background, found }: LineToExplain): CandidatePrice[] {
  const { lastInvoiced } = background
  if (lastInvoiced === undefined) return []
  if (compareDecimal(lastInvoiced.unitPrice, found.expected.unitPrice) === 0) return []
  return [
    {
      kind: 'STALE_PRICE_LIST',
      unitPrice: lastInvoiced.unitPrice,
      source: `invoice:${lastInvoiced.invoiceNumber}`,
      text: `the price of invoice ${lastInvoiced.invoiceNumber} of ${lastInvoiced.invoicedOn}, which holds no more`,
    },
  ]
}
