import { ActionableError, OurBug, RetryLater } from '../../errors.ts'
import type { BatchWork } from '../../queue/worker.ts'
import type { TenantTx } from '../../store/database.ts'
import { databaseNow } from '../../store/events.ts'
import {
  beginProposal,
  countAttempt,
  finishProposal,
} from '../../store/proposals/proposal-moves.ts'
import { lockProposal, type ProposalRow } from '../../store/proposals/proposal-rows.ts'
import { type ApprovalTools, lookAgainAt } from './approval-desk.ts'
import { carryOut } from './carry-out.ts'
import { endAs } from './end-proposal.ts'
import { tell } from './tell.ts'

const mostAttempts = 5

/** On the record: which proposal, and who stands behind it. */
function executorOf({ proposalId, approvedByName }: ProposalRow): string {
  return `proposal:${proposalId} (${approvedByName})`
}

type Tools = Pick<ApprovalTools, 'acts' | 'queue'>

async function execute(tx: TenantTx, tools: Tools, proposalId: string): Promise<void> {
  const row = await lockProposal(tx, proposalId)
  // A job may come twice, or late: the row says whether there is something to do.
  if (row?.status !== 'approved') return
  const now = await databaseNow(tx)
  if (row.expiresAt <= now) {
    await endAs(tx, [row], { status: 'expired', reason: 'It was not begun in time.', at: now })
    return
  }
  const sight = await lookAgainAt(tx, tools, row)
  if ('stale' in sight) {
    await endAs(tx, [row], { status: 'stale', reason: sight.stale, at: now })
    return
  }
  await carryOut(tx, tools, row, { actor: executorOf(row), now })
}

const isLasting = (error: unknown): boolean =>
  error instanceof ActionableError && !(error instanceof RetryLater) && !(error instanceof OurBug)

// Our own sentences are kept; a driver's text may quote what it was given.
const wordsOf = (error: unknown): string =>
  error instanceof ActionableError
    ? error.message
    : 'It could not be done, in a way nobody foresaw; it is on the record of this system.'

/**
 * The work of the queue `execute-proposal`: does what was approved, each in a transaction of its own, so that it
 * either is done once and on record, or is as it was.
 */
export function executeProposalWork(tools: Tools): BatchWork {
  return {
    queue: 'execute-proposal',
    batchSize: 1,
    async work(tx, ids) {
      for (const id of ids) await execute(tx, tools, id)
    },
    async onFailure(tx, id, error) {
      const row = await lockProposal(tx, id)
      if (row?.status !== 'approved') return 'set-aside'
      const attempts = await countAttempt(tx, id)
      if (!isLasting(error) && attempts < mostAttempts) return 'again'
      const now = await databaseNow(tx)
      const result = wordsOf(error)
      await beginProposal(tx, id, now)
      await finishProposal(tx, id, { status: 'failed', result, at: now })
      const summary = `Not done: ${row.title}. ${result}`
      await tell(tx, [{ proposal: row, what: 'failed', actor: executorOf(row), summary }], now)
      return 'set-aside'
    },
  }
}
