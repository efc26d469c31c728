import { z } from 'zod'
import type { Alternative } from '../../backbone/canonical/decision.ts'
import { given } from './given.ts'
import { Money, moneyOrNone } from './money.ts'
import { plainText } from './outside-text.ts'

/** Something else that could be done, in a sentence; it is done by a candidate, not by naming it. */
export const WireAlternative = z.object({
  kind: z.string(),
  text: z.string(),
  money: Money.optional().describe('What it costs against the decision; above zero it brings.'),
})

/** The first few alternatives of a decision. */
export function alternativesOf(
  alternatives: readonly Alternative[],
  most = 6,
): z.input<typeof WireAlternative>[] {
  return alternatives.slice(0, most).map(({ kind, text, amountMinor, currency }) =>
    given({
      kind,
      text: plainText(text, 300),
      money: moneyOrNone(amountMinor, currency) ?? null,
    }),
  )
}
