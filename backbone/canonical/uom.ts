import { z } from 'zod'
import { DecimalText } from './money.ts'

/** The list a unit code was taken from; `unknown` keeps a code that no list has, and is never guessed at. */
const UomScheme = z.enum(['rec20', 'x12-355', 'unknown'])

/**
 * How much of an item, in which unit. `uom` is the UN/ECE Recommendation 20/21 code wherever the
 * sender's code could be mapped; a code that could not be mapped stays as sent, with its own scheme.
 */
export const Quantity = z.object({
  value: DecimalText,
  uom: z.string().min(1).max(12),
  uomScheme: UomScheme.default('rec20'),
})
export type Quantity = z.infer<typeof Quantity>

// X12 element 355 (004010) -> UN/ECE Rec 20/21. Equal strings are not equal meanings: CS is Cassette, ST is Set.
const rec20ByX12: Readonly<Record<string, string>> = {
  EA: 'EA',
  PR: 'PR',
  CA: 'XCS',
  ST: 'SET',
  CT: 'XCT',
  BX: 'XBX',
  PK: 'XPK',
  PL: 'XPX',
  DZ: 'DZN',
  PC: 'H87',
  UN: 'C62',
  TH: 'MIL',
  LB: 'LBR',
  KG: 'KGM',
  OZ: 'ONZ',
  FT: 'FOT',
  IN: 'INH',
  YD: 'YRD',
  MR: 'MTR',
  SF: 'FTK',
  GA: 'GLL',
  LT: 'LTR',
  HR: 'HUR',
}

const x12ByRec20: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(rec20ByX12).map(([x12, rec20]) => [rec20, x12]),
)

/** Reads an X12 element 355 unit; what the table lacks stays raw with scheme `x12-355`, flagged, never guessed. */
export function uomFromX12(code: string): Pick<Quantity, 'uom' | 'uomScheme'> {
  const rec20 = rec20ByX12[code]
  return rec20 === undefined
    ? { uom: code, uomScheme: 'x12-355' }
    : { uom: rec20, uomScheme: 'rec20' }
}

/** Writes a unit as X12 element 355; a raw X12 code goes back as it came, an unmapped Rec 20 code has none. */
export function uomToX12(quantity: Pick<Quantity, 'uom' | 'uomScheme'>): string | undefined {
  return quantity.uomScheme === 'x12-355' ? quantity.uom : x12ByRec20[quantity.uom]
}
