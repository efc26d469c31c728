import { createSecretKey, randomBytes } from 'node:crypto'
import type { Channel } from '../backbone/channels/channel.ts'
import { openIntake } from '../backbone/channels/intake.ts'
import { jsonChannel } from '../backbone/channels/json.ts'
import { readReceiptWork } from '../backbone/channels/read-receipts.ts'
import { shopifyChannel } from '../backbone/channels/shopify.ts'
import { x12Channel } from '../backbone/channels/x12.ts'
import { advanceOrderWork } from '../backbone/flows/advance-orders.ts'
import { applyAtOnce, applyDocumentWork } from '../backbone/flows/apply-documents.ts'
import { onFinishedCalls } from '../backbone/flows/on-finished.ts'
import { deliveryProcess } from '../backbone/flows/outbox/delivery.ts'
import {
  repeatTechnicalAnswers,
  sendTechnicalAnswers,
} from '../backbone/flows/outbox/technical-answers.ts'
import { type Job, type JobQueue, openJobQueue } from '../backbone/queue/job-queue.ts'
import type { QueueName } from '../backbone/queue/queues.ts'
import { inBatches } from '../backbone/queue/worker.ts'
import { connectionOpener } from '../backbone/store/connections/connection-record.ts'
import { insertConnection, updateSecrets } from '../backbone/store/connections/connection-rows.ts'
import type { Database, TenantTx } from '../backbone/store/database.ts'
import { sealSecret } from '../backbone/store/secrets/sealed-secret.ts'
import { connectionFinder } from '../backbone/store/unscoped/find-connection.ts'
import { type FarSide, testConnector } from './flow-connectors.ts'
import { writeMasterData } from './flow-master-data.ts'
import { type DoorName, doorKinds, doorSecret, openTrade } from './flow-trade.ts'
import { openTestDatabase } from './test-database.ts'

// A test says by which door answers go out; the setting is that connection's id.
function repliesTo(settings: Readonly<Record<string, unknown>>, tenantId: string) {
  const door = settings['repliesTo']
  return typeof door === 'string' ? { repliesTo: `${door}-${tenantId}` } : {}
}

type Tools = { readonly database: Database; readonly queue: JobQueue; readonly far: FarSide }

const defaultSettings: Readonly<Record<DoorName, Readonly<Record<string, unknown>>>> = {
  json: { cancelWindowSeconds: 0 },
  bank: { cancelWindowSeconds: 0 },
  x12: {
    ourQualifier: 'ZZ',
    ourId: 'QUITTANCE',
    theirQualifier: 'ZZ',
    theirId: 'NORTHWIND',
    cancelWindowSeconds: 0,
  },
  shop: {
    shopDomain: 'meridian-industrial.myshopify.example',
    cancelWindowSeconds: 0,
    defaultCustomerNumber: 'C-10020',
  },
  erp: {},
  wms: {},
  webhook: {},
}

/** Work of queues done by the test itself, job by job, without waiting for a clock. */
function openPump(
  { database, queue }: Pick<Tools, 'database' | 'queue'>,
  workers: readonly { queue: QueueName; process: (jobs: readonly Job[]) => Promise<void> }[],
  idle: () => Promise<void>,
) {
  const names = workers.map((worker) => `'${worker.queue}'`).join(', ')
  // What failed comes back after two seconds; here at once.
  const hurry = `update pgboss.job set start_after = now() - interval '1 second'
    where name in ('read-receipt', 'apply-document') and state in ('created', 'retry') and start_after > now()`
  const ready = `select count(*)::int as jobs from pgboss.job
    where name in (${names}) and state in ('created', 'retry') and start_after <= now()`
  async function workOnce(): Promise<void> {
    for (const worker of workers) {
      const jobs = await queue.fetch(worker.queue, { batchSize: 100 })
      if (jobs.length > 0) await worker.process(jobs)
    }
    await idle()
  }
  return {
    /** Does everything that can be done now, and everything that follows from it. */
    async settle(): Promise<void> {
      for (let round = 0; round < 500; round += 1) {
        await database.jobs.executeSql(hurry)
        const { rows } = await database.jobs.executeSql(ready)
        if (rows[0]?.['jobs'] === 0) return
        await workOnce()
      }
      throw new Error('The flow does not come to rest.')
    },
    /** Does what is ready in one queue, and nothing that follows. */
    async work(name: QueueName): Promise<void> {
      const jobs = await queue.fetch(name, { batchSize: 1_000 })
      const worker = workers.find((candidate) => candidate.queue === name)
      if (jobs.length > 0) await worker?.process(jobs)
    },
  }
}

/** The whole backbone without its HTTP door, on a test database, with outside systems made by the test. */
export type FlowWorld = Awaited<ReturnType<typeof openFlowWorld>>

const channels: readonly Channel[] = [jsonChannel(), x12Channel(), shopifyChannel()]

function openWorkers(tools: Tools, secretKey: ReturnType<typeof createSecretKey>) {
  const { database, queue } = tools
  const failures: unknown[] = []
  const report = {
    worked: () => undefined,
    failed: (_name: QueueName, error: unknown) => void failures.push(error),
  }
  const reading = readReceiptWork({
    channels,
    sendAcknowledgements: (tx, answers) => sendTechnicalAnswers(tx, queue, answers),
    apply: (tx, read) => applyAtOnce(tx, queue, read),
  })
  let isOpen = false
  const delivery = deliveryProcess({
    // A world that has been open for an hour: nothing of a process before it is waited for.
    monotonicMs: () => performance.now() + (isOpen ? 3_600_000 : 0),
    database,
    queue,
    connectors: [...new Set(Object.values(doorKinds))].map((kind) =>
      testConnector(kind, tools.far),
    ),
    openConnection: connectionOpener(secretKey),
    onFinished: onFinishedCalls(queue),
    report,
  })
  isOpen = true
  const batches = [reading, applyDocumentWork(queue), advanceOrderWork(queue)]
  const workers = [
    ...batches.map((work) => ({
      queue: work.queue,
      process: inBatches(database, queue, work, report),
    })),
    {
      queue: 'deliver-transaction' as const,
      process: (jobs: readonly Job[]) => delivery.process(jobs),
    },
  ]
  return { workers, delivery, failures }
}

const repeats = (queue: JobQueue) => (tx: TenantTx, receiptIds: readonly string[]) =>
  repeatTechnicalAnswers(tx, queue, receiptIds)

/** Opens the world; close it in `afterAll`. */
export async function openFlowWorld() {
  const store = await openTestDatabase()
  const { database } = store
  const queue = await openJobQueue(database, { onError: () => undefined, supervise: false })
  const secretKey = createSecretKey(randomBytes(32))
  const connections = connectionFinder({ database, secretKey })
  const intake = openIntake({ database, queue, connections, channels, onRepeated: repeats(queue) })
  const far: FarSide = { answers: new Map(), arrived: new Map() }
  const tools: Tools = { database, queue, far }
  const { workers, delivery, failures } = openWorkers(tools, secretKey)
  const pump = openPump(tools, workers, () => delivery.idle())

  async function addConnection(
    tenantId: string,
    door: DoorName,
    settings: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const connectionId = `${door}-${tenantId}`
    await database.inTenant(tenantId, async (tx) => {
      const content = {
        kind: doorKinds[door],
        name: door,
        partnerId: door === 'x12' ? 'northwind-tools' : null,
        settings: { ...defaultSettings[door], ...settings, ...repliesTo(settings, tenantId) },
        isEnabled: true,
      }
      await insertConnection(tx, connectionId, content)
      const sealed = sealSecret(secretKey, { tenantId, connectionId }, doorSecret)
      await updateSecrets(tx, connectionId, [{ sealed, createdAt: '2026-01-01T00:00:00.000Z' }])
    })
  }
  /** A tenant with its master data and these connections, each with settings of its own. */
  async function newTrade(
    doors: Partial<Record<DoorName, Readonly<Record<string, unknown>>>> = {
      json: {},
      x12: {},
      bank: {},
      erp: {},
      wms: {},
    },
  ) {
    const tenantId = await store.newTenant()
    await database.inTenant(tenantId, writeMasterData)
    for (const door of doorNames)
      if (doors[door] !== undefined) await addConnection(tenantId, door, doors[door])
    return openTrade({ ...tools, tenantId, receive: intake.receive, settle: pump.settle })
  }
  return {
    database,
    queue,
    intake,
    failures,
    settle: pump.settle,
    connections,
    channels,
    work: pump.work,
    newTrade,
    async close() {
      await intake.drained()
      await delivery.stop()
      await queue.stop()
      await store.close()
    },
  }
}

const doorNames: readonly DoorName[] = ['json', 'x12', 'shop', 'bank', 'erp', 'wms', 'webhook']
