import { z } from 'zod'
import { Evidence } from './decision.ts'
import { IsoMoment } from './document.ts'
import { Currency, MinorUnits } from './money.ts'

/** What can be proposed, and what a person may do at once within their limits: one word per act. */
export const actKinds = [
  'release-hold',
  'place-hold',
  'cancel-order',
  'reprice-line',
  'substitute-line',
  'split-line',
  'backorder-line',
  'retry-transactions',
  'send-collections-message',
  'send-invoice-copies',
  'apply-credit',
  'take-back-credit',
  'credit-deduction',
  'charge-back-deduction',
  'change-policy',
  'activate-agent-profile',
] as const
export const ActKind = z.enum(actKinds)
export type ActKind = z.infer<typeof ActKind>

/** The life of a proposal; `requires_review` and the states after it as agent hosts read them. */
export const proposalStatuses = [
  'requires_review',
  'approved',
  'executing',
  'succeeded',
  'failed',
  'rejected',
  'withdrawn',
  'expired',
  'stale',
] as const
export const ProposalStatus = z.enum(proposalStatuses)
export type ProposalStatus = z.infer<typeof ProposalStatus>

/** Who asks: a person, an agent on its own schedule, a system's key, or a written policy of the tenant. */
export const Requester = z
  .object({
    kind: z.enum(['person', 'agent', 'key', 'policy']),
    id: z.string().max(120),
    name: z.string().max(120),
  })
  .meta({ id: 'Requester' })
export type Requester = z.infer<typeof Requester>

/** The agent that helped, when one did; `words` are a model's and are shown as such. */
export const AgentNote = z
  .object({
    agent: z.string().max(80),
    runId: z.string().max(40).optional(),
    /** The profile it ran under, `agp_…`: its guardrails hold for what it proposes. */
    profileId: z.string().max(60).optional(),
    words: z.string().max(2_000).optional(),
    /** Stems from text of somebody outside: a person must look, whatever the policy says. */
    isTainted: z.boolean().default(false),
  })
  .meta({ id: 'AgentNote' })
export type AgentNote = z.infer<typeof AgentNote>

/** The record an act is about. */
export const Subject = z
  .object({
    kind: z.enum(['order', 'customer', 'cluster', 'transaction', 'policy', 'agent']),
    id: z.string().max(160),
    /** What people call it: an order number, a customer's name. */
    label: z.string().max(200),
  })
  .meta({ id: 'Subject' })
export type Subject = z.infer<typeof Subject>

/** One difference an act makes, as a person compares it. */
export const Change = z
  .object({
    label: z.string().max(120),
    before: z.string().max(4_000).nullable(),
    after: z.string().max(20_000).nullable(),
  })
  .meta({ id: 'Change' })
export type Change = z.infer<typeof Change>

/** A record as it was when the proposal was made; another version at the decision makes it stale. */
export const RecordVersion = z
  .object({ record: z.string().max(200), version: z.string().max(120) })
  .meta({ id: 'RecordVersion' })
export type RecordVersion = z.infer<typeof RecordVersion>

/** Money that an act moves or puts at stake. */
export const MoneyAtStake = z
  .object({ amountMinor: MinorUnits, currency: Currency })
  .meta({ id: 'MoneyAtStake' })
export type MoneyAtStake = z.infer<typeof MoneyAtStake>

/**
 * Something that could be done about a subject, made by code from its records. Its id is a hash of the act and its
 * payload: the same facts give the same id, other facts make it disappear.
 */
export const Candidate = z
  .object({
    candidateId: z.string().regex(/^cnd_[0-9a-z]{16,40}$/),
    kind: ActKind,
    subject: Subject,
    title: z.string().max(200),
    changes: z.array(Change),
    evidence: z.array(Evidence),
    money: MoneyAtStake.optional(),
    /** Best first; what the rules would do stands first, what only a person may choose last. */
    rank: z.int().min(1),
  })
  .meta({ id: 'Candidate' })
export type Candidate = z.infer<typeof Candidate>

/** What was decided about a proposal, by whom. */
export const ProposalDecision = z
  .object({
    decision: z.enum(['approve', 'reject', 'edit', 'withdraw', 'expire', 'stale', 'escalate']),
    by: Requester,
    /** Whoever asked for it decided it. */
    isOwn: z.boolean().optional(),
    /** The person a deputy stood in for. */
    inPlaceOf: z.string().optional(),
    reason: z.string().nullable(),
    at: IsoMoment,
  })
  .meta({ id: 'ProposalDecision' })
export type ProposalDecision = z.infer<typeof ProposalDecision>

/** A proposal as people and agents read it. */
export const Proposal = z
  .object({
    proposalId: z.string(),
    kind: ActKind,
    status: ProposalStatus,
    /** Counts every change of the proposal; a decision names the one it was taken on. */
    version: z.int(),
    subject: Subject,
    title: z.string(),
    changes: z.array(Change),
    evidence: z.array(Evidence),
    records: z.array(RecordVersion),
    money: MoneyAtStake.nullable(),
    effectHash: z.string(),
    /** Why a person must look, or which policy let it pass. */
    policyReasons: z.array(z.string()),
    requestedBy: Requester,
    agent: AgentNote.nullable(),
    requiredRole: z.string(),
    needsOtherPerson: z.boolean(),
    /** What may be changed before it is approved, as JSON Schema; null where nothing may. */
    editable: z.record(z.string(), z.unknown()).nullable(),
    /** The values of what may be changed. */
    draft: z.record(z.string(), z.unknown()).nullable(),
    decisions: z.array(ProposalDecision),
    result: z.object({ message: z.string() }).nullable(),
    createdAt: IsoMoment,
    expiresAt: IsoMoment,
    decidedAt: IsoMoment.nullable(),
    finishedAt: IsoMoment.nullable(),
  })
  .meta({ id: 'Proposal' })
export type Proposal = z.infer<typeof Proposal>

/** What an edit of a proposal would come to, before anybody keeps it. */
export const DraftCheck = z
  .object({
    faults: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .meta({ description: 'What is wrong, by field; an edit with any is refused.' }),
    changes: z
      .array(Change)
      .meta({ description: 'As it would then stand; as it stands if faulty.' }),
    money: MoneyAtStake.nullable(),
    policyReasons: z.array(z.string()),
    requiredRole: z.string(),
    needsOtherPerson: z.boolean(),
  })
  .meta({ id: 'DraftCheck' })
export type DraftCheck = z.infer<typeof DraftCheck>

/** What a proposal rests on, as it was when it was made and as it is now. */
export const ProposalBasis = z
  .object({
    isCurrent: z.boolean(),
    gone: z
      .string()
      .nullable()
      .meta({ description: 'Why it can be done no more, where it cannot.' }),
    records: z.array(
      z.object({
        record: z.string(),
        name: z.string().meta({ description: 'The record as people call it.' }),
        before: z
          .string()
          .nullable()
          .meta({ description: 'As it was; null where nobody kept it.' }),
        now: z.string().nullable(),
        isChanged: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'ProposalBasis' })
export type ProposalBasis = z.infer<typeof ProposalBasis>

/** How many proposals there are, by kind and by whoever asked. */
export const ProposalCount = z
  .object({
    count: z.int(),
    byKind: z.array(z.object({ kind: ActKind, count: z.int() })),
    byRequester: z.array(z.object({ requestedBy: Requester, count: z.int() })),
  })
  .meta({ id: 'ProposalCount' })
export type ProposalCount = z.infer<typeof ProposalCount>

/** In which order proposals are worked through. */
export const ProposalSort = z.enum(['newest', 'expiry', 'money'])
export type ProposalSort = z.infer<typeof ProposalSort>

/** Who decides in whose place, and for how long. */
export const ApprovalDelegation = z
  .object({
    delegationId: z.string(),
    fromUserId: z.string(),
    fromName: z.string(),
    toUserId: z.string(),
    toName: z.string(),
    validFrom: IsoMoment,
    validUntil: IsoMoment,
    reason: z.string(),
    createdAt: IsoMoment,
    /** Ended before its time. */
    endedAt: IsoMoment.nullable(),
  })
  .meta({ id: 'ApprovalDelegation' })
export type ApprovalDelegation = z.infer<typeof ApprovalDelegation>
