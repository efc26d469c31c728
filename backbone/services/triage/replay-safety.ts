import type { FailureCluster } from '../../canonical/views/transaction-view.ts'
import type { Database } from '../../store/database.ts'
import { type ReplayReadiness, replayReadiness } from '../candidates/replay-readiness.ts'
import { clusterNow } from './triage-service.ts'

/** Whether the calls of a cause may be sent again, and what that would do. */
export type ReplaySafetyService = {
  /** Undefined when there is no such cause. */
  read(question: {
    readonly tenantId: string
    readonly clusterId: string
  }): Promise<{ readonly cluster: FailureCluster; readonly readiness: ReplayReadiness } | undefined>
}

/** Reads whether a cause is mended, by the same rules that offer its replay. */
export function replaySafetyService({
  database,
}: {
  readonly database: Database
}): ReplaySafetyService {
  return {
    read: ({ tenantId, clusterId }) =>
      database.inTenant(tenantId, async (tx) => {
        const cluster = await clusterNow(tx, clusterId)
        if (cluster === undefined) return undefined
        return { cluster, readiness: await replayReadiness(tx, cluster) }
      }),
  }
}
