import { type ItemKey, type Product, ProductRestrictions } from '../../canonical/master-data.ts'
import { type DecimalText, divideDecimal, multiplyDecimal } from '../../canonical/money.ts'
import { OurBug } from '../../errors.ts'
import { draw } from './draw.ts'
import { mechanicalRanges } from './mechanical-ranges.ts'
import { poweredRanges } from './powered-ranges.ts'
import type { ProductRange } from './product-range.ts'

const classOrder = ['FAS', 'BRG', 'MTR', 'VLV', 'PMP', 'CBL', 'SFT', 'TLS']

/** The eight product classes of the seed, in the order their part numbers run. */
export const productRanges: readonly ProductRange[] = [...mechanicalRanges, ...poweredRanges].sort(
  (a, b) => classOrder.indexOf(a.code) - classOrder.indexOf(b.code),
)

const firstNumber = 1_001
// The last ones of a class are no longer sold, or sold in lots only; 1001 to 1054 are plain.
const discontinuedFrom = 1_063
const lotFrom = 1_055

type Place = {
  readonly range: ProductRange
  readonly classNumber: number
  readonly number: number
  readonly series: ProductRange['series'][number]
  readonly size: ProductRange['sizes'][number]
}

function placeOf(sku: string): Place {
  const [code = '', digits = ''] = sku.split('-')
  const classNumber = classOrder.indexOf(code) + 1
  const range = productRanges[classNumber - 1]
  const number = Number(digits)
  const index = number - firstNumber
  const series = range?.series[Math.floor(index / range.sizes.length)]
  const size = range?.sizes[index % range.sizes.length]
  if (range === undefined || series === undefined || size === undefined)
    throw new OurBug(`The seed has no product ${sku}.`, { sku })
  return { range, classNumber, number, series, size }
}

/** The SKUs of a class, for example FAS-1001 to FAS-1063. */
export function skusOf(range: ProductRange): string[] {
  return range.series.flatMap((_, series) =>
    range.sizes.map(
      (_size, size) => `${range.code}-${firstNumber + series * range.sizes.length + size}`,
    ),
  )
}

/** The seed's list price of one base unit: a function of the SKU and of nothing else. */
export function listPriceOf(sku: string): DecimalText {
  const { range, series, size } = placeOf(sku)
  return divideDecimal(
    String(series.baseTenThousandths * size.permille),
    '10000000',
    range.priceDecimals,
  )
}

// 28 to 45 percent below list, so that no discount of the seed sells below cost.
function landedCostOf(sku: string): DecimalText {
  const keptPermille = 1_000 - 280 - draw(`margin ${sku}`, 171)
  return divideDecimal(multiplyDecimal(listPriceOf(sku), String(keptPermille)), '1000', 4)
}

// GS1: from the right, digits weigh 3 and 1 in turn; the check digit fills up to the next ten.
function checkDigit(digits: string): number {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0)
  return (10 - (sum % 10)) % 10
}

/** The product's UPC-A spelled as a GTIN-14, under the prefix GS1 US keeps for examples. */
export function gtinOf(sku: string): string {
  const { classNumber, number } = placeOf(sku)
  const digits = `00614141${classNumber}${number}`
  return `${digits}${checkDigit(digits)}`
}

// The part numbers two customers know the product by.
function buyerKeysOf(sku: string): ItemKey[] {
  const { range, classNumber, number } = placeOf(sku)
  return [
    { key: `buyer:NW-${range.code}${number}`, customerNumber: 'C-10001' },
    { key: `buyer:HS${classNumber}0${number}`, customerNumber: 'C-10002' },
  ]
}

const noRestrictions = ProductRestrictions.parse({})

/** A product of the seed. */
export function seedProduct(sku: string): Product {
  const { range, number, series, size } = placeOf(sku)
  const isInLots = number >= lotFrom && 'XPK' in range.uomFactors
  return {
    sku,
    name: `${series.name}, ${size.name}`,
    productClass: range.code,
    brand: series.maker,
    condition: 'new',
    restrictions: noRestrictions,
    status: number >= discontinuedFrom ? 'discontinued' : 'active',
    attributes: { manufacturer: series.maker, ...series.attributes, ...size.attributes },
    baseUom: 'EA',
    uomFactors: range.uomFactors,
    minimumQuantity: isInLots ? 10 : 1,
    quantityMultiple: isInLots ? 2 : 1,
    landedCost: landedCostOf(sku),
    currency: 'USD',
    keys: [
      { key: `gtin:${gtinOf(sku)}` },
      // X12 UP writes the twelve digits of the UPC, without the zeros in front.
      { key: `gtin:${gtinOf(sku).slice(2)}` },
      { key: `mpn:${series.makerCode}-${range.code}${number}` },
      ...buyerKeysOf(sku),
    ],
  }
}
