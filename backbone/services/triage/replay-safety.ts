import type { FailureCluster } from '../../canonical/views/transaction-view.ts'
import type { Database } from '../../store/database.ts'
import { type JudgedCause, judgedCauses } from '../candidates/replay-readiness.ts'
import { clustersNow } from './triage-service.ts'

/** Whether the calls of causes may be sent again, and what that would do. */
export type ReplaySafetyService = {
  /** In the order they were asked for; without causes that nothing fails by any more. */
  read(question: {
    readonly tenantId: string
    readonly clusterIds: readonly string[]
  }): Promise<JudgedCause<FailureCluster>[]>
}

/** Reads whether causes are mended, by the same rules that offer their replay. */
export function replaySafetyService({
  database,
}: {
  readonly database: Database
}): ReplaySafetyService {
  return {
    async read({ tenantId, clusterIds }) {
      const judged = await database.inTenant(tenantId, async (tx) =>
        judgedCauses(tx, await clustersNow(tx, clusterIds)),
      )
      return clusterIds.flatMap(
        (id) => judged.find(({ cluster }) => cluster.clusterId === id) ?? [],
      )
    },
  }
}
