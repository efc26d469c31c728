import { z } from 'zod'
import { moneyText } from '../../backbone/canonical/money.ts'

/** Money on the wire: exact for programs, and as people read it. */
export const Money = z.object({
  amount_minor: z.int().describe('In the smallest unit of the currency.'),
  currency: z.string(),
  text: z.string(),
})

/** An amount as it goes over the wire. */
export function moneyOf(amountMinor: number, currency: string): z.input<typeof Money> {
  return { amount_minor: amountMinor, currency, text: moneyText(amountMinor, currency) }
}

/** An amount where there is one. */
export function moneyOrNone(
  amountMinor: number | null | undefined,
  currency: string | null | undefined,
): z.input<typeof Money> | undefined {
  return amountMinor === null ||
    amountMinor === undefined ||
    currency === null ||
    currency === undefined
    ? undefined
    : moneyOf(amountMinor, currency)
}
