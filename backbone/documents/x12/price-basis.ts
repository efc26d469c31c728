import type { DecimalText } from '../../canonical/money.ts'

// X12 element 639, 004010: the codes that price more than one unit, and the unit that already is that many.
const bases: readonly { codes: string; basis: DecimalText; ownUnits: string }[] = [
  { codes: 'HP HF LC QH RC TC WC', basis: '100', ownUnits: 'HU HD' },
  { codes: 'TP TF LM QS RM TM WM', basis: '1000', ownUnits: 'TH MIL' },
  { codes: 'PD LD RD TD WD', basis: '12', ownUnits: 'DZ DZN' },
]
// Codes that price a measure of their own, with the unit (355) in which the price needs no conversion.
const measured: Readonly<Record<string, string>> = {
  PA: 'TO',
  PO: 'OZ',
  PP: 'LB',
  PT: 'TN',
  PY: 'YD',
}

/**
 * How many ordered units a price is for. `isCertain` is false when the price is per pound, yard or ton and the
 * line is ordered in something else.
 */
export function priceBasisOf(
  code: string | undefined,
  unit: string | undefined,
): { basis: DecimalText; isCertain: boolean } {
  const found = bases.find((entry) => entry.codes.split(' ').includes(code ?? ''))
  if (found !== undefined) {
    const isOwnUnit = found.ownUnits.split(' ').includes(unit ?? '')
    return { basis: isOwnUnit ? '1' : found.basis, isCertain: true }
  }
  const measure = measured[code ?? '']
  return { basis: '1', isCertain: measure === undefined || measure === unit }
}
