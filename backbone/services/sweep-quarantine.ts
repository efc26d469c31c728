import type { JobQueue } from '../queue/job-queue.ts'
import type { TenantTx } from '../store/database.ts'
import { untoldQuarantine } from '../store/flow/untold-quarantine.ts'
import { raiseNotices } from '../store/notices/notice-rows.ts'

/** Tells people about input that was set aside: one notice for each kind and connection while it is open. */
export async function sweepQuarantine(tx: TenantTx, queue: JobQueue): Promise<void> {
  const groups = await untoldQuarantine(tx)
  if (groups.length === 0) return
  await raiseNotices(
    tx,
    queue,
    groups.map(({ kind, connectionId, count, reason }) => ({
      kind: 'quarantine',
      cause: `quarantine:${connectionId ?? 'local'}:${kind}`,
      severity: kind === 'conflict' || kind === 'poison' ? 'critical' : 'warning',
      subject: `${count} ${count === 1 ? 'document' : 'documents'} from ${connectionId ?? 'the command line'} set aside (${kind})`,
      body: `The newest: ${reason} Decide in the quarantine list whether it is released or discarded.`,
    })),
  )
}
