import { sql } from 'drizzle-orm'
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { minor, moment } from './columns.ts'

/**
 * What is proposed to be done, and how far it has come. Constraints and a trigger of the migration keep its life, who
 * may have approved it, and that nothing of it changes after that.
 */
export const proposalTable = pgTable(
  'proposal',
  {
    tenantId: text('tenant_id').notNull(),
    proposalId: text('proposal_id').primaryKey(),
    kind: text('kind').notNull(),
    status: text('status').notNull().default('requires_review'),
    /** Counts every change; a decision names the one it was taken on. */
    version: integer('version').notNull().default(1),
    payload: jsonb('payload').notNull(),
    /** SHA-256 over kind and payload: what is approved is what is done. */
    effectHash: text('effect_hash').notNull(),
    subjectKind: text('subject_kind').notNull(),
    subjectId: text('subject_id').notNull(),
    subjectLabel: text('subject_label').notNull(),
    /** The order whose timeline tells of it. */
    orderId: text('order_id'),
    title: text('title').notNull(),
    changes: jsonb('changes').notNull(),
    evidence: jsonb('evidence').notNull(),
    /** Every record it rests on, with its version then. */
    records: jsonb('records').notNull(),
    amountMinor: minor('amount_minor'),
    currency: text('currency'),
    policyReasons: jsonb('policy_reasons').notNull(),
    policyVersion: text('policy_version').notNull(),
    requestedByKind: text('requested_by_kind').notNull(),
    requestedById: text('requested_by_id').notNull(),
    requestedByName: text('requested_by_name').notNull(),
    /** The agent that helped, when one did. */
    agent: jsonb('agent'),
    /** Stems from text of somebody outside: no policy may pass it. */
    isTainted: boolean('is_tainted').notNull().default(false),
    requiredRole: text('required_role').notNull(),
    needsOtherPerson: boolean('needs_other_person').notNull(),
    /** Whoever changed its words last; above the band they do not approve them. */
    editedById: text('edited_by_id'),
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    /** When somebody is told that nobody has decided, and the role that may decide from then on. */
    escalateAt: moment('escalate_at'),
    escalateTo: text('escalate_to'),
    escalatedAt: moment('escalated_at'),
    /** The row of `proposal_decision` that approved it; a foreign key over all of these. */
    approvalNo: integer('approval_no'),
    approvalWord: text('approval_word'),
    approvedByKind: text('approved_by_kind'),
    approvedById: text('approved_by_id'),
    approvedByName: text('approved_by_name'),
    decidedAt: moment('decided_at'),
    /** Tries of the executor that failed. */
    attempts: integer('attempts').notNull().default(0),
    startedAt: moment('started_at'),
    /** Calls on their way that it waits for. */
    transactionIds: jsonb('transaction_ids').notNull().default([]),
    result: text('result'),
    finishedAt: moment('finished_at'),
  },
  (table) => [
    uniqueIndex('proposal_pending')
      .on(table.tenantId, table.effectHash)
      .where(sql`status in ('requires_review', 'approved', 'executing')`),
    index('proposal_by_id').on(table.tenantId, table.proposalId),
    index('proposal_by_status').on(table.tenantId, table.status, table.proposalId),
    index('proposal_by_subject').on(
      table.tenantId,
      table.subjectKind,
      table.subjectId,
      table.proposalId,
    ),
    index('proposal_by_run').on(table.tenantId, sql`(agent->>'runId')`),
    index('proposal_in_review_by_requester')
      .on(table.tenantId, table.requestedById)
      .where(sql`status = 'requires_review'`),
    index('proposal_undone')
      .on(table.tenantId, table.expiresAt)
      .where(sql`status in ('requires_review', 'approved', 'executing')`),
  ],
)

/** What was decided about proposals, by whom: only ever added to. */
export const proposalDecisionTable = pgTable(
  'proposal_decision',
  {
    tenantId: text('tenant_id').notNull(),
    proposalId: text('proposal_id').notNull(),
    decisionNo: integer('decision_no').notNull(),
    decision: text('decision').notNull(),
    byKind: text('by_kind').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    /** The role the decision was taken under; a deputy's is that of the person they stand in for. */
    byRole: text('by_role'),
    /** The person a deputy stood in for. */
    forId: text('for_id'),
    forName: text('for_name'),
    /** Whoever asked for it decided it. */
    isOwn: boolean('is_own').notNull().default(false),
    /** Which settings decided, where a policy did. */
    policyVersion: text('policy_version'),
    reason: text('reason'),
    /** What they looked at. */
    version: integer('version').notNull(),
    effectHash: text('effect_hash').notNull(),
    decidedAt: moment('decided_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.proposalId, table.decisionNo] }),
    unique('proposal_decision_taken').on(
      table.tenantId,
      table.proposalId,
      table.decisionNo,
      table.decision,
      table.byKind,
      table.byId,
      table.effectHash,
    ),
  ],
)

/** Who decides in whose place, and for how long. */
export const approvalDelegationTable = pgTable(
  'approval_delegation',
  {
    tenantId: text('tenant_id').notNull(),
    delegationId: text('delegation_id').primaryKey(),
    fromUserId: text('from_user_id').notNull(),
    fromName: text('from_name').notNull(),
    fromRole: text('from_role').notNull(),
    toUserId: text('to_user_id').notNull(),
    toName: text('to_name').notNull(),
    validFrom: moment('valid_from').notNull(),
    validUntil: moment('valid_until').notNull(),
    reason: text('reason').notNull(),
    createdAt: moment('created_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (table) => [
    index('approval_delegation_by_deputy').on(table.tenantId, table.toUserId, table.validUntil),
    index('approval_delegation_by_delegator').on(table.tenantId, table.fromUserId),
  ],
)
