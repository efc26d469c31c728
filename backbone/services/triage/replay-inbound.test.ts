import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Trade } from '../../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { asJson } from '../../store/database.ts'
import { retryTransactionsAct } from '../acts/retry-transactions-act.ts'
import { clusterCandidates } from '../candidates/cluster-candidates.ts'
import { transactionsService } from '../transactions.ts'
import { followClusters } from './follow-clusters.ts'
import { triageService } from './triage-service.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const interchange = readFileSync(
  new URL('../../../fixtures/x12/northwind-850-4471.x12', import.meta.url),
  'latin1',
)

/** The purchase order of the fixture under another number, in an interchange of its own. */
const orderNo = (place: number) =>
  interchange.replaceAll('NW-4471', `NW-${place}`).replaceAll('000001001', `00000${place}`)

const cutOff = (place: number) => orderNo(place).slice(0, orderNo(place).indexOf('SE*'))

/** A partner whose address we have written down wrong: nothing of theirs can be taken. */
async function misaddressed(...places: readonly number[]) {
  const trade = await world.newTrade({ x12: { theirId: 'NORTHWEST' }, erp: {}, wms: {} })
  for (const place of places) await trade.deliver('x12', orderNo(place))
  await world.settle()
  return trade
}

const correct = (trade: Trade) =>
  trade.inTenant((tx) =>
    tx.run(sql`update connection set settings = settings || ${asJson({ theirId: 'NORTHWIND' })}
      where kind = 'x12'`),
  )

const triage = () => triageService(world)
const follow = (trade: Trade) => trade.inTenant(followClusters)

async function theCause(trade: Trade) {
  const [cluster, ...others] = await triage().clusters(trade.tenantId)
  expect(others).toEqual([])
  if (cluster === undefined) throw new Error('There is no cause.')
  return cluster
}

const replay = async (trade: Trade, clusterId: string) => {
  const { tenantId } = trade
  const selection = { cluster: clusterId }
  const counts = await transactionsService(world).replay({ tenantId, actor: 'key:Dana', selection })
  await world.settle()
  return counts
}

const links = (trade: Trade) =>
  trade.inTenant((tx) =>
    tx.rows<{ id: string; status: string; replayOf: string | null }>(
      sql`select quarantine_id as id, status, replay_of as "replayOf" from quarantine
        order by created_at, quarantine_id`,
    ),
  )

const stateOf = async (trade: Trade, clusterId: string) => {
  const [row] = await trade.inTenant((tx) =>
    tx.rows<{ state: string; recurrences: number }>(
      sql`select state, recurrences from failure_cluster where cluster_id = ${clusterId}`,
    ),
  )
  return row
}

const events = async (trade: Trade, part: string) => {
  const rows = await trade.inTenant((tx) =>
    tx.rows<{ kind: string }>(
      sql`select kind from event where kind like ${`${part}%`} order by at, event_id`,
    ),
  )
  return rows.map(({ kind }) => kind.slice(part.length))
}

test('documents nobody could read are read again together once their cause is mended, each once', async () => {
  const trade = await misaddressed(4501, 4502, 4503)
  await follow(trade)
  const cause = await theCause(trade)
  expect(cause).toMatchObject({
    state: 'open',
    count: 3,
    plan: { steps: [], forPerson: [], text: '3 documents in quarantine are read again.' },
  })
  expect(cause.plan.quarantined).toHaveLength(3)
  await correct(trade)
  expect(await replay(trade, cause.clusterId)).toEqual({ replayed: 3, dropped: 0, skipped: 0 })
  for (const place of [4501, 4502, 4503]) expect(await trade.orders(`NW-${place}`)).toHaveLength(1)
  expect((await links(trade)).map(({ status }) => status)).toEqual(Array(3).fill('released'))
  expect(await stateOf(trade, cause.clusterId)).toMatchObject({ state: 'replaying' })
  await follow(trade)
  expect(await stateOf(trade, cause.clusterId)).toEqual({ state: 'closed', recurrences: 0 })
  expect(await triage().clusters(trade.tenantId)).toEqual([])
  expect(await events(trade, 'failure-cluster.')).toEqual(['replaying', 'closed'])
})

test('what cannot be read again either is set aside anew, names what it was read from, and opens its cause again', async () => {
  const trade = await misaddressed(4511, 4512)
  await follow(trade)
  const { clusterId } = await theCause(trade)
  expect(await replay(trade, clusterId)).toMatchObject({ replayed: 2 })
  const [first, second, ...again] = await links(trade)
  expect([first?.status, second?.status]).toEqual(['released', 'released'])
  expect(again.map(({ status, replayOf }) => ({ status, replayOf }))).toEqual(
    expect.arrayContaining([
      { status: 'open', replayOf: first?.id },
      { status: 'open', replayOf: second?.id },
    ]),
  )
  await follow(trade)
  expect(await stateOf(trade, clusterId)).toEqual({ state: 'open', recurrences: 1 })
  expect(await theCause(trade)).toMatchObject({ clusterId, count: 2, recurrences: 1 })
})

test('what the sender has sent again in the meantime is left out, with the reason', async () => {
  const trade = await world.newTrade({ x12: {}, erp: {}, wms: {} })
  await trade.deliver('x12', cutOff(4521))
  await trade.deliver('x12', cutOff(4522))
  await world.settle()
  await trade.deliver('x12', orderNo(4521))
  await world.settle()
  const cause = await theCause(trade)
  expect(cause.plan).toMatchObject({ dropped: [{ operation: 'receive.x12' }] })
  expect(cause.plan.dropped[0]?.reason).toMatch(
    /^Dropped: the sender has sent it again \(receipt rcp_\w+\), and that was taken\.$/,
  )
  expect(await replay(trade, cause.clusterId)).toEqual({ replayed: 1, dropped: 1, skipped: 0 })
  expect((await links(trade)).map(({ status }) => status).toSorted()).toEqual([
    'discarded',
    'open',
    'released',
  ])
  expect(await trade.orders('NW-4521')).toHaveLength(1)
})

test('two who replay one cause at once read nothing twice', async () => {
  const trade = await misaddressed(4531, 4532)
  const { clusterId } = await theCause(trade)
  await correct(trade)
  const { tenantId } = trade
  const ask = () =>
    transactionsService(world).replay({
      ...{ tenantId, actor: 'key:Dana', selection: { cluster: clusterId } },
    })
  const counts = await Promise.all([ask(), ask()])
  expect(counts.map(({ replayed }) => replayed).toSorted()).toEqual([0, 2])
  await world.settle()
  expect(await trade.orders('NW-4531')).toHaveLength(1)
  expect(await events(trade, 'quarantine.')).toEqual(['released', 'released'])
})

test('people and agents propose it: nothing before the cause is mended, then up to fifty documents at once', async () => {
  const trade = await misaddressed(4541, 4542)
  await follow(trade)
  const { clusterId } = await theCause(trade)
  const subject = { kind: 'cluster' as const, id: clusterId }
  const candidates = () => trade.inTenant((tx) => clusterCandidates(tx, subject))
  expect(await candidates()).toEqual([])
  const { tenantId } = trade
  await triage().move({ tenantId, actor: 'key:Dana', clusterId, to: 'fixed' })
  await correct(trade)
  const [candidate, ...others] = await candidates()
  expect(others).toEqual([])
  expect(candidate?.picture).toMatchObject({
    title: 'Read 2 documents again',
    subject: { kind: 'cluster' },
    changes: [
      {
        after:
          'read again through the usual door; what fails again is set aside with its new reason',
      },
      {},
    ],
  })
  const payload = retryTransactionsAct.payload.parse(candidate?.payload)
  const done = await trade.inTenant((tx) =>
    retryTransactionsAct.execute(tx, payload, {
      ...{ actor: 'person:Ines', queue: world.queue, proposalId: 'prp_1' },
      ...{ effectKey: 'prp_1:1', behind: [], requestedBy: { kind: 'person', id: 'p', name: 'P' } },
    }),
  )
  expect(done).toEqual({ status: 'done', message: '2 documents are read again.' })
  await world.settle()
  expect(await trade.orders('NW-4541')).toHaveLength(1)
  await follow(trade)
  expect(await stateOf(trade, clusterId)).toMatchObject({ state: 'closed' })
})

test('a cause goes through its states by what is done about it', async () => {
  const trade = await misaddressed(4551)
  await follow(trade)
  const { clusterId } = await theCause(trade)
  expect(await stateOf(trade, clusterId)).toMatchObject({ state: 'open' })
  await trade.inTenant((tx) =>
    tx.run(sql`insert into agent_run (tenant_id, run_id, agent, agent_version, trigger, subject_kind, subject_id,
        requested_by, status, finished_at)
      values (${tx.tenantId}, ${`run_${tx.tenantId}`}, 'triage', '1', 'event', 'cluster', ${clusterId},
        '{"kind":"agent","id":"triage","name":"triage"}', 'succeeded', now())`),
  )
  await follow(trade)
  expect(await stateOf(trade, clusterId)).toMatchObject({ state: 'diagnosed' })
  await correct(trade)
  await replay(trade, clusterId)
  await follow(trade)
  expect(await events(trade, 'failure-cluster.')).toEqual(['diagnosed', 'replaying', 'closed'])
  // The same mistake, made again.
  await trade.inTenant((tx) =>
    tx.run(sql`update connection set settings = settings || ${asJson({ theirId: 'NORTHWEST' })}
      where kind = 'x12'`),
  )
  await trade.deliver('x12', orderNo(4552))
  await world.settle()
  await follow(trade)
  expect(await stateOf(trade, clusterId)).toEqual({ state: 'open', recurrences: 1 })
})
