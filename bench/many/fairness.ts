import { setTimeout as wait } from 'node:timers/promises'
import { apiOf, furnish, inboundPath } from '../house/furnish.ts'
import { keeping } from '../house/keep.ts'
import { newHome, openTenant, startQuittance } from '../house/quittance.ts'
import type { SinkClient } from '../house/sink.ts'
import type { LoadResult } from '../load/load-plan.ts'
import { measureLoad } from '../load/start-load.ts'
import {
  furnishQuiet,
  openQuietTenant,
  type SingleOrders,
  sendSingleOrders,
} from './quiet-tenant.ts'

/** What came of a flood of one tenant while another one sent single orders. */
export type Fairness = {
  readonly databaseKind: 'postgres' | 'pglite'
  readonly floodOrders: number
  readonly alone: SingleOrders
  readonly beside: SingleOrders
  readonly flood: LoadResult
}

const everyMs = 1_000

/** Floods a house with one tenant's orders through its real door, and sends single ones of another beside them. */
export async function measureFairness(plan: {
  sink: SinkClient
  databaseUrl?: string
  floodOrders: number
  name: string
}): Promise<Fairness> {
  const { sink, floodOrders, name } = plan
  return keeping(async (keep) => {
    const home = keep(
      await newHome(plan.databaseUrl === undefined ? {} : { databaseUrl: plan.databaseUrl }),
    )
    const token = await openTenant(home)
    const quiet = await openQuietTenant(home)
    const quittance = keep(await startQuittance(home))
    const [url = ''] = quittance.urls
    await furnish(apiOf(url, token), { sinkUrl: sink.url })
    const [aloneRun, besideRun] = [`alone${name}`, `beside${name}`]
    const single = { url, sink, everyMs, orders: 600 }
    // Orders of a generated run know only their own products, so both runs' are loaded.
    for (const run of [aloneRun, besideRun])
      await furnishQuiet(quiet, { url, sinkUrl: sink.url, run, orders: 600 })
    const before = sendSingleOrders({ ...single, run: aloneRun, everyMs: 200 })
    await wait(4_000)
    const alone = await before.stop()
    const during = sendSingleOrders({ ...single, run: besideRun })
    const flood = await measureLoad({
      urls: [`${url}${inboundPath}`],
      sinkUrl: sink.url,
      run: `flood${name}`,
      orders: floodOrders,
      pace: { loop: 'closed', clients: 64 },
      sendingSeconds: 900,
      waitSeconds: 900,
      pids: [...quittance.pids],
    })
    return {
      databaseKind: home.databaseKind,
      floodOrders,
      alone,
      beside: await during.stop(),
      flood,
    }
  })
}
