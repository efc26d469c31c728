import { enqueueCalls } from '../backbone/flows/outbox/enqueue-calls.ts'
import { sweepOutbox } from '../backbone/flows/outbox/sweep-outbox.ts'
import { reviewCredit } from '../backbone/flows/review-credit.ts'
import type { JobQueue } from '../backbone/queue/job-queue.ts'
import { collectionsRound } from '../backbone/services/collections-round.ts'
import { rollUpFigures } from '../backbone/services/kpi-roll-up.ts'
import { sweepNotices } from '../backbone/services/notices.ts'
import { type Embeddings, productVectorRound } from '../backbone/services/product-vectors.ts'
import { sweepProposals } from '../backbone/services/proposals/sweep-proposals.ts'
import { sweepSla } from '../backbone/services/sla.ts'
import { sweepQuarantine } from '../backbone/services/sweep-quarantine.ts'
import { followClusters } from '../backbone/services/triage/follow-clusters.ts'
import { noteDeployment } from '../backbone/services/triage/note-deployment.ts'
import { sweepAcknowledgements } from '../backbone/services/triage/sweep-acknowledgements.ts'
import { sealEvents } from '../backbone/services/verify.ts'
import { ordersWithFillableBackorders } from '../backbone/store/checks/stock-facts.ts'
import type { Database, TenantTx } from '../backbone/store/database.ts'
import { databaseNow } from '../backbone/store/events.ts'
import { overdueWork } from '../backbone/store/flow/overdue-work.ts'
import { listTenantIds } from '../backbone/store/unscoped/tenants.ts'
import type { Log } from '../backbone/telemetry/log.ts'
import type { Metrics } from '../backbone/telemetry/metrics.ts'

/** The rounds that find what lost its job, whose time has come, or what people must be told. */
export type Sweeper = { stop(): Promise<void> }

/** A row that has not moved for so long has lost its job, unless older jobs of its tenant still wait. */
const lostAfterSeconds = 45

async function sweepWork(tx: TenantTx, queue: JobQueue): Promise<void> {
  // Jobs of a tenant are taken oldest first: in a flood only rows older than its oldest job have none.
  const waited = await queue.longestWaitSeconds(tx, ['read-receipt', 'apply-document'])
  const overdue = await overdueWork(tx, Math.max(lostAfterSeconds, waited + 5))
  await queue.enqueue(tx, 'read-receipt', overdue.receiptIds)
  await queue.enqueue(tx, 'apply-document', overdue.documentIds)
  await queue.enqueue(tx, 'advance-order', overdue.orderIds)
}

type SweeperTools = {
  readonly database: Database
  readonly queue: JobQueue
  readonly log: Log
  readonly metrics: Metrics
  /** The version of this product; a new one goes on every tenant's record. */
  readonly version: string
  /** Wakes the agents of a tenant for what is new and for what the day brings. */
  readonly wakeAgents: (tenantId: string) => Promise<void>
  /** Makes vectors of product texts, where a key for it is set. */
  readonly embeddings?: Embeddings
}

function roundsOf({ database, queue, metrics, wakeAgents }: SweeperTools) {
  const send = (tx: TenantTx, intents: Parameters<typeof enqueueCalls>[2]) =>
    enqueueCalls(tx, queue, intents)
  const rounds: readonly ((tenantId: string) => Promise<unknown>)[] = [
    (tenantId) =>
      database.inTenant(tenantId, async (tx) =>
        sweepOutbox(tx, queue, new Date(await databaseNow(tx))),
      ),
    (tenantId) => database.inTenant(tenantId, (tx) => sweepWork(tx, queue)),
    (tenantId) =>
      database.inTenant(tenantId, async (tx) =>
        queue.enqueue(tx, 'advance-order', await ordersWithFillableBackorders(tx, 50)),
      ),
    (tenantId) => database.inTenant(tenantId, (tx) => reviewCredit(tx, queue)),
    async (tenantId) => {
      const sweep = await database.inTenant(tenantId, async (tx) =>
        sweepSla(tx, queue, await databaseNow(tx)),
      )
      for (const [clock, count] of Object.entries(sweep.breached))
        for (let breach = 0; breach < count; breach += 1) metrics.slaBreached({ clock })
    },
    (tenantId) => database.inTenant(tenantId, sweepAcknowledgements),
    (tenantId) => database.inTenant(tenantId, followClusters),
    (tenantId) => database.inTenant(tenantId, (tx) => sweepQuarantine(tx, queue)),
    (tenantId) => database.inTenant(tenantId, (tx) => collectionsRound(tx, queue)),
    (tenantId) =>
      database.inTenant(tenantId, async (tx) => sweepProposals(tx, queue, await databaseNow(tx))),
    (tenantId) =>
      database.inTenant(tenantId, async (tx) => sweepNotices(tx, send, await databaseNow(tx))),
    wakeAgents,
  ]
  return rounds
}

/** Writes figures up to the last seal: there is something to write after one, and while it takes longer. */
function figuresRound({ database, queue }: SweeperTools, everyMs: number) {
  const behind = new Set<string>()
  return async (tenantId: string, isSealed: boolean): Promise<void> => {
    if (!isSealed && !behind.has(tenantId)) return
    // Orders go first: while any is being worked on, figures take a fiftieth of the time.
    const waitedSeconds = await database.inTenant(tenantId, (tx) =>
      queue.longestWaitSeconds(tx, ['read-receipt', 'apply-document', 'deliver-transaction']),
    )
    const forMs = waitedSeconds > 0 ? everyMs / 50 : everyMs / 3
    const { orders, days } = await rollUpFigures(database, tenantId, { forMs })
    if (orders + days > 0) behind.add(tenantId)
    else behind.delete(tenantId)
  }
}

/** Starts the rounds: every few seconds for each tenant, seals once a minute. */
export function startSweeper(tools: SweeperTools & { readonly everyMs?: number }): Sweeper {
  const { database, queue, log, everyMs = 3_000 } = tools
  let lastSealedMs = 0
  const toldOfVersion = new Set<string>()

  const rounds = roundsOf(tools)
  const figures = figuresRound(tools, everyMs)
  const vectors = productVectorRound(tools)

  const orTellOf = (what: string, tenantId: string) => (error: unknown) =>
    log.warn({ err: error, tenantId }, `${what}; the next round tries again.`)

  async function tellOfVersion(tenantId: string): Promise<void> {
    if (toldOfVersion.has(tenantId)) return
    await noteDeployment(database, tenantId, tools.version)
    toldOfVersion.add(tenantId)
  }

  async function roundOf(tenantId: string, isSealing: boolean): Promise<void> {
    await tellOfVersion(tenantId).catch(orTellOf('The version could not be told', tenantId))
    for (const sweep of rounds)
      await sweep(tenantId).catch(orTellOf('A round of the sweeper failed', tenantId))
    if (isSealing)
      await sealEvents(database, tenantId).catch(orTellOf('Events could not be sealed', tenantId))
    await figures(tenantId, isSealing).catch(orTellOf('Figures could not be written', tenantId))
    await vectors(tenantId, everyMs).catch(orTellOf('Vectors could not be written', tenantId))
  }

  async function round(): Promise<void> {
    const isSealing = Date.now() - lastSealedMs > 60_000
    if (isSealing) lastSealedMs = Date.now()
    const tenantIds = await listTenantIds(database)
    // Every process at work goes the rounds of its own tenants; one that goes twice does no harm, it only wakes.
    for (const tenantId of tenantIds.filter((tenantId) => queue.isInChargeOf(tenantId)))
      await roundOf(tenantId, isSealing)
  }

  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let isStopping = false
  const next = () => {
    if (isStopping) return
    timer = setTimeout(() => {
      running = round()
        .catch((error: unknown) =>
          log.warn({ err: error }, 'A round of the sweeper failed; the next one tries again.'),
        )
        .finally(next)
    }, everyMs)
  }
  next()
  return {
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await running
    },
  }
}
