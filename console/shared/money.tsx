/** An amount in minor units as its currency is written: `1,234.50 EUR`, `1,234 JPY`, `1.234 KWD`. */
export function moneyText(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
  })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amountMinor / 10 ** digits)
}
