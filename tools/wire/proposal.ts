import { z } from 'zod'
import {
  actKinds,
  type Proposal,
  proposalStatuses,
  Subject,
} from '../../backbone/canonical/proposal.ts'
import type { ToolServices } from '../tool-services.ts'
import { changesOf, WireChange } from './candidate.ts'
import { evidenceOf, WireEvidence } from './evidence.ts'
import { given } from './given.ts'
import { Money, moneyOrNone } from './money.ts'
import { plainText } from './outside-text.ts'

/** What a propose tool answers. */
export const Proposed = z.object({
  proposal_id: z.string(),
  status: z.enum(proposalStatuses).describe('requires_review until a person has decided.'),
  summary: z.string(),
  effect_hash: z.string(),
  dashboard_url: z.string().describe('Where people decide about it.'),
  expires_at: z.string(),
})

type Urls = Pick<ToolServices, 'dashboardUrl'>

/** A proposal as whoever asked for it is told. */
export function proposedOf(proposal: Proposal, { dashboardUrl }: Urls): z.input<typeof Proposed> {
  return {
    proposal_id: proposal.proposalId,
    status: proposal.status,
    summary: plainText(proposal.title, 300),
    effect_hash: proposal.effectHash,
    dashboard_url: dashboardUrl(proposal.proposalId),
    expires_at: proposal.expiresAt,
  }
}

/** A proposal as one line of a list. */
export const WireProposal = Proposed.extend({
  kind: z.enum(actKinds),
  subject_kind: z.enum(Subject.shape.kind.options),
  subject_id: z.string(),
  subject: z.string().describe('What people call it.'),
  money: Money.optional(),
  requested_by: z.string(),
  agent: z.string().optional().describe('The agent that helped.'),
  required_role: z.string(),
  needs_other_person: z.boolean(),
  created_at: z.string(),
  decided_at: z.string().optional(),
  finished_at: z.string().optional(),
})

/** A proposal as one line of a list, over the wire. */
export function proposalOf(proposal: Proposal, urls: Urls): z.input<typeof WireProposal> {
  const { subject, money, requestedBy, agent } = proposal
  return given({
    ...proposedOf(proposal, urls),
    kind: proposal.kind,
    subject_kind: subject.kind,
    subject_id: subject.id,
    subject: plainText(subject.label, 200),
    money: moneyOrNone(money?.amountMinor, money?.currency) ?? null,
    requested_by: plainText(requestedBy.name, 120),
    agent: agent?.agent ?? null,
    required_role: proposal.requiredRole,
    needs_other_person: proposal.needsOtherPerson,
    created_at: proposal.createdAt,
    decided_at: proposal.decidedAt,
    finished_at: proposal.finishedAt,
  })
}

/** A proposal with what it rests on and what became of it. */
export const WireProposalWhole = WireProposal.extend({
  version: z.int(),
  changes: z.array(WireChange),
  evidence: z.array(WireEvidence),
  policy_reasons: z
    .array(z.string())
    .describe('Why a person must look, or which policy let it pass.'),
  decisions: z.array(
    z.object({
      decision: z.string(),
      by: z.string(),
      reason: z.string().optional(),
      at: z.string(),
    }),
  ),
  result: z.string().optional(),
})

/** A proposal whole, over the wire. */
export function wholeProposalOf(proposal: Proposal, urls: Urls): z.input<typeof WireProposalWhole> {
  const { decisions, result } = proposal
  return {
    ...proposalOf(proposal, urls),
    version: proposal.version,
    changes: changesOf(proposal.changes, { most: 10, letters: 1_500 }),
    evidence: evidenceOf(proposal.evidence, 10),
    policy_reasons: proposal.policyReasons.slice(0, 10).map((text) => plainText(text, 300)),
    decisions: decisions.slice(-10).map(({ decision, by, reason, at }) =>
      given({
        ...{ decision, by: plainText(by.name, 120), at },
        reason: reason === null ? null : plainText(reason, 300),
      }),
    ),
    ...(result === null ? {} : { result: plainText(result.message, 400) }),
  }
}
