/**
 * Exact fractions for the truth of the graded set. It shares nothing with the product's own money arithmetic,
 * so that a fault there cannot hide itself here.
 */
export type Exact = { readonly top: bigint; readonly bottom: bigint }

function lowest(top: bigint, bottom: bigint): Exact {
  let [a, b] = [top < 0n ? -top : top, bottom]
  while (b !== 0n) [a, b] = [b, a % b]
  const shared = a === 0n ? 1n : a
  return { top: top / shared, bottom: bottom / shared }
}

/** Reads a plain decimal number such as "-12.50", or a whole number. */
export function exact(value: string | number | bigint): Exact {
  const text = String(value)
  const [whole = '0', behind = ''] = text.split('.')
  return lowest(BigInt(whole + behind), 10n ** BigInt(behind.length))
}

/** The number zero. */
export const zero: Exact = exact(0)

export const plus = (a: Exact, b: Exact): Exact =>
  lowest(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom)

export const minus = (a: Exact, b: Exact): Exact =>
  lowest(a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom)

export const times = (a: Exact, b: Exact): Exact => lowest(a.top * b.top, a.bottom * b.bottom)

export function over(a: Exact, b: Exact): Exact {
  if (b.top === 0n) throw new RangeError('Division by zero.')
  const sign = b.top < 0n ? -1n : 1n
  return lowest(sign * a.top * b.bottom, sign * b.top * a.bottom)
}

/** Negative, zero or positive, as a is below, equal to or above b. */
export function compare(a: Exact, b: Exact): number {
  const difference = a.top * b.bottom - b.top * a.bottom
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export const absolute = (a: Exact): Exact => (a.top < 0n ? { ...a, top: -a.top } : a)

/** Rounds half away from zero to a count of units of the given decimal place. */
function wholeUnits(value: Exact, places: number): bigint {
  const scaled = absolute(times(value, exact(10n ** BigInt(places))))
  const units = (scaled.top * 2n + scaled.bottom) / (scaled.bottom * 2n)
  return value.top < 0n ? -units : units
}

/** Rounds half away from zero. */
export const rounded = (value: Exact, places: number): Exact =>
  lowest(wholeUnits(value, places), 10n ** BigInt(places))

/** Rounds up, away from what a floor forbids. */
export function roundedUp(value: Exact, places: number): Exact {
  const scaled = times(value, exact(10n ** BigInt(places)))
  const units = scaled.top / scaled.bottom
  const isWhole = units * scaled.bottom === scaled.top
  return lowest(isWhole ? units : units + 1n, 10n ** BigInt(places))
}

/** An amount in minor units of a currency with so many decimals, rounded half away from zero. */
export const minorUnits = (value: Exact, decimals: number): number =>
  Number(wholeUnits(value, decimals))

/** Writes a number with at most `most` decimals, and never fewer than `least`. */
export function decimalText(value: Exact, { least = 0, most = 12 } = {}): string {
  const units = wholeUnits(value, most)
  const digits = (units < 0n ? -units : units).toString().padStart(most + 1, '0')
  const whole = digits.slice(0, digits.length - most)
  const behind = digits.slice(digits.length - most).replace(/0+$/, '')
  const shown = behind.padEnd(least, '0')
  return `${units < 0n ? '-' : ''}${whole}${shown === '' ? '' : `.${shown}`}`
}

/** A percentage off, as the factor it leaves: 18 -> 0.82. */
export const less = (percent: string): Exact => over(minus(exact(100), exact(percent)), exact(100))

/** For choosing numbers only, never for truths. */
export const roughly = (value: Exact): number => Number(value.top) / Number(value.bottom)
