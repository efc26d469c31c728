import { z } from 'zod'
import type { Proposal } from '../../canonical/proposal.ts'
import type { ProposalRow } from '../../store/proposals/proposal-rows.ts'
import type { Act } from '../acts/act.ts'
import type { ApprovalTools } from './approval-desk.ts'

const record = z.record(z.string(), z.unknown())

function editOf(
  row: ProposalRow,
  act: Act<unknown> | undefined,
): Pick<Proposal, 'editable' | 'draft'> {
  const payload = act?.payload.safeParse(row.payload)
  if (act?.edit === undefined || payload?.success !== true) return { editable: null, draft: null }
  return {
    editable: record.parse(
      z.toJSONSchema(act.edit.fields, { io: 'input', unrepresentable: 'any' }),
    ),
    draft: { ...act.edit.draftOf(payload.data) },
  }
}

/** A proposal as people and agents read it. */
export function proposalView(row: ProposalRow, { acts }: Pick<ApprovalTools, 'acts'>): Proposal {
  const act = acts.find(({ kind }) => kind === row.kind)
  return {
    proposalId: row.proposalId,
    kind: row.kind,
    status: row.status,
    version: row.version,
    subject: row.subject,
    title: row.title,
    changes: [...row.changes],
    evidence: [...row.evidence],
    records: [...row.records],
    money: row.money,
    effectHash: row.effectHash,
    policyReasons: [...row.policyReasons],
    requestedBy: row.requestedBy,
    agent: row.agent,
    requiredRole: row.requiredRole,
    needsOtherPerson: row.needsOtherPerson,
    ...editOf(row, act),
    decisions: [...row.decisions],
    result: row.result === null ? null : { message: row.result },
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    decidedAt: row.decidedAt,
    finishedAt: row.finishedAt,
  }
}
