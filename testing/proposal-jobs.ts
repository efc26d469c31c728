import type { JobQueue } from '../backbone/queue/job-queue.ts'
import { inBatches } from '../backbone/queue/worker.ts'
import { allActs } from '../backbone/services/proposals/all-acts.ts'
import { executeProposalWork } from '../backbone/services/proposals/execute-proposals.ts'
import type { Database } from '../backbone/store/database.ts'

/** Does what was approved, as the worker of a house would, until nothing is left to do. */
export async function runProposalJobs(database: Database, queue: JobQueue): Promise<void> {
  const report = { worked: () => undefined, failed: () => undefined }
  const batches = inBatches(database, queue, executeProposalWork({ queue, acts: allActs }), report)
  for (;;) {
    const jobs = await queue.fetch('execute-proposal', { batchSize: 1 })
    if (jobs.length === 0) return
    await batches(jobs)
  }
}
