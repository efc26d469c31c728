import {
  compareDecimal,
  type DecimalText,
  divideDecimal,
  multiplyDecimal,
} from '../../canonical/money.ts'
import type { CandidatePrice, LineToExplain } from './candidate-price.ts'
import type { LineToPrice } from './order-to-price.ts'

const places = 12

type Unit = { readonly uom: string; readonly factor: number }

function unitsOf(line: LineToPrice): Unit[] {
  const others = Object.entries(line.uomFactors).map(([uom, factor]) => ({ uom, factor }))
  return [{ uom: line.baseUom, factor: 1 }, ...others]
}

/** How many times one quantity is the other, whichever is larger. */
const timesApart = (quantity: number, usual: number) =>
  Math.max(quantity, usual) / Math.min(quantity, usual)

// A quantity fits what a customer usually orders when it is about that; far off is another unit's worth.
const fitsWithin = 1.5
const farOffFrom = 3

/**
 * A price of a larger unit than ordered means that the unit is wrong; one of a smaller unit that the price is,
 * unless the customer's usual quantity says plainly that the unit is (domain rules 3.1.2, kinds 3 and 4).
 */
function kindOf(other: Unit, { line, background }: LineToExplain): CandidatePrice['kind'] {
  const { quantity, quantityEach, uomFactor } = line.asked.line
  if (other.factor > uomFactor) return 'UOM_QTY_BASIS'
  const usual = background.usualEach
  if (usual === undefined || usual <= 0) return 'UOM_PRICE_BASIS'
  const inOther = Number(quantity) * other.factor
  const isOtherUsual = timesApart(inOther, usual) <= fitsWithin
  return isOtherUsual && timesApart(quantityEach, usual) >= farOffFrom
    ? 'UOM_QTY_BASIS'
    : 'UOM_PRICE_BASIS'
}

/** Our price of another unit of the item, written beside the ordered one. */
export function unitCandidates(asked: LineToExplain): CandidatePrice[] {
  const { line } = asked.line.asked
  const expected = asked.found.expected.unitPrice
  return unitsOf(line)
    .filter(({ factor }) => factor !== line.uomFactor)
    .map((other) => ({
      kind: kindOf(other, asked),
      unitPrice: divideDecimal(
        multiplyDecimal(expected, String(other.factor)),
        String(line.uomFactor),
        places,
      ),
      source: `uom:${other.uom}`,
      text: `our price of one ${other.uom} (${other.factor} ${line.baseUom}), the order is by the ${line.uom}`,
    }))
}

/** Our price multiplied or divided by a unit's factor once too often, where that is no price of another unit. */
export function factorCandidates(asked: LineToExplain): CandidatePrice[] {
  const { line } = asked.line.asked
  const expected = asked.found.expected.unitPrice
  const ofUnits = new Set(unitCandidates(asked).map(({ unitPrice }) => unitPrice))
  return timesFactors(line, expected).filter(({ unitPrice }) => !ofUnits.has(unitPrice))
}

function timesFactors(line: LineToPrice, expected: DecimalText): CandidatePrice[] {
  return Object.entries(line.uomFactors).flatMap(([uom, factor]): CandidatePrice[] => [
    {
      kind: 'UOM_QTY_BASIS',
      unitPrice: multiplyDecimal(expected, String(factor)),
      source: `uom:${uom}`,
      text: `our price times the ${factor} ${line.baseUom} of one ${uom}`,
    },
    {
      kind: 'UOM_PRICE_BASIS',
      unitPrice: divideDecimal(expected, String(factor), places),
      source: `uom:${uom}`,
      text: `our price divided by the ${factor} ${line.baseUom} of one ${uom}`,
    },
  ])
}

const shifts: readonly (readonly [number, DecimalText])[] = [
  [1, '10'],
  [2, '100'],
  [3, '1000'],
]

/** Whether some unit of the item is that many times another: then it is the unit and not the decimal point. */
function isUnitRatio(line: LineToPrice, ratio: DecimalText): boolean {
  const factors = unitsOf(line).map(({ factor }) => factor)
  return factors.some((larger) =>
    factors.some(
      (smaller) => compareDecimal(multiplyDecimal(ratio, String(smaller)), String(larger)) === 0,
    ),
  )
}

/** Our price with its decimal point one to three places off. */
export function decimalCandidates(asked: LineToExplain): CandidatePrice[] {
  const { line } = asked.line.asked
  const expected = asked.found.expected.unitPrice
  return shifts.flatMap(([by, ratio]): CandidatePrice[] => {
    if (isUnitRatio(line, ratio)) return []
    const placesText = by === 1 ? 'one place' : `${by} places`
    const kind = 'DECIMAL_SHIFT'
    return [
      {
        kind,
        unitPrice: multiplyDecimal(expected, ratio),
        source: 'decimal',
        text: `our price with its decimal point ${placesText} to the right`,
      },
      {
        kind,
        unitPrice: divideDecimal(expected, ratio, places),
        source: 'decimal',
        text: `our price with its decimal point ${placesText} to the left`,
      },
    ]
  })
}
