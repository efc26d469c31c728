import { Decimal } from 'decimal.js'
import { z } from 'zod'

// A clone of our own: 40 significant digits, and nobody else's settings reach our arithmetic.
const Exact = Decimal.clone({ precision: 40, toExpNeg: -40, toExpPos: 40 })

/** ISO 4217 alphabetic currency code. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'three capital letters of ISO 4217')
export type Currency = z.infer<typeof Currency>

/** Money as an integer count of the currency's smallest unit (cents for USD, yen for JPY, fils for KWD). */
export const MinorUnits = z.int()
export type MinorUnits = z.infer<typeof MinorUnits>

/** A decimal number kept as text, so that no float ever touches it: unit prices and quantities. */
export const DecimalText = z
  .string()
  .regex(/^-?\d{1,20}(\.\d{1,12})?$/, 'a plain decimal number such as 12.5000')
export type DecimalText = z.infer<typeof DecimalText>

/** How half a minor unit is rounded: away from zero, or to the even neighbour. */
export type RoundingMode = 'half-up' | 'half-even'

// ISO 4217: the currencies whose minor unit is not a hundredth.
const decimalsByCurrency: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLF: 4,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  UYI: 0,
  UYW: 4,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
}

/** Number of decimals of a currency's minor unit (ISO 4217): JPY 0, USD 2, KWD 3. */
export function currencyDecimals(currency: Currency): number {
  return decimalsByCurrency[currency] ?? 2
}

function rounding(mode: RoundingMode): Decimal.Rounding {
  return mode === 'half-up' ? Decimal.ROUND_HALF_UP : Decimal.ROUND_HALF_EVEN
}

function toMinor(amount: Decimal, currency: Currency, mode: RoundingMode): MinorUnits {
  const minor = amount
    .times(new Exact(10).pow(currencyDecimals(currency)))
    .toDecimalPlaces(0, rounding(mode))
    .toNumber()
  if (!Number.isSafeInteger(minor))
    throw new RangeError(`Amount ${amount.toFixed()} ${currency} is too large to keep exactly.`)
  return minor === 0 ? 0 : minor
}

// Prices and quantities as documents write them are short: as whole numbers of their last place, their product
// is exact in ordinary arithmetic, which costs a twentieth of the general one. What is longer takes that one.
type Scaled = { readonly whole: number; readonly places: number }

function scaled(value: DecimalText): Scaled | undefined {
  const point = value.indexOf('.')
  const whole = Number(point === -1 ? value : value.slice(0, point) + value.slice(point + 1))
  if (!Number.isSafeInteger(whole)) return undefined
  return { whole, places: point === -1 ? 0 : value.length - point - 1 }
}

/** Rounds half away from zero; undefined where ordinary arithmetic would not be exact. */
function shortProduct(a: DecimalText, b: DecimalText, decimals: number): number | undefined {
  const [left, right] = [scaled(a), scaled(b)]
  if (left === undefined || right === undefined) return undefined
  const product = Math.abs(left.whole * right.whole)
  const excess = left.places + right.places - decimals
  if (excess < 0 || excess > 15 || product > Number.MAX_SAFE_INTEGER) return undefined
  const unit = 10 ** excess
  const behind = product % unit
  const rounded = (product - behind) / unit + (behind * 2 >= unit ? 1 : 0)
  return rounded === 0 || left.whole < 0 === right.whole < 0 ? rounded : -rounded
}

/** The amount of a line: unit price × quantity, rounded once to the currency's minor unit. */
export function lineAmountMinor(
  unitPrice: DecimalText,
  quantity: DecimalText,
  currency: Currency,
  mode: RoundingMode = 'half-up',
): MinorUnits {
  const short =
    mode === 'half-up' ? shortProduct(unitPrice, quantity, currencyDecimals(currency)) : undefined
  return short ?? toMinor(new Exact(unitPrice).times(quantity), currency, mode)
}

/** Reads an amount in major units ("1234.50") as minor units, rounding what is finer than the currency. */
export function minorFromText(
  amount: DecimalText,
  currency: Currency,
  mode: RoundingMode = 'half-up',
): MinorUnits {
  return toMinor(new Exact(amount), currency, mode)
}

/** Writes minor units as an amount in major units with the currency's decimals: 1050 USD -> "10.50". */
export function amountText(amountMinor: MinorUnits, currency: Currency): DecimalText {
  const decimals = currencyDecimals(currency)
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, '0')
  const sign = amountMinor < 0 ? '-' : ''
  if (decimals === 0) return `${sign}${digits}`
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** An amount as people read it: 82489 USD -> "824.89 USD". */
export function moneyText(amountMinor: MinorUnits, currency: Currency): string {
  return `${amountText(amountMinor, currency)} ${currency}`
}

/** Adds amounts of one currency. */
export function sumMinor(amounts: readonly MinorUnits[]): MinorUnits {
  const total = amounts.reduce((sum, amount) => sum + amount, 0)
  if (!Number.isSafeInteger(total))
    throw new RangeError('A sum of money is too large to keep exactly.')
  return total
}

/** A percentage of an amount ("6.25" % of 8999 minor units), rounded to the minor unit. */
export function percentOfMinor(
  amountMinor: MinorUnits,
  percent: DecimalText,
  mode: RoundingMode = 'half-up',
): MinorUnits {
  return new Exact(amountMinor)
    .times(percent)
    .div(100)
    .toDecimalPlaces(0, rounding(mode))
    .toNumber()
}

/**
 * Splits an amount over weights by largest remainder, so that the parts always sum to the amount;
 * ties go to the earlier weight. Weights of zero or less get nothing. Throws when no weight is positive.
 */
export function allocateMinor(amountMinor: MinorUnits, weights: readonly number[]): MinorUnits[] {
  const eligible = weights.map((weight) => Math.max(0, weight))
  const whole = eligible.reduce((sum, weight) => sum.plus(weight), new Exact(0))
  if (whole.isZero())
    throw new RangeError('An amount cannot be allocated over lines without value.')
  const sign = amountMinor < 0 ? -1 : 1
  const shares = eligible.map((weight) => new Exact(Math.abs(amountMinor)).times(weight).div(whole))
  const parts = shares.map((share) => share.floor().toNumber())
  const byRemainder = shares
    .map((share, index) => ({ index, remainder: share.minus(share.floor()) }))
    .sort((a, b) => b.remainder.comparedTo(a.remainder) || a.index - b.index)
  let left = Math.abs(amountMinor) - parts.reduce((sum, part) => sum + part, 0)
  for (const { index } of byRemainder) {
    if (left === 0) break
    parts[index] = (parts[index] ?? 0) + 1
    left -= 1
  }
  return parts.map((part) => (part === 0 ? 0 : sign * part))
}

/** Two short numbers as whole numbers of the finer one's last place; undefined where that is not exact. */
function alike(a: DecimalText, b: DecimalText): readonly [number, number, number] | undefined {
  const [left, right] = [scaled(a), scaled(b)]
  if (left === undefined || right === undefined) return undefined
  const places = Math.max(left.places, right.places)
  if (places > 15) return undefined
  const [one, other] = [
    left.whole * 10 ** (places - left.places),
    right.whole * 10 ** (places - right.places),
  ]
  return Number.isSafeInteger(one) && Number.isSafeInteger(other) ? [one, other, places] : undefined
}

/** A whole number of so many places in its one spelling. */
function shortText(whole: number, places: number): DecimalText {
  if (places === 0 || whole === 0) return String(whole === 0 ? 0 : whole)
  const digits = String(Math.abs(whole)).padStart(places + 1, '0')
  let end = digits.length
  while (end > digits.length - places && digits[end - 1] === '0') end -= 1
  const point = digits.length - places
  const behind = end === point ? '' : `.${digits.slice(point, end)}`
  return `${whole < 0 ? '-' : ''}${digits.slice(0, point)}${behind}`
}

/** Compares two decimal texts by value: negative, zero or positive. */
export function compareDecimal(a: DecimalText, b: DecimalText): number {
  if (a === b) return 0
  const short = alike(a, b)
  if (short !== undefined) return Math.sign(short[0] - short[1])
  return new Exact(a).comparedTo(b)
}

/** Adds decimal texts exactly. */
export function sumDecimal(values: readonly DecimalText[]): DecimalText {
  return plainDecimal(values.reduce((sum, value) => sum.plus(value), new Exact(0)))
}

/** Subtracts exactly: a − b. */
export function subtractDecimal(a: DecimalText, b: DecimalText): DecimalText {
  const short = alike(a, b)
  if (short !== undefined && Number.isSafeInteger(short[0] - short[1]))
    return shortText(short[0] - short[1], short[2])
  return plainDecimal(new Exact(a).minus(b))
}

/** Multiplies exactly: a × b. */
export function multiplyDecimal(a: DecimalText, b: DecimalText): DecimalText {
  if (b === '1') return normalDecimal(a)
  const [left, right] = [scaled(a), scaled(b)]
  if (left !== undefined && right !== undefined) {
    const product = left.whole * right.whole
    const places = left.places + right.places
    if (Number.isSafeInteger(product) && places <= 20) return shortText(product, places)
  }
  return plainDecimal(new Exact(a).times(b))
}

/** Divides and rounds half-up to the given number of decimals. Throws a RangeError on division by zero. */
export function divideDecimal(a: DecimalText, b: DecimalText, decimals: number): DecimalText {
  if (b === '1' && isShort(a, decimals)) return normalDecimal(a)
  if (new Exact(b).isZero()) throw new RangeError('Division by zero.')
  return plainDecimal(new Exact(a).div(b).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP))
}

/** Whether a number has no more than so many places behind the point. */
function isShort(value: DecimalText, places: number): boolean {
  const point = value.indexOf('.')
  return point === -1 || value.length - point - 1 <= places
}

/** Rounds a unit price half-up to its scale, keeping the trailing zeros: "9.6" at 4 -> "9.6000". */
export function roundPrice(price: DecimalText, scale = 4): DecimalText {
  if (scale > 0 && isNormal.test(price) && isShort(price, scale)) {
    const point = price.indexOf('.')
    return point === -1 ? `${price}.${'0'.repeat(scale)}` : price.padEnd(point + 1 + scale, '0')
  }
  return new Exact(price).toFixed(scale, Decimal.ROUND_HALF_UP)
}

function plainDecimal(value: Decimal): DecimalText {
  return (value.isZero() ? new Exact(0) : value).toFixed()
}

const isNormal = /^-?(?:[1-9]\d*|0(?=\.))(?:\.\d*[1-9])?$|^0$/

/** The one spelling of a decimal number: no leading zeros, no trailing zeros, no sign on zero ("007.50" -> "7.5"). */
export function normalDecimal(value: DecimalText): DecimalText {
  if (isNormal.test(value)) return value
  return plainDecimal(new Exact(value))
}

/** A price less a percentage, exactly: "12.50" less "18" percent is "10.25". */
export function lessPercent(price: DecimalText, percent: DecimalText): DecimalText {
  const [one, off] = [scaled(price), scaled(percent)]
  if (one !== undefined && off !== undefined && off.places <= 6) {
    const product = one.whole * (100 * 10 ** off.places - off.whole)
    const places = one.places + off.places + 2
    if (Number.isSafeInteger(product) && places <= 20) return shortText(product, places)
  }
  return plainDecimal(new Exact(price).times(new Exact(100).minus(percent)).div(100))
}

/** Rounds a unit price up (away from zero) to its scale, for floors that must hold: "10.11363" at 4 -> "10.1137". */
export function roundPriceUp(price: DecimalText, scale = 4): DecimalText {
  return new Exact(price).toFixed(scale, Decimal.ROUND_UP)
}

/**
 * An amount in another currency at a stored rate: so much of `to` for one of `from`, or of `from` for one of
 * `to` where only that rate is stored (`isInverse`). Rounded once, half-up.
 */
export function convertMinor(
  amountMinor: MinorUnits,
  {
    from,
    to,
    rate,
    isInverse = false,
  }: {
    readonly from: Currency
    readonly to: Currency
    readonly rate: DecimalText
    readonly isInverse?: boolean
  },
): MinorUnits {
  const amount = new Exact(amountMinor).div(new Exact(10).pow(currencyDecimals(from)))
  return toMinor(isInverse ? amount.div(rate) : amount.times(rate), to, 'half-up')
}
