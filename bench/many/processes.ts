import { inboundPath, startFurnished } from '../house/furnish.ts'
import { keeping } from '../house/keep.ts'
import type { BenchPostgres } from '../house/postgres.ts'
import type { SinkClient } from '../house/sink.ts'
import type { LoadResult } from '../load/load-plan.ts'
import { measureLoad } from '../load/start-load.ts'

/** What so many server processes on one PostgreSQL carried. */
export type ProcessesRun = { readonly processes: number; readonly load: LoadResult }

/** Puts the same load on one PostgreSQL through so many `quittance start` processes, none of them a leader. */
export async function measureProcesses(plan: {
  sink: SinkClient
  postgres: BenchPostgres
  processes: number
  orders: number
}): Promise<ProcessesRun> {
  const { sink, postgres, processes, orders } = plan
  return keeping(async (keep) => {
    const databaseUrl = await postgres.newDatabase(`many${processes}`)
    const { quittance } = await startFurnished(keep, {
      databaseUrl,
      sinkUrl: sink.url,
      servers: processes,
    })
    const load = await measureLoad({
      urls: quittance.urls.map((url) => `${url}${inboundPath}`),
      sinkUrl: sink.url,
      run: `many${processes}`,
      orders,
      warmUpOrders: Math.min(500, Math.ceil(orders / 4)),
      pace: { loop: 'closed', clients: 64 },
      sendingSeconds: 300,
      waitSeconds: 300,
      pids: [...quittance.pids],
      ...(postgres.postmasterPid === undefined ? {} : { postmasterPid: postgres.postmasterPid }),
    })
    return { processes, load }
  })
}
