import { enqueueCalls } from '../backbone/flows/outbox/enqueue-calls.ts'
import { sweepOutbox } from '../backbone/flows/outbox/sweep-outbox.ts'
import { type JobQueue, openJobQueue } from '../backbone/queue/job-queue.ts'
import { sweepNotices } from '../backbone/services/notices.ts'
import { sweepSla } from '../backbone/services/sla.ts'
import { sweepQuarantine } from '../backbone/services/sweep-quarantine.ts'
import { sealEvents } from '../backbone/services/verify.ts'
import { ordersWithFillableBackorders } from '../backbone/store/checks/stock-facts.ts'
import { type Driver, openDatabase, type TenantTx } from '../backbone/store/database.ts'
import { databaseNow } from '../backbone/store/events.ts'
import { overdueWork } from '../backbone/store/flow/overdue-work.ts'
import type { Api } from './house/furnish.ts'
import { benchTenantId } from './house/quittance.ts'
import { median } from './load/statistics.ts'

/** How long a question or a round takes, by its name. */
export type Took = { readonly name: string; readonly ms: number }

async function timed(name: string, times: number, work: () => Promise<unknown>): Promise<Took> {
  const values: number[] = []
  for (let time = 0; time < times; time += 1) {
    const startedAtMs = performance.now()
    await work()
    values.push(performance.now() - startedAtMs)
  }
  return { name, ms: median(values) }
}

const day = (daysAgo: number) =>
  new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)

/** What people and programs ask of a house with a long history, over HTTP. */
export async function timeQuestions(api: Api, orderNumber: string): Promise<Took[]> {
  const paths = {
    'newest 50 orders': '/v1/orders?limit=50',
    'held orders': '/v1/orders?held=true&limit=50',
    'orders by any number': `/v1/orders?q=${orderNumber}`,
    'one order whole': `/v1/orders/${orderNumber}`,
    'newest 50 transactions': '/v1/transactions?limit=50',
    'failed transactions': '/v1/transactions?status=failed&limit=50',
    'failure clusters': '/v1/transactions/clusters',
    'newest 50 invoices': '/v1/invoices?limit=50',
    'figures of 7 days': `/v1/metrics/kpi?since=${day(6)}`,
    'figures of 30 days': `/v1/metrics/kpi?since=${day(29)}`,
  }
  const took: Took[] = []
  for (const [name, path] of Object.entries(paths)) {
    await api.get(path)
    took.push(await timed(`GET ${name}`, 3, () => api.get(path)))
  }
  return took
}

type Round = (tx: TenantTx, queue: JobQueue) => Promise<unknown>

const rounds: Readonly<Record<string, Round>> = {
  outbox: async (tx, queue) => sweepOutbox(tx, queue, new Date(await databaseNow(tx))),
  'lost work': (tx) => overdueWork(tx, 45),
  backorders: (tx) => ordersWithFillableBackorders(tx, 50),
  clocks: async (tx, queue) => sweepSla(tx, queue, await databaseNow(tx)),
  quarantine: (tx, queue) => sweepQuarantine(tx, queue),
  notices: async (tx, queue) =>
    sweepNotices(tx, (inTx, intents) => enqueueCalls(inTx, queue, intents), await databaseNow(tx)),
}

/** One round of the sweeper, part by part. */
export async function timeRounds(driver: Driver): Promise<Took[]> {
  const database = openDatabase(driver)
  const onError = () => undefined
  const queue = await openJobQueue(database, { onError, supervise: false })
  const took: Took[] = []
  for (const [name, round] of Object.entries(rounds)) {
    const once = () => database.inTenant(benchTenantId, (tx) => round(tx, queue))
    await once()
    took.push(await timed(`sweep ${name}`, 3, once))
  }
  took.push(await timed('sweep seals', 1, () => sealEvents(database, benchTenantId)))
  await queue.stop()
  return took
}
