import type { JobQueue } from '../../queue/job-queue.ts'
import type { TenantTx } from '../../store/database.ts'
import { overdueCalls } from '../../store/outbox/overdue-calls.ts'

/**
 * Wakes the delivery for every connection with overdue calls: after a crash, when a switched-off
 * connection is on again, or when a probe is due. One job a connection, however many calls wait.
 */
export async function sweepOutbox(tx: TenantTx, queue: JobQueue, now: Date): Promise<void> {
  await queue.enqueue(tx, 'deliver-transaction', await overdueCalls(tx, now))
}
