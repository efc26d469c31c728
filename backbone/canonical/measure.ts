import type { ProductAttribute } from './master-data.ts'

type Unit = { readonly quantity: string; readonly factor: number; readonly offset?: number }

const units = (quantity: string, factors: Readonly<Record<string, number>>): [string, Unit][] =>
  Object.entries(factors).map(([code, factor]) => [code, { quantity, factor }])

// UN/ECE Rec 20 codes of what catalogues measure, each in the first unit of its quantity.
const unitByCode = new Map<string, Unit>([
  ...units('length', {
    MMT: 1,
    CMT: 10,
    DMT: 100,
    MTR: 1000,
    KMT: 1_000_000,
    INH: 25.4,
    FOT: 304.8,
    YRD: 914.4,
  }),
  ...units('area', { MMK: 1, CMK: 100, MTK: 1_000_000, INK: 645.16, FTK: 92_903.04 }),
  ...units('volume', {
    MLT: 1,
    CLT: 10,
    LTR: 1000,
    MTQ: 1_000_000,
    GLL: 3785.411784,
    INQ: 16.387064,
    FTQ: 28_316.846592,
  }),
  ...units('mass', {
    GRM: 1,
    MGM: 0.001,
    KGM: 1000,
    TNE: 1_000_000,
    LBR: 453.59237,
    ONZ: 28.349523125,
  }),
  ...units('pressure', {
    KPA: 1,
    PAL: 0.001,
    HBA: 10_000,
    MPA: 1000,
    BAR: 100,
    MBR: 0.1,
    PS: 6.894757293168,
    ATM: 101.325,
  }),
  ...units('power', { WTT: 1, KWT: 1000, MAW: 1_000_000, BHP: 745.69987158227, HJ: 735.49875 }),
  ...units('flow', { L2: 1, G2: 3.785411784, MQH: 1000 / 60, LD: 1 / 1440, MQS: 60_000 }),
  ...units('speed of rotation', { RPM: 1, RPS: 60 }),
  ...units('voltage', { VLT: 1, '2Z': 0.001, KVT: 1000 }),
  ...units('current', { AMP: 1, '4K': 0.001 }),
  ...units('torque', { NU: 1, M94: 9.80665, M92: 1.3558179483314, F21: 0.1129848290276 }),
  ...units('force', { NEW: 1, B47: 1000, '78': 4.4482216152605 }),
  ...units('frequency', { HTZ: 1, KHZ: 1000, MHZ: 1_000_000 }),
  ...units('time', { SEC: 1, MIN: 60, HUR: 3600, DAY: 86_400 }),
  ['KEL', { quantity: 'temperature', factor: 1 }],
  ['CEL', { quantity: 'temperature', factor: 1, offset: 273.15 }],
  ['FAH', { quantity: 'temperature', factor: 5 / 9, offset: 459.67 * (5 / 9) }],
])

/** A fact about a product in a form that compares: a size of one quantity whatever its unit, or a word. */
export type Comparable =
  | { readonly kind: 'measure'; readonly quantity: string; readonly size: number }
  | { readonly kind: 'word'; readonly word: string }

const plainNumber = /^-?\d{1,15}(\.\d{1,12})?$/

// Nine digits: what conversion adds to the last places is not a difference.
const rounded = (size: number) => Number(size.toPrecision(9))

/** The fact in the unit all facts of its quantity are compared in; a unit the table lacks compares with itself only. */
export function comparableOf(attribute: ProductAttribute): Comparable {
  if (typeof attribute === 'boolean') return { kind: 'word', word: attribute ? 'yes' : 'no' }
  if (typeof attribute === 'number')
    return { kind: 'measure', quantity: 'count', size: rounded(attribute) }
  if (typeof attribute === 'string') {
    const word = attribute.trim().replaceAll(/\s+/g, ' ').toLowerCase()
    return plainNumber.test(word)
      ? { kind: 'measure', quantity: 'count', size: rounded(Number(word)) }
      : { kind: 'word', word }
  }
  const unit = unitByCode.get(attribute.unit)
  const value = Number(attribute.value)
  if (unit === undefined)
    return { kind: 'measure', quantity: `unit ${attribute.unit}`, size: rounded(value) }
  return {
    kind: 'measure',
    quantity: unit.quantity,
    size: rounded(value * unit.factor + (unit.offset ?? 0)),
  }
}

/** The fact as people read it: `230`, `yes`, `0.5 INH`. */
export function attributeText(attribute: ProductAttribute): string {
  if (typeof attribute === 'object') return `${attribute.value} ${attribute.unit}`
  if (typeof attribute === 'boolean') return attribute ? 'yes' : 'no'
  return String(attribute)
}

/** The fact as text that is equal for equal facts. */
export function comparableText(attribute: ProductAttribute): string {
  const comparable = comparableOf(attribute)
  return comparable.kind === 'word' ? comparable.word : `${comparable.size} ${comparable.quantity}`
}
