/** An amount in minor units as its currency is written: `1,234.50 EUR`, `1,234 JPY`, `1.234 KWD`. */
export function moneyText(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
  })
  return format.format(amountMinor / 10 ** minorDigits(currency))
}

/** How many digits a currency has behind the point: 2 for USD, 0 for JPY. */
export function minorDigits(currency: string): number {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency })
  return format.resolvedOptions().maximumFractionDigits ?? 2
}
