import { z } from 'zod'
import type { CollectionCaseView } from '../../backbone/canonical/views/collections-view.ts'
import { alternativesOf, WireAlternative } from './alternative.ts'
import { evidenceOf, WireEvidence } from './evidence.ts'
import { given } from './given.ts'
import { Money, moneyOf } from './money.ts'

/** What is to be done about a customer's debt. */
export const WireCase = z.object({
  decision: z.string(),
  kind: z.string().describe('Such as courtesy, message, call, final-notice, clear-cash-first.'),
  level: z.int().optional().describe('Step of the dunning ladder, 0 to 5.'),
  tone: z.string(),
  channel: z.string(),
  oldest_days: z.int().optional().describe('Days the oldest claim is past due.'),
  not_before: z.string().optional(),
  claim: Money.describe('What may be asked for: open less disputed, promised and unapplied.'),
  open: Money,
  evidence: z.array(WireEvidence),
  alternatives: z.array(WireAlternative),
  policy_version: z.string(),
})

/** A case of collections as it goes over the wire; `currency` is the debt's. */
export function caseOf(found: CollectionCaseView, currency: string): z.input<typeof WireCase> {
  return given({
    decision: found.decision,
    kind: found.kind,
    level: found.level,
    tone: found.tone,
    channel: found.channel,
    oldest_days: found.oldestDays,
    not_before: found.notBefore ?? null,
    claim: moneyOf(found.net.netMinor, currency),
    open: moneyOf(found.net.openMinor, currency),
    evidence: evidenceOf(found.evidence, 5),
    alternatives: alternativesOf(found.alternatives, 3),
    policy_version: found.policyVersion,
  })
}
