import { createHash } from 'node:crypto'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import type { Finding } from '../canonical/finding.ts'
import { newId } from '../canonical/ids.ts'
import type { Reading } from '../documents/reading.ts'
import { CallerMistake } from '../errors.ts'
import type { JobQueue } from '../queue/job-queue.ts'
import type { Database, TenantTx } from '../store/database.ts'
import {
  type Acceptance,
  acceptReceipts,
  keepStreamPlaces,
  type ReceiptDraft,
  takeStreamPlaces,
} from '../store/intake/accept-receipts.ts'
import type { ConnectionFinder, FoundConnection } from '../store/unscoped/find-connection.ts'
import type { BackPressure } from './back-pressure.ts'
import type { Channel, DoorAnswer, InboundRequest, IntakeResult, Peeked } from './channel.ts'
import { problemAnswer } from './door-answer.ts'

/** A delivery at the inbound door. */
type Delivery = InboundRequest & {
  readonly channel: string
  readonly connectionId: string
  readonly traceparent: string | undefined
}

/** The inbound door: authenticates, keeps, and only then answers. */
export type Intake = {
  receive(delivery: Delivery): Promise<DoorAnswer>
  /** Takes bytes from a trusted local place (watched folder, command line) for a connection, without its secret. */
  ingest(delivery: Delivery): Promise<IntakeResult>
  /** Deliveries waiting for their commit. */
  waiting(): number
  /** Resolves when every delivery taken so far is committed and answered. */
  drained(): Promise<void>
}

type Waiting = {
  readonly tenantId: string
  readonly draft: ReceiptDraft
  readonly streamKeys: readonly string[]
  settle(acceptance: Acceptance): void
  fail(error: unknown): void
}

// A commit carries at most so many deliveries and bytes, so that one flush never holds the others for long.
const maxBatch = 200
const maxBatchBytes = 8 * 1024 * 1024
const longestLingerMs = 10

/** Headers worth keeping with a receipt; credentials and signatures never are. */
const keptHeaders = [
  'content-type',
  'user-agent',
  'idempotency-key',
  'x-file-name',
  'x-shopify-topic',
  'x-shopify-shop-domain',
  'x-shopify-webhook-id',
  'x-shopify-event-id',
  'x-shopify-api-version',
  'x-shopify-triggered-at',
]

/** A key as the database can keep and index it: it knows no NUL and no half of a surrogate pair. */
function keptKey(key: string): string {
  const spelled = key.replaceAll(/\p{Surrogate}/gu, '\uFFFD').replaceAll('\0', '\uFFFD')
  if (spelled.length <= 500) return spelled
  return `${spelled.slice(0, 400)}#${createHash('sha256').update(spelled).digest('hex')}`
}

function draftOf(
  delivery: Delivery,
  connection: FoundConnection,
  peeked: Peeked,
  refused: Reading | undefined,
): ReceiptDraft {
  const headers = Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = delivery.headers[name]
      return value === undefined ? [] : [[name, value.slice(0, 500)]]
    }),
  )
  const contentType = delivery.headers['content-type']
  return {
    receiptId: newId('rcp'),
    connectionId: connection.connectionId,
    channel: connection.kind,
    transportId: refused === undefined ? keptKey(peeked.transportId) : `rejected:${newId('rcp')}`,
    ...(peeked.businessKey === undefined || refused !== undefined
      ? {}
      : { businessKey: keptKey(peeked.businessKey) }),
    sha256: createHash('sha256').update(delivery.body).digest('hex'),
    status: refused === undefined ? 'accepted' : 'rejected',
    findings: refused?.findings ?? [],
    headers,
    ...(contentType === undefined ? {} : { contentType: contentType.slice(0, 200) }),
    ...(delivery.traceparent === undefined ? {} : { traceParent: delivery.traceparent }),
    body: delivery.body,
  }
}

function resultOf(
  acceptance: Acceptance,
  refused: Reading | undefined,
  findings: readonly Finding[],
): IntakeResult {
  const { receiptId } = acceptance
  switch (acceptance.outcome) {
    case 'kept':
      return refused === undefined
        ? { verdict: 'accepted', receiptId, findings }
        : { verdict: 'rejected', receiptId, reading: refused }
    case 'duplicate':
      return { verdict: 'duplicate', receiptId }
    case 'conflict':
      return { verdict: 'conflict', receiptId, conflictsWith: acceptance.conflictsWith }
  }
}

function takeBatch(waiting: Waiting[], tenantId: string | undefined): Waiting[] {
  const batch: Waiting[] = []
  const rest: Waiting[] = []
  let bytes = 0
  for (const item of waiting.splice(0)) {
    const fits =
      item.tenantId === tenantId &&
      batch.length < maxBatch &&
      (batch.length === 0 || bytes + item.draft.body.byteLength <= maxBatchBytes)
    if (fits) bytes += item.draft.body.byteLength
    ;(fits ? batch : rest).push(item)
  }
  waiting.push(...rest)
  return batch
}

function repeatedReceipts(accepted: readonly Acceptance[]): string[] {
  const repeated = accepted.filter((acceptance) => acceptance.outcome === 'duplicate')
  return [...new Set(repeated.map((acceptance) => acceptance.receiptId))]
}

// PostgreSQL: data exceptions (22), and limits that a value breaks (54), such as an index entry too long.
function isOfContent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(22|54)/.test(String(error.code))
}

type CommitTools = Pick<IntakeOptions, 'queue' | 'onRepeated'>

/** Keeps a batch with its places in streams and the jobs that read it. */
async function keepAll(
  tx: TenantTx,
  batch: readonly Waiting[],
  { queue, onRepeated }: CommitTools,
): Promise<Acceptance[]> {
  const accepted = await acceptReceipts(
    tx,
    batch.map((item) => item.draft),
  )
  const toRead = batch.filter((item, index) => {
    const outcome = accepted[index]?.outcome
    return item.draft.status === 'accepted' && (outcome === 'kept' || outcome === 'conflict')
  })
  const inTurn = batch.filter(
    (item, index) => accepted[index]?.outcome === 'kept' && item.draft.status === 'accepted',
  )
  const places = inTurn.flatMap(({ draft: { receiptId }, streamKeys }) =>
    streamKeys.map((streamKey) => ({ receiptId, streamKey })),
  )
  await keepStreamPlaces(tx, await takeStreamPlaces(tx, places))
  await queue.enqueue(
    tx,
    'read-receipt',
    toRead.map((item) => item.draft.receiptId),
  )
  await onRepeated?.(tx, repeatedReceipts(accepted))
  return accepted
}

/** Deliveries that came within the same moment share one transaction: many answers, one commit. */
function groupCommit({ database, ...tools }: CommitTools & Pick<IntakeOptions, 'database'>) {
  const waiting: Waiting[] = []
  let flushing: Promise<void> | undefined

  // One delivery the database cannot keep must not take those down that came in the same moment.
  async function commitApart(tenantId: string, batch: readonly Waiting[]): Promise<void> {
    const middle = Math.ceil(batch.length / 2)
    for (const part of [batch.slice(0, middle), batch.slice(middle)])
      if (part.length > 0) await commit(tenantId, () => part)
  }
  // The batch is chosen when the transaction has begun: whoever came while it waited for its turn is in it.
  async function commit(tenantId: string, choose: () => readonly Waiting[]): Promise<void> {
    let batch: readonly Waiting[] | undefined
    try {
      const acceptances = await database.inTenant(tenantId, (tx) => {
        // Once: a transaction that gave way to another is done again, with the same deliveries.
        batch ??= choose()
        return keepAll(tx, batch, tools)
      })
      batch?.forEach((item, index) => {
        const acceptance = acceptances[index]
        if (acceptance !== undefined) item.settle(acceptance)
      })
    } catch (error) {
      const failed = batch ?? choose()
      if (failed.length > 1 && isOfContent(error)) await commitApart(tenantId, failed)
      else for (const item of failed) item.fail(error)
    }
  }
  // Senders that were answered together send again almost together. Waiting a moment for the last of them keeps them
  // together: otherwise commits become ever smaller and more, and cost most just when there is most to do.
  let lastCount = 0
  let lastMs = 0
  async function flush(): Promise<void> {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const { tenantId } = next
      // At the least let the sockets that are ready be read: the built-in database answers without ever giving
      // way to them, and every delivery would be a commit of its own.
      if (lastCount > 1) await wait(Math.min(longestLingerMs, lastMs / 3))
      await setImmediate()
      const startedAtMs = performance.now()
      await commit(tenantId, () => {
        const batch = takeBatch(waiting, tenantId)
        lastCount = batch.length
        return batch
      })
      lastMs = performance.now() - startedAtMs
    }
    flushing = undefined
  }
  return {
    keep(
      tenantId: string,
      draft: ReceiptDraft,
      streamKeys: readonly string[],
    ): Promise<Acceptance> {
      return new Promise((settle, fail) => {
        waiting.push({ tenantId, draft, streamKeys, settle, fail })
        flushing ??= flush()
      })
    },
    waiting: () => waiting.length,
    drained: async () => {
      while (flushing !== undefined) await flushing
    },
  }
}

/** What the inbound door is built from. */
type IntakeOptions = {
  readonly database: Database
  readonly queue: JobQueue
  readonly connections: ConnectionFinder
  readonly channels: readonly Channel[]
  /** Refuses what cannot be kept now, and bounds how long a delivery waits. */
  readonly pressure?: Pick<BackPressure, 'assertTakes' | 'inTime'>
  /** Called, in the transaction that counts them, for receipts that came again with the same content. */
  readonly onRepeated?: (tx: TenantTx, receiptIds: readonly string[]) => Promise<void>
}

/** Opens the inbound door over its channels. */
export function openIntake(options: IntakeOptions): Intake {
  const { connections } = options
  const channels = new Map(options.channels.map((channel) => [channel.kind, channel]))
  const commits = groupCommit(options)

  async function take(
    delivery: Delivery,
    connection: FoundConnection,
    channel: Channel,
  ): Promise<IntakeResult> {
    options.pressure?.assertTakes(connection.tenantId)
    const refused = channel.refuse?.(delivery, connection)
    const peeked = channel.peek(delivery, connection)
    const draft = draftOf(delivery, connection, peeked, refused)
    const acceptance = await commits.keep(
      connection.tenantId,
      draft,
      peeked.streamKeys.map(keptKey),
    )
    return resultOf(acceptance, refused, channel.findings?.(delivery) ?? [])
  }
  async function receive(delivery: Delivery): Promise<DoorAnswer> {
    const connection = await connections.find(delivery.connectionId)
    const channel = channels.get(delivery.channel)
    // A stranger does not learn whether it was the connection or the secret that was wrong.
    const isTheirs = connection?.isEnabled === true && connection.kind === delivery.channel
    if (!isTheirs || channel === undefined || !channel.isAuthentic(delivery, connection))
      return problemAnswer(
        401,
        'not-authentic',
        'No secret of this connection vouches for the delivery.',
      )
    return channel.answer(await take(delivery, connection, channel))
  }
  return {
    receive(delivery) {
      const answer = receive(delivery)
      return options.pressure?.inTime(delivery.body.byteLength, answer) ?? answer
    },
    async ingest(delivery) {
      const connection = await connections.find(delivery.connectionId)
      const channel = channels.get(connection?.kind ?? '')
      if (connection === undefined || channel === undefined)
        throw new CallerMistake(
          404,
          'unknown-connection',
          `There is no inbound connection ${delivery.connectionId}.`,
        )
      return take(delivery, connection, channel)
    },
    waiting: commits.waiting,
    drained: commits.drained,
  }
}
