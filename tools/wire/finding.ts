import { z } from 'zod'
import type { Alternative, Evidence } from '../../backbone/canonical/decision.ts'
import { alternativesOf, WireAlternative } from './alternative.ts'
import { evidenceOf, WireEvidence } from './evidence.ts'
import { given } from './given.ts'
import { Money, moneyOrNone } from './money.ts'
import { plainText } from './outside-text.ts'

/** What a check found, why, and what else could be done. */
export const WireFinding = z.object({
  kind: z.string(),
  line: z.string().optional(),
  message: z.string(),
  difference: Money.optional().describe('The money it moves.'),
  evidence: z.array(WireEvidence),
  alternatives: z.array(WireAlternative),
  policy_version: z.string().optional(),
})

type Finding = {
  readonly kind: string
  readonly line?: string | undefined
  readonly message: string
  readonly deltaMinor?: number | undefined
  readonly evidence?: readonly Evidence[] | undefined
  readonly alternatives?: readonly Alternative[] | undefined
  readonly policyVersion?: string | undefined
}

/** A finding as it goes over the wire; `currency` is the order's. */
export function findingOf(finding: Finding, currency: string): z.input<typeof WireFinding> {
  const { kind, line, message, deltaMinor, evidence, alternatives, policyVersion } = finding
  return given({
    kind,
    line: line ?? null,
    message: plainText(message, 400),
    difference: moneyOrNone(deltaMinor, currency) ?? null,
    evidence: evidenceOf(evidence ?? []),
    alternatives: alternativesOf(alternatives ?? [], 4),
    policy_version: policyVersion ?? null,
  })
}
