/** A product as the catalogue has it. */
export type CatalogueProduct = {
  readonly sku: string
  readonly productClass: string
  readonly status: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** On all shelves together, less what is kept in reserve. */
  readonly freeEach: number
  /** What one costs us, as a decimal number; null where nobody knows. */
  readonly landedCost: string | null
}

/** What the sales desk has written down about one product. */
export type DeskRule = {
  readonly kind: string
  readonly sku: string | null
  readonly substituteSku: string | null
  readonly customerNumber: string | null
}

type Fit = {
  readonly equal: readonly string[]
  readonly atLeast?: readonly string[]
  /** Of these nobody may be wrong, whoever wrote down that one goes for the other. */
  readonly safety: readonly string[]
}

// What must agree in each class of the catalogue (agents.md 6; domain rules 3.2), written down a second time.
const fits: Readonly<Record<string, Fit>> = {
  FAS: { safety: ['thread'], equal: ['drive', 'length'], atLeast: ['grade'] },
  BRG: { safety: [], equal: ['type', 'bore', 'seal'] },
  MTR: { safety: ['voltage', 'phase'], equal: ['speed', 'enclosure'], atLeast: ['power'] },
  VLV: { safety: ['pressure'], equal: ['type', 'size', 'connection'] },
  PMP: { safety: ['voltage', 'phase'], equal: ['type', 'material'], atLeast: ['flow'] },
  CBL: { safety: ['voltage'], equal: ['type', 'conductors', 'gauge', 'length', 'isShielded'] },
  SFT: { safety: ['standard'], equal: ['item', 'size'] },
  TLS: { safety: [], equal: ['tool', 'size', 'drive', 'material', 'flutes'], atLeast: ['points'] },
}

// What bears on safety in any class.
const alwaysSafety = ['voltage', 'phase', 'pressure', 'temperature', 'thread', 'fit']

/** A fact of the catalogue as a number with its unit, or as words. */
function plain(value: unknown): { readonly unit: string; readonly size: number | string } {
  if (typeof value === 'object' && value !== null) {
    const { value: size, unit } = { value: '', unit: '', ...value }
    return { unit: String(unit), size: Number(size) }
  }
  const words = String(value).trim().toLowerCase()
  const isNumber = words !== '' && Number.isFinite(Number(words))
  return { unit: '', size: isNumber ? Number(words) : words }
}

type Facts = CatalogueProduct['attributes']

function isSame(wanted: Facts, offered: Facts, name: string): boolean {
  if (wanted[name] === undefined) return true
  if (offered[name] === undefined) return false
  const [a, b] = [plain(wanted[name]), plain(offered[name])]
  return a.unit === b.unit && a.size === b.size
}

function isAtLeast(wanted: Facts, offered: Facts, name: string): boolean {
  if (isSame(wanted, offered, name)) return true
  const [a, b] = [plain(wanted[name]), plain(offered[name])]
  const isBigger = typeof a.size === 'number' && typeof b.size === 'number' && b.size > a.size
  return a.unit === b.unit && isBigger
}

// A product that does not say how it is in what bears on safety is not known to be as safe.
const isSafe = (wanted: Facts, offered: Facts, name: string): boolean =>
  (wanted[name] === undefined) === (offered[name] === undefined) && isSame(wanted, offered, name)

/** What may stand in for a product when a customer's line is short: every product the rules allow, and no other. */
export function allowedFor(
  { sku, customerNumber }: { readonly sku: string; readonly customerNumber: string },
  catalogue: readonly CatalogueProduct[],
  rules: readonly DeskRule[],
): string[] {
  const wanted = catalogue.find((one) => one.sku === sku)
  const fit = wanted === undefined ? undefined : fits[wanted.productClass]
  if (wanted === undefined || fit === undefined) return []
  const own = rules.filter(
    (rule) =>
      rule.sku === sku && (rule.customerNumber === null || rule.customerNumber === customerNumber),
  )
  if (own.some(({ kind }) => kind === 'irreplaceable')) return []
  const named = new Set(own.map(({ substituteSku }) => substituteSku))
  const safety = [...new Set([...fit.safety, ...alwaysSafety])]
  return catalogue
    .filter((one) => one.sku !== sku && one.status === 'active')
    .filter((one) => safety.every((name) => isSafe(wanted.attributes, one.attributes, name)))
    .filter(
      (one) =>
        named.has(one.sku) ||
        (one.productClass === wanted.productClass &&
          fit.equal.every((name) => isSame(wanted.attributes, one.attributes, name)) &&
          (fit.atLeast ?? []).every((name) => isAtLeast(wanted.attributes, one.attributes, name))),
    )
    .map((one) => one.sku)
}

/** Whether so many may be sold at the price of the line: they are there, and nobody sells below cost. */
export function mayBeSold(
  { freeEach, landedCost }: Pick<CatalogueProduct, 'freeEach' | 'landedCost'>,
  { quantity, unitPrice }: { readonly quantity: number; readonly unitPrice: string },
): boolean {
  return freeEach >= quantity && (landedCost === null || Number(landedCost) <= Number(unitPrice))
}
