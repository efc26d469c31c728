import { join, resolve } from 'node:path'
import { type BackPressure, openBackPressure } from '../backbone/channels/back-pressure.ts'
import type { InboundRequest } from '../backbone/channels/channel.ts'
import { type Intake, openIntake } from '../backbone/channels/intake.ts'
import { jsonChannel } from '../backbone/channels/json.ts'
import { readReceiptWork } from '../backbone/channels/read-receipts.ts'
import { shopifyChannel } from '../backbone/channels/shopify.ts'
import { x12Channel } from '../backbone/channels/x12.ts'
import type { Config } from '../backbone/config.ts'
import type { Connector } from '../backbone/connectors/connector.ts'
import { openAiEmbeddings } from '../backbone/connectors/embeddings/openai-embeddings.ts'
import { allConnectors } from '../backbone/connectors/registry.ts'
import { advanceOrderWork } from '../backbone/flows/advance-orders.ts'
import { applyAtOnce, applyDocumentWork } from '../backbone/flows/apply-documents.ts'
import { onFinishedCalls } from '../backbone/flows/on-finished.ts'
import { type Delivery, deliveryProcess } from '../backbone/flows/outbox/delivery.ts'
import { enqueueCalls } from '../backbone/flows/outbox/enqueue-calls.ts'
import {
  repeatTechnicalAnswers,
  sendTechnicalAnswers,
} from '../backbone/flows/outbox/technical-answers.ts'
import { type JobQueue, openJobQueue } from '../backbone/queue/job-queue.ts'
import {
  type BatchWork,
  inBatches,
  startWorker,
  type Worker,
  type WorkerReport,
} from '../backbone/queue/worker.ts'
import { noticeWork } from '../backbone/services/notices.ts'
import { messageObjections } from '../backbone/services/outreach/message-objections.ts'
import { mailIntake } from '../backbone/services/outreach/take-mail.ts'
import { allActs, allCandidates } from '../backbone/services/proposals/all-acts.ts'
import { executeProposalWork } from '../backbone/services/proposals/execute-proposals.ts'
import { connectionOpener } from '../backbone/store/connections/connection-record.ts'
import type { Database } from '../backbone/store/database.ts'
import { doneAgainWhenLost } from '../backbone/store/database-trouble.ts'
import { loadSecretKey } from '../backbone/store/secrets/load-secret-key.ts'
import type { SecretKey } from '../backbone/store/secrets/sealed-secret.ts'
import {
  type ConnectionFinder,
  connectionFinder,
} from '../backbone/store/unscoped/find-connection.ts'
import type { Log } from '../backbone/telemetry/log.ts'
import { createMetrics, type Metrics } from '../backbone/telemetry/metrics.ts'
import { createSpanExporter } from '../backbone/telemetry/span-exporter.ts'
import { createTracer, type Tracer } from '../backbone/telemetry/trace.ts'
import { furnish } from './house-agents.ts'
import { openStore } from './open-store.ts'
import { packageVersion } from './package-version.ts'
import { startMailboxPolling } from './poll-mailboxes.ts'
import { signingKeyOf } from './signing-key.ts'
import { type Sweeper, startSweeper } from './sweeper.ts'
import { tracedConnectors } from './traced-connectors.ts'

/** Everything that is built once and handed around: the store, the queue, the doors' parts. */
export type House = {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly tracer: Tracer
  readonly database: Database
  readonly place: string
  readonly secretKey: SecretKey
  /** Signs cursors and body marks; from the secret key, so that all processes of the house agree. */
  readonly signingKey: Uint8Array
  readonly queue: JobQueue
  readonly connections: ConnectionFinder
  readonly connectors: readonly Connector[]
  readonly intake: Intake
  /** Keeps intake from taking what cannot be kept; told what to know by whoever opens the HTTP door. */
  readonly pressure: BackPressure
  /** Where the HTTP door of this process listens, once it does. */
  readonly listening: { port?: number }
  close(): Promise<void>
}

const channels = [shopifyChannel(), x12Channel(), jsonChannel()]

/** Opens store, queue and intake by the settings; nothing works on jobs until `startWork`. */
export async function openHouse(config: Config, log: Log): Promise<House> {
  const store = await openStore(config)
  if (store.applied.length > 0)
    log.info({ migrations: store.applied }, 'The database was brought to the newest schema.')
  if (store.withoutVectors !== undefined)
    log.info(
      { reason: store.withoutVectors },
      'The database keeps no vectors; products are compared in this process.',
    )
  const { database } = store
  const secretKey = await loadSecretKey({
    envValue: config.secretKey,
    file: join(resolve(config.dataFolder), 'secret.key'),
  })
  const metrics = createMetrics()
  const exporter =
    config.otlpEndpoint === undefined
      ? undefined
      : createSpanExporter({ endpoint: config.otlpEndpoint, log })
  const tracer = createTracer({ exporter })
  const queue = await openJobQueue(database, {
    onError: (error) => log.error({ err: error }, 'The job queue reports an error.'),
  })
  metrics.watchQueues(() => queue.depths())
  const connections = connectionFinder({ database, secretKey })
  const onRepeated: Parameters<typeof openIntake>[0]['onRepeated'] = (tx, receiptIds) =>
    repeatTechnicalAnswers(tx, queue, receiptIds)
  const pressure = openBackPressure({
    limits: {
      queueSeconds: config.queueSeconds,
      deliveries: config.waitingDeliveries,
      bytes: config.waitingBytes,
      waitMs: 10_000,
    },
    refused: (reason) => metrics.intakeRefused({ reason }),
  })
  metrics.watchIntake(pressure.view)
  const patient = doneAgainWhenLost(database)
  const intake = openIntake({
    database: patient,
    queue,
    connections,
    channels,
    pressure,
    onRepeated,
  })
  return {
    config,
    log,
    metrics,
    tracer,
    database,
    place: store.place,
    secretKey,
    signingKey: signingKeyOf(secretKey),
    queue,
    connections,
    connectors: tracedConnectors(allConnectors(), tracer),
    intake,
    pressure,
    listening: {},
    async close() {
      await intake.drained()
      await queue.stop()
      await tracer.close()
      await store.close()
    },
  }
}

/** Work going on in this process: batch workers, the delivery of calls, the rounds of the sweeper. */
export type RunningWork = { stop(): Promise<void> }

function reportTo({ metrics, log }: House): WorkerReport {
  return {
    worked: (step, orders, durationMs) => metrics.stepDone({ step, orders, failed: 0, durationMs }),
    failed(step, error) {
      metrics.stepDone({ step, orders: 1, failed: 1, durationMs: 0 })
      log.warn({ err: error, queue: step }, 'Work on a job failed; it is tried again or set aside.')
    },
  }
}

// On the one connection of the built-in database transactions take turns, and a large one costs little more than a
// small one: under load each waits a little, for the others' work to become its own.
const longestLingerMs = ({ kind }: Database) => (kind === 'pglite' ? 40 : 4)

function startBatchWorker(house: House, batch: BatchWork, report: WorkerReport): Worker {
  const { database, queue } = house
  const isShared = database.kind === 'postgres'
  return startWorker(queue, {
    queue: batch.queue,
    batchSize: batch.batchSize,
    // One connection serves the built-in database; more loops would only wait for each other.
    concurrency: isShared ? 2 : 1,
    pollMs: isShared ? 250 : 500,
    longestLingerMs: longestLingerMs(database),
    process: inBatches(database, queue, batch, report),
    report,
  })
}

function startDelivery(house: House, report: WorkerReport): { delivery: Delivery; worker: Worker } {
  const { database, queue, connectors, metrics } = house
  const delivery = deliveryProcess({
    database,
    queue,
    connectors,
    openConnection: connectionOpener(house.secretKey),
    onFinished: onFinishedCalls(queue),
    objections: messageObjections,
    longestLingerMs: longestLingerMs(database),
    report,
    metrics,
  })
  const worker = startWorker(queue, {
    queue: 'deliver-transaction',
    batchSize: 100,
    pollMs: 250,
    process: (jobs) => delivery.process(jobs),
    report,
  })
  return { delivery, worker }
}

/** Starts working on jobs in this process. */
export function startWork(house: House): RunningWork {
  const { config, database, queue, log, metrics } = house
  const report = reportTo(house)
  const works: readonly BatchWork[] = [
    readReceiptWork({
      channels,
      sendAcknowledgements: (tx, answers) => sendTechnicalAnswers(tx, queue, answers),
      apply: (tx, read) => applyAtOnce(tx, queue, read),
    }),
    applyDocumentWork(queue),
    advanceOrderWork(queue),
    noticeWork({ enqueueCalls: (tx, intents) => enqueueCalls(tx, queue, intents) }),
    executeProposalWork({ queue, acts: allActs }),
  ]
  const workers = works.map((work) => startBatchWorker(house, work, report))
  const { delivery, worker } = startDelivery(house, report)
  const mailboxes = startMailboxPolling({
    ...{
      database,
      queue,
      log,
      intake: mailIntake({ database, queue, acts: allActs, candidates: allCandidates }),
    },
    openConnection: connectionOpener(house.secretKey),
  })
  const { agents } = furnish(house)
  const runs = agents.startWork(report)
  const sweeper: Sweeper = startSweeper({
    ...{ database, queue, log, metrics, wakeAgents: agents.round },
    version: packageVersion(),
    ...(config.embeddings === undefined ? {} : { embeddings: openAiEmbeddings(config.embeddings) }),
  })
  return {
    async stop() {
      await Promise.all([sweeper.stop(), mailboxes.stop()])
      await Promise.all([runs, worker, ...workers].map((running) => running.stop()))
      await delivery.stop()
    },
  }
}

/** Receives a delivery with a span of its own, so that one trace reaches from it to the last document out. */
export async function receiveTraced(
  house: House,
  delivery: InboundRequest & {
    channel: string
    connectionId: string
    traceparent: string | undefined
  },
) {
  const { tracer, intake, metrics } = house
  const span = tracer.startSpan('inbound', delivery.traceparent, {
    channel: delivery.channel,
    connection: delivery.connectionId,
  })
  try {
    const answer = await intake.receive({ ...delivery, traceparent: span.traceparent })
    if (answer.status < 300)
      metrics.documentAccepted({
        channel: delivery.channel,
        isDuplicate: answer.body.includes('"duplicateOf"'),
      })
    else metrics.documentFailed({ channel: delivery.channel, reason: String(answer.status) })
    return answer
  } catch (error) {
    span.fail(error)
    metrics.documentFailed({ channel: delivery.channel, reason: 'error' })
    throw error
  } finally {
    span.end()
  }
}
