import type { Product, ProductAttribute } from '../../canonical/master-data.ts'

type Attributes = Readonly<Record<string, ProductAttribute>>

/** A model line of a product class, in every size of the class. */
type Series = {
  readonly name: string
  readonly maker: string
  readonly makerCode: string
  /** List price of the smallest size, in ten-thousandths of a dollar. */
  readonly baseTenThousandths: number
  readonly attributes: Attributes
}

/** A size of a product class, and what it adds to the price. */
type Size = { readonly name: string; readonly permille: number; readonly attributes: Attributes }

/** A product class of the seed: seven series in nine sizes, numbered from 1001 on. */
export type ProductRange = {
  readonly code: string
  readonly priceDecimals: number
  readonly uomFactors: Product['uomFactors']
  /** What one customer usually orders at a time, in base units. */
  readonly usualQuantities: readonly number[]
  readonly series: readonly Series[]
  readonly sizes: readonly Size[]
}

/** A measure with its UN/ECE Rec 20 unit. */
export const measure = (value: string, unit: string) => ({ value, unit })

type SeriesRow = readonly [
  name: string,
  maker: string,
  makerCode: string,
  baseTenThousandths: number,
  attributes: Attributes,
]

/** Writes the series of a class as a table. */
export function seriesTable(rows: readonly SeriesRow[]): Series[] {
  return rows.map(([name, maker, makerCode, baseTenThousandths, attributes]) => ({
    name,
    maker,
    makerCode,
    baseTenThousandths,
    attributes,
  }))
}

/** Writes the sizes of a class as a table. */
export function sizeTable(
  rows: readonly (readonly [name: string, permille: number, attributes: Attributes])[],
): Size[] {
  return rows.map(([name, permille, attributes]) => ({ name, permille, attributes }))
}
