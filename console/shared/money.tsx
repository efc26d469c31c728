const formatOf = (currency: string, more: Intl.NumberFormatOptions = {}) =>
  new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    ...more,
  })

/** How many digits a currency has behind the point: 2 for USD, 0 for JPY. */
export function minorDigits(currency: string): number {
  return formatOf(currency).resolvedOptions().maximumFractionDigits ?? 2
}

/** How many minor units one of a currency has: 100 cents, 1 yen, 1,000 fils. */
export function minorPerUnit(currency: string): number {
  return 10 ** minorDigits(currency)
}

/** An amount in minor units as its currency is written: `1,234.50 EUR`, `1,234 JPY`, `1.234 KWD`. */
export function moneyText(amountMinor: number, currency: string): string {
  return formatOf(currency).format(amountMinor / minorPerUnit(currency))
}

/** The price of one, which may have more digits than its currency: `USD 11.90`, `USD 0.1184`. */
export function unitPriceText(price: string, currency: string): string {
  return formatOf(currency, { maximumFractionDigits: 6 }).format(Number(price))
}

const written = new Intl.NumberFormat().formatToParts(12_345.6)
const markOf = (type: Intl.NumberFormatPartTypes) =>
  written.find((part) => part.type === type)?.value ?? ''

/** The marks between thousands and before decimals as the reader writes them; what is typed is read by the same. */
export const numberMarks = {
  thousandSeparator: markOf('group'),
  decimalSeparator: markOf('decimal'),
  allowedDecimalSeparators: [markOf('decimal')],
}
