import { NumberInput } from '@mantine/core'
import { minorDigits } from './money.tsx'

/** An amount as a person types it in its currency; it is known and sent in minor units. */
export function MoneyInput({
  label,
  description,
  currency,
  amountMinor,
  onChange,
  error,
}: {
  readonly label: string
  readonly description?: string
  readonly currency: string
  readonly amountMinor: number | undefined
  readonly onChange: (amountMinor: number | undefined) => void
  readonly error: string | undefined
}) {
  const digits = minorDigits(currency)
  const unit = 10 ** digits
  return (
    <NumberInput
      label={`${label} (${currency})`}
      description={description}
      decimalScale={digits}
      fixedDecimalScale
      thousandSeparator=","
      hideControls
      min={0}
      allowNegative={false}
      value={amountMinor === undefined ? '' : amountMinor / unit}
      onChange={(typed) =>
        onChange(typeof typed === 'number' ? Math.round(typed * unit) : undefined)
      }
      error={error}
    />
  )
}
