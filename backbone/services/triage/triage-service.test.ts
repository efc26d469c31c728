import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../../testing/test-database.ts'
import type { CallOutcome, Connector, OutboundCall } from '../../connectors/connector.ts'
import { type Delivery, deliveryProcess } from '../../flows/outbox/delivery.ts'
import { enqueueCalls } from '../../flows/outbox/enqueue-calls.ts'
import type { OutboundIntent } from '../../flows/outbox/outbound-intent.ts'
import { type JobQueue, openJobQueue } from '../../queue/job-queue.ts'
import { asJson } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { transactionsService } from '../transactions.ts'
import { verifyEvents } from '../verify.ts'
import { noteDeployment } from './note-deployment.ts'
import { causesOfCalls, triageService } from './triage-service.ts'

let store: TestDatabase
let queue: JobQueue
const deliveries: Delivery[] = []

beforeAll(async () => {
  store = await openTestDatabase()
  queue = await openJobQueue(store.database, {
    onError: (error) => expect.unreachable(error.message),
    supervise: false,
  })
})
afterEach(async () => {
  for (const delivery of deliveries.splice(0)) await delivery.stop()
})
afterAll(async () => {
  await queue.stop()
  await store.close()
})

type Answer = (call: OutboundCall) => CallOutcome
type Asked = {
  readonly key: string
  readonly operation?: OutboundIntent['operation']
  readonly system?: 'erp' | 'wms'
  readonly order?: string
  readonly amountMinor?: number
}

const done: CallOutcome = { outcome: 'done', externalId: 'E-1' }

/** A tenant with an ERP and a WMS that answer as told; the WMS gives up at once, so that nothing waits. */
async function openTrade() {
  const { database } = store
  const tenantId = await store.newTenant()
  const idOf = (system: string) => `${system}_${tenantId}`
  const impatient = { delivery: { maxTries: 1, failuresInARow: 1_000 } }
  await database.inTenant(tenantId, (tx) =>
    tx.run(sql`insert into connection (connection_id, tenant_id, kind, name, settings)
      select kind || '_' || ${tenantId}::text, ${tenantId}, kind, kind, ${asJson(impatient)}
      from unnest(array['erp', 'wms']) as kind`),
  )
  const trade = { answer: (): CallOutcome => done }
  let answer: Answer = () => done
  const sent: string[] = []
  const connectorOf = (kind: string): Connector => ({
    kind,
    operations: ['erp.create-order', 'erp.post-invoice', 'wms.request-pick'],
    timeoutMs: 1_000,
    checkSettings: () => [],
    test: async () => ({ isReachable: true, detail: '' }),
    send: async (call) => {
      sent.push(`${call.operation} ${call.idempotencyKey}`)
      return answer(call)
    },
  })
  let isOpen = false
  const delivery = deliveryProcess({
    monotonicMs: () => performance.now() + (isOpen ? 3_600_000 : 0),
    database,
    queue,
    connectors: ['erp', 'wms'].map(connectorOf),
    openConnection: async (_tx, connectionId) => ({
      ...{ connectionId, tenantId, kind: 'erp', settings: {}, secrets: [] },
    }),
    onFinished: async () => undefined,
    report: {
      worked: () => undefined,
      failed: (_, error) => expect.unreachable(String(error)),
    },
  })
  isOpen = true
  deliveries.push(delivery)
  const inTenant = <Result>(
    work: Parameters<typeof database.inTenant<Result>>[1],
  ): Promise<Result> => database.inTenant(tenantId, work)
  const deliver = async () => {
    const rows = await inTenant((tx) =>
      tx.rows<{ id: string }>(
        sql`select distinct on (connection_id) transaction_id as id from transaction`,
      ),
    )
    await delivery.process(rows.map(({ id }) => ({ jobId: randomUUID(), tenantId, id })))
    await delivery.idle()
  }
  return {
    ...trade,
    tenantId,
    sent,
    idOf,
    inTenant,
    deliver,
    answers(next: Answer) {
      answer = next
    },
    async send(calls: readonly Asked[]) {
      await inTenant((tx) =>
        enqueueCalls(
          tx,
          queue,
          calls.map(({ key, operation, system, order, amountMinor }) => ({
            operation: operation ?? 'erp.create-order',
            connectionId: idOf(system ?? 'erp'),
            document: { docType: 'cancellation', orderNumber: key, reason: 'test' },
            naturalKey: key,
            orderingKey: key,
            idempotencyKey: `key-${key}`,
            ...(order === undefined ? {} : { orderId: order }),
            ...(amountMinor === undefined ? {} : { amountMinor }),
          })),
        ),
      )
      await deliver()
    },
    statuses: async () => {
      const rows = await inTenant((tx) =>
        tx.rows<{ status: string; count: number }>(
          sql`select status, count(*)::int as count from transaction group by status`,
        ),
      )
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]))
    },
    events: (kind: string) =>
      inTenant((tx) =>
        tx.rows<{ summary: string; actor: string }>(
          sql`select summary, actor from event where kind = ${kind} order by event_id`,
        ),
      ),
  }
}

const triage = () => triageService({ database: store.database })
const transactions = () => transactionsService({ database: store.database, queue })

/** The cause of each failed call, asked for by that call alone, is the same as among all causes of the tenant. */
async function expectOneCauseEitherWay({
  tenantId,
  inTenant,
}: Awaited<ReturnType<typeof openTrade>>) {
  const clusters = await triage().clusters(tenantId)
  const calls = clusters.flatMap((cluster) =>
    [cluster.transactionIds[0], cluster.transactionIds.at(-1)].flatMap((id) =>
      id === undefined ? [] : [{ id, cluster }],
    ),
  )
  expect(calls.length).toBeGreaterThan(0)
  for (const { id, cluster } of calls) {
    const alone = (await inTenant((tx) => causesOfCalls(tx, [id]))).get(id)
    const { connections } = cluster.blastRadius
    expect(alone).toEqual({
      ...{ clusterId: cluster.clusterId, rootEntity: cluster.rootEntity, state: cluster.state },
      ...{ remedy: cluster.remedy, advice: cluster.advice, lastFailedAt: cluster.lastFailedAt },
      proposedChange: cluster.proposedChange,
      blastRadius: { connections },
      plan: { parked: cluster.plan.parked },
    })
  }
}

const unknownItem = (item: number): CallOutcome => ({
  outcome: 'refused',
  errorClass: 'MAPPING',
  code: 'INVALID_KEY',
  message: `Invalid item reference key ${item} for subsidiary 1`,
})
const orderNotFound: CallOutcome = {
  outcome: 'refused',
  errorClass: 'DEPENDENCY',
  code: 'ORDER_NOT_FOUND',
  message: 'Order not found.',
}
const unavailable: CallOutcome = {
  outcome: 'failed',
  errorClass: 'TRANSPORT',
  code: 'HTTP_503',
  message: 'The system answered HTTP 503.',
}

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`)

test('T1_cluster: 137 failures are 3 root causes; one fix and one bulk replay resolve 94 of them', async () => {
  const trade = await openTrade()
  const { tenantId } = trade
  await trade.inTenant(async (tx) =>
    appendTenantEvents(
      tx,
      [
        {
          kind: 'master-data.updated',
          actor: 'key:Dana',
          summary: 'The product 1009 was updated.',
          body: { records: 'products', id: '1009', version: 2 },
        },
      ],
      await databaseNow(tx),
    ),
  )
  trade.answers(({ operation, idempotencyKey }) => {
    if (operation === 'wms.request-pick') return unavailable
    if (operation === 'erp.post-invoice') return orderNotFound
    return unknownItem(idempotencyKey.startsWith('key-A') ? 1009 : 2044)
  })
  const order = (key: string) => `ord_${tenantId}_${key}`
  await trade.send([
    ...numbered('A', 90).map((key) => ({ key, order: order(key), amountMinor: 1_000 })),
    ...numbered('B', 31).map((key) => ({ key, order: order(key), amountMinor: 2_000 })),
    ...numbered('P', 12).map((key) => ({
      ...{ key, order: order(key), amountMinor: 10 },
      ...({ operation: 'wms.request-pick', system: 'wms' } as const),
    })),
    ...['A-3', 'A-17', 'A-40', 'A-88'].map((of) => ({
      ...({ key: `INV-${of}`, order: order(of), operation: 'erp.post-invoice' } as const),
      amountMinor: 900,
    })),
  ])
  for (let round = 0; round < 10 && (await trade.statuses())['failed'] !== 137; round += 1)
    await trade.deliver()
  expect(await trade.statuses()).toEqual({ failed: 137 })
  await expectOneCauseEitherWay(trade)

  const clusters = await triage().clusters(tenantId)
  expect(clusters).toMatchObject([
    {
      rootEntity: 'item 1009',
      errorClass: 'MAPPING',
      remedy: 'fix_master_data',
      decision: 'propose',
      signatureId: 'netsuite-item-reference',
      confidence: 0.9,
      count: 90,
      state: 'open',
      blastRadius: { orders: 90, blocked: [{ currency: 'USD', amountMinor: 90_000, orders: 90 }] },
      priority: { score: 90_000, urgency: 1, breadth: 1 },
      plan: { parked: 0, dropped: [] },
    },
    { rootEntity: 'item 2044', count: 31, dependants: [] },
    { rootEntity: `connection ${trade.idOf('wms')}`, errorClass: 'OUTAGE', count: 12 },
  ])
  const [item1009, item2044] = clusters
  if (item1009 === undefined || item2044 === undefined) throw new Error('no causes')
  expect(item1009.dependants.map(({ naturalKey }) => naturalKey).toSorted()).toEqual([
    'INV-A-17',
    'INV-A-3',
    'INV-A-40',
    'INV-A-88',
  ])
  expect(item1009.sharedWith).toEqual([item2044.clusterId])
  expect(item1009.pattern).toBe(item2044.pattern)
  expect(item1009.plan.steps).toHaveLength(94)
  expect(item1009.plan.steps.filter(({ isDependant }) => isDependant)).toHaveLength(4)
  expect(item1009.suspects).toMatchObject([{ subject: 'products:1009', relation: 'root' }])
  expect(item2044.suspects).toEqual([])
  expect(item1009.evidence.at(-1)?.text).toContain('item 2044')

  const say = (to: 'diagnosed' | 'fix-proposed' | 'fixed', note: string) =>
    triage().move({ tenantId, actor: 'key:Dana', clusterId: item1009.clusterId, to, note })
  expect(await say('diagnosed', 'Inactive since Friday.')).toMatchObject({ outcome: 'moved' })
  expect(await say('fixed', 'Item 1009 is active again.')).toMatchObject({
    outcome: 'moved',
    cluster: { state: 'fixed', note: 'Item 1009 is active again.' },
  })

  trade.answers(() => done)
  const before = trade.sent.length
  const counts = await transactions().replay({
    tenantId,
    actor: 'key:Dana',
    selection: { cluster: item1009.clusterId },
  })
  expect(counts).toEqual({ replayed: 94, dropped: 0, skipped: 0 })
  expect(await triage().cluster(tenantId, item1009.clusterId)).toBeUndefined()
  for (let round = 0; round < 10 && (await trade.statuses())['succeeded'] !== 94; round += 1)
    await trade.deliver()
  expect(await trade.statuses()).toEqual({ succeeded: 94, failed: 43 })
  // The invoices went when their orders were through.
  const again = trade.sent.slice(before)
  expect(again).toHaveLength(94)
  for (const of of ['A-3', 'A-17', 'A-40', 'A-88'])
    expect(again.indexOf(`erp.post-invoice key-INV-${of}`)).toBeGreaterThan(
      again.indexOf(`erp.create-order key-${of}`),
    )
  expect(await trade.events('failure-cluster.closed')).toMatchObject([{ actor: 'outbox' }])
  expect((await triage().clusters(tenantId)).map(({ rootEntity }) => rootEntity)).toEqual([
    'item 2044',
    `connection ${trade.idOf('wms')}`,
  ])

  // The same item fails once more: people had done with the cause, so it is open again.
  trade.answers(() => unknownItem(1009))
  await trade.send([{ key: 'A-91', amountMinor: 5 }])
  expect(await triage().cluster(tenantId, item1009.clusterId)).toMatchObject({
    state: 'open',
    recurrences: 1,
    count: 1,
  })
  expect(await trade.events('failure-cluster.reopened')).toHaveLength(1)
  await expectOneCauseEitherWay(trade)
  const verification = await verifyEvents(store.database, { tenantIds: [tenantId] })
  expect(verification.broken).toEqual([])
})

test('a cause is closed by hand only when nothing has failed for it any more', async () => {
  const trade = await openTrade()
  const { tenantId } = trade
  trade.answers(() => unknownItem(7))
  await trade.send([{ key: 'SO-1' }])
  const [cluster] = await triage().clusters(tenantId)
  const move = { tenantId, actor: 'key:Dana', clusterId: cluster?.clusterId ?? '' }
  expect(await triage().move({ ...move, to: 'closed' })).toMatchObject({ outcome: 'not-allowed' })
  expect(await triage().move({ ...move, clusterId: 'nothing', to: 'closed' })).toEqual({
    outcome: 'not-found',
  })
})

test('a tenant’s own signature decides about class and trying again, from the next failure on', async () => {
  const trade = await openTrade()
  const { tenantId } = trade
  const refusal: CallOutcome = {
    outcome: 'refused',
    errorClass: 'SCHEMA',
    code: 'E-77',
    message: 'Article "A-9" is not in our catalogue.',
  }
  trade.answers(() => refusal)
  await trade.send([{ key: 'SO-1' }])
  const kept = await triage().putSignatures({
    tenantId,
    actor: 'key:Dana',
    signatures: [
      {
        signatureId: 'acme-no-article',
        about: 'Acme does not have the article',
        message: 'article {item} is not in our catalogue',
        errorClass: 'MAPPING',
        effect: 'refused',
      },
      {
        signatureId: 'acme-later',
        about: 'Acme asks us to come back',
        code: 'E-88',
        errorClass: 'STALE',
        effect: 'failed',
      },
    ],
  })
  expect(kept.map(({ signature }) => signature.signatureId)).toEqual([
    'acme-later',
    'acme-no-article',
  ])
  await trade.send([{ key: 'SO-2' }])
  const clusters = await triage().clusters(tenantId)
  expect(
    clusters.map(({ errorClass, rootEntity, count }) => ({ errorClass, rootEntity, count })),
  ).toEqual(expect.arrayContaining([{ errorClass: 'MAPPING', rootEntity: 'item A-9', count: 1 }]))
  // With two tries allowed, a refusal that a signature calls passing is tried again.
  await trade.inTenant((tx) => tx.run(sql`update connection set settings = '{}'::jsonb`))
  trade.answers(() => ({ ...refusal, code: 'E-88', message: 'Later.' }))
  await trade.send([{ key: 'SO-3' }])
  const [third] = await trade.inTenant((tx) =>
    tx.rows<{ status: string; error_class: string }>(
      sql`select status, error_class from transaction where natural_key = 'SO-3'`,
    ),
  )
  expect(third).toEqual({ status: 'waiting', error_class: 'STALE' })
  expect(await trade.events('signature.changed')).toHaveLength(1)
  const none = await triage().putSignatures({ tenantId, actor: 'key:Dana', signatures: [] })
  expect(none).toEqual([])
})

test('how often a call is tried is the tenant’s setting, where its connection does not say otherwise', async () => {
  const trade = await openTrade()
  const { tenantId } = trade
  await trade.inTenant((tx) => tx.run(sql`update connection set settings = '{}'::jsonb`))
  await trade.inTenant((tx) =>
    tx.run(sql`
      insert into policy_setting (tenant_id, policy, scope, version, valid_from, settings, changed_by, reason)
      values (${tenantId}, 'triage', 'tenant', 1, '2020-01-01'::text::date,
        ${asJson({ retry: { maxTries: 1 } })}, 'key:Dana', 'test')`),
  )
  trade.answers(() => unavailable)
  await trade.send([{ key: 'SO-1' }])
  expect(await trade.statuses()).toEqual({ failed: 1 })
  const [cluster] = await triage().clusters(tenantId)
  expect(cluster?.policyVersion).toBe('triage:tenant@1')
})

test('calls parked behind a connection that is away are one cause that needs no replay', async () => {
  const trade = await openTrade()
  const { tenantId } = trade
  await trade.inTenant((tx) => tx.run(sql`update connection set settings = '{}'::jsonb`))
  trade.answers(() => unavailable)
  await trade.send(numbered('SO', 6).map((key) => ({ key })))
  const [cluster, ...others] = await triage().clusters(tenantId)
  expect(others).toEqual([])
  expect(cluster).toMatchObject({
    errorClass: 'OUTAGE',
    autoRetry: 'parked',
    plan: { steps: [], parked: cluster?.count ?? 0 },
  })
  expect(cluster?.count).toBeGreaterThanOrEqual(5)
  await expectOneCauseEitherWay(trade)
})

test('a new version of the product is put on the record once, and is a suspect of what fails after it', async () => {
  const trade = await openTrade()
  const { tenantId } = trade
  for (const version of ['0.4.0', '0.4.1', '0.4.1'])
    await noteDeployment(store.database, tenantId, version)
  expect((await trade.events('product.deployed')).map(({ summary }) => summary)).toEqual([
    'Version 0.4.0 of Quittance runs.',
    'Version 0.4.1 of Quittance runs, 0.4.0 before.',
  ])
  trade.answers(() => unknownItem(7))
  await trade.send([{ key: 'SO-1' }])
  const [cluster] = await triage().clusters(tenantId)
  expect(cluster?.suspects[0]).toMatchObject({ subject: 'version:0.4.1', relation: 'path' })
})
