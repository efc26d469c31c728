import { NumberInput } from '@mantine/core'
import { useState } from 'react'
import { minorDigits, numberMarks } from './money.tsx'

/** What was typed in minor units: nothing where nothing was, 0 where it is no amount yet. */
function minorOf(typed: string | number, digits: number): number | undefined {
  if (typed === '') return undefined
  const [, whole = '', part = ''] = /^(\d*)\.?(\d*)$/.exec(String(typed)) ?? []
  // By its digits, since a fraction of a binary number is not exact.
  return Number(`${whole}${part.slice(0, digits).padEnd(digits, '0')}`)
}

function typedOf(amountMinor: number | undefined, digits: number): string {
  if (amountMinor === undefined) return ''
  const text = String(amountMinor).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** An amount as a person types it in its currency; it is known and sent in minor units. */
export function MoneyInput({
  label,
  description,
  currency,
  startMinor,
  onChange,
  error,
}: {
  readonly label: string
  readonly description?: string
  readonly currency: string
  /** What stands there when the form opens. */
  readonly startMinor: number | undefined
  readonly onChange: (amountMinor: number | undefined) => void
  readonly error: string | undefined
}) {
  const digits = minorDigits(currency)
  const [typed, setTyped] = useState<string | number>(typedOf(startMinor, digits))
  return (
    <NumberInput
      label={`${label} (${currency})`}
      description={description}
      decimalScale={digits}
      {...numberMarks}
      hideControls
      allowNegative={false}
      maxLength={20}
      value={typed}
      onChange={(next) => {
        setTyped(next)
        onChange(minorOf(next, digits))
      }}
      error={error}
    />
  )
}
