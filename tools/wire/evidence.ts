import { z } from 'zod'
import type { Evidence } from '../../backbone/canonical/decision.ts'
import { given } from './given.ts'
import { ownText, plainText } from './outside-text.ts'

/** One fact a rule went by, as a sentence. */
export const WireEvidence = z.object({
  weighs: z.enum(['for', 'against', 'note']).describe('For it, against it, or good to know.'),
  text: z.string(),
  source: z.string().optional().describe('The record it is from.'),
})

/** The facts a rule went by, the first few. */
export function evidenceOf(
  evidence: readonly Evidence[],
  most = 6,
): z.input<typeof WireEvidence>[] {
  return evidence.slice(0, most).map(({ weighs, text, source }) =>
    given({
      weighs,
      text: ownText(text, 300),
      source: source === undefined ? null : plainText(source, 120),
    }),
  )
}
