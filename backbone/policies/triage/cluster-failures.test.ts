import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { FailureClass } from '../../canonical/failures/failure-class.ts'
import { blastRadius, priorityOf } from './blast-radius.ts'
import { clusterFailures, type FailedCall, type RootCause } from './cluster-failures.ts'
import { clusterMove } from './cluster-state.ts'
import { failureFingerprint } from './fingerprint.ts'
import { proposedChange } from './proposed-change.ts'
import { type PlannedCall, replayPlan } from './replay-plan.ts'
import { type Change, suspectsOf } from './suspects.ts'
import { triagePolicy } from './triage-settings.ts'

const { settings } = triagePolicy.inForce([], {}, '2026-11-22')

type Draft = {
  readonly at: number
  readonly errorClass: FailureClass
  readonly message: string
  readonly operation?: string
  readonly connection?: 'erp' | 'wms'
  readonly order?: number | null
  readonly amountMinor?: number | null
}

function failedCall({
  at,
  errorClass,
  message,
  operation,
  connection,
  order,
  amountMinor,
}: Draft): FailedCall {
  const kind = connection ?? 'erp'
  const connectionId = `con_${kind}`
  const asked = operation ?? 'erp.create-order'
  const facts = { connectionKind: kind, connectionId, operation: asked, errorClass, message }
  const { rootPattern, rootEntity } = failureFingerprint({ ...facts, code: 'X' })
  return {
    ...facts,
    transactionId: `txn_${String(at).padStart(4, '0')}`,
    orderId: order === null ? null : `ord_${order ?? at}`,
    orderNumber: order === null ? null : `SO-${order ?? at}`,
    customerNumber: `C-${(order ?? at) % 7}`,
    naturalKey: `SO-${order ?? at}`,
    rootKey: `${rootPattern}/${rootEntity ?? ''}`,
    code: 'X',
    amountMinor: amountMinor ?? null,
    currency: 'USD',
    failedAt: new Date(Date.UTC(2026, 10, 22, 10, 0, at)).toISOString(),
    isParked: false,
  }
}

const many = (count: number, from: number, draft: Omit<Draft, 'at'>) =>
  Array.from({ length: count }, (_, index) => failedCall({ at: from + index, ...draft }))

const unknownItem = (item: number) => ({
  errorClass: 'MAPPING' as const,
  message: `Invalid item reference key ${item} for subsidiary 1`,
  amountMinor: 10_000,
})

/** 90 and 31 unknown items, 12 times a WMS that is away, 4 invoices of orders in the first group. */
const t1: readonly FailedCall[] = [
  ...many(90, 0, unknownItem(1009)),
  ...many(31, 100, unknownItem(2044)),
  ...many(12, 200, {
    errorClass: 'TRANSPORT',
    message: 'The system answered HTTP 503.',
    connection: 'wms',
    operation: 'wms.request-pick',
  }),
  ...[3, 17, 40, 88].map((order, index) =>
    failedCall({
      at: 300 + index,
      errorClass: 'DEPENDENCY',
      message: 'Order not found.',
      operation: 'erp.post-invoice',
      order,
      amountMinor: 900,
    }),
  ),
]

const casesFile = resolve(process.cwd(), '../shared/domain-cases.json')

test.skipIf(!existsSync(casesFile))(
  'T1_cluster: the case has as many failures as the rules say',
  () => {
    const cases = z
      .object({ T1_cluster: z.object({ total: z.int() }) })
      .parse(JSON.parse(readFileSync(casesFile, 'utf8')))
    expect(t1).toHaveLength(cases.T1_cluster.total)
  },
)

test('T1_cluster: 137 failures are 3 root causes with 4 dependants under item 1009; one replay resolves 94', () => {
  expect(t1).toHaveLength(137)
  const causes = clusterFailures(t1)
  const found = causes.map((cause) => ({
    root: cause.rootEntity,
    calls: cause.calls.length,
    dependants: cause.dependants.length,
    shared: cause.sharedWith.length,
  }))
  expect(found.toSorted((a, b) => b.calls - a.calls)).toEqual([
    { root: 'item 1009', calls: 90, dependants: 4, shared: 1 },
    { root: 'item 2044', calls: 31, dependants: 0, shared: 1 },
    { root: 'connection con_wms', calls: 12, dependants: 0, shared: 0 },
  ])
  const [item1009] = causes.filter(({ rootEntity }) => rootEntity === 'item 1009')
  if (item1009 === undefined) throw new Error('no cause for item 1009')
  const plan = replayPlan(item1009, t1.map(standing))
  expect(plan.steps).toHaveLength(137)
  const own = new Set([...item1009.calls, ...item1009.dependants].map((call) => call.transactionId))
  const ofCause = replayPlan(
    item1009,
    t1.filter((call) => own.has(call.transactionId)).map(standing),
  )
  expect(ofCause.steps).toHaveLength(94)
  expect(ofCause.steps.slice(90).every(({ isDependant }) => isDependant)).toBe(true)
  expect(ofCause.text).toBe(
    '90 calls go again in the order they came, each with its first key. 4 calls that waited for them follow when they are through.',
  )
})

function standing(call: FailedCall): PlannedCall {
  return {
    transactionId: call.transactionId,
    operation: call.operation,
    naturalKey: call.naturalKey,
    keySeq: Number(call.transactionId.slice(4)),
    orderStage: 'held',
    isDone: false,
  }
}

test('the causes are the same in whatever order the failures come', () => {
  const expected = clusterFailures(t1)
  fc.assert(
    fc.property(fc.shuffledSubarray([...t1], { minLength: t1.length }), (shuffled) => {
      expect(clusterFailures(shuffled)).toEqual(expected)
    }),
    { numRuns: 50 },
  )
})

const anyCall = fc
  .record({
    errorClass: fc.constantFrom<FailureClass>('MAPPING', 'DEPENDENCY', 'TRANSPORT', 'SCHEMA'),
    connection: fc.constantFrom('erp' as const, 'wms' as const),
    operation: fc.constantFrom('erp.create-order', 'erp.post-invoice', 'wms.request-pick'),
    order: fc.option(fc.integer({ min: 1, max: 4 })),
    item: fc.integer({ min: 1, max: 3 }),
    names: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ item, names, ...draft }) => ({
    ...draft,
    message:
      draft.errorClass === 'DEPENDENCY' ? `Order SO-${names} not found` : `Unknown item ${item}`,
  }))

test('any failures fall into the same causes in any order, each into exactly one', () => {
  fc.assert(
    fc.property(
      fc.array(anyCall, { maxLength: 25 }),
      fc.infiniteStream(fc.nat()),
      (drafts, keys) => {
        const calls = drafts.map((draft, at) => failedCall({ at, ...draft }))
        const shuffled = calls
          .map((call) => ({ call, key: keys.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ call }) => call)
        const causes = clusterFailures(calls)
        expect(clusterFailures(shuffled)).toEqual(causes)
        const placed = causes.flatMap((cause) => [...cause.calls, ...cause.dependants])
        expect(placed.map((call) => call.transactionId).toSorted()).toEqual(
          calls.map((call) => call.transactionId).toSorted(),
        )
      },
    ),
    { numRuns: 300 },
  )
})

const causeOf = (calls: readonly FailedCall[]): RootCause => {
  const [cause] = clusterFailures(calls)
  if (cause === undefined) throw new Error('no cause')
  return cause
}

test('an invoice without an order of ours belongs to the order its refusal names', () => {
  const [order] = many(1, 7, unknownItem(1009))
  const invoice = failedCall({
    at: 9,
    errorClass: 'DEPENDENCY',
    message: 'Order SO-7 not found',
    operation: 'erp.post-payment',
    order: null,
  })
  if (order === undefined) throw new Error('no order')
  expect(causeOf([invoice, order])).toMatchObject({ calls: [order], dependants: [invoice] })
})

test('a call that waits for an order nobody knows of is a cause of its own', () => {
  const alone = failedCall({ at: 1, errorClass: 'DEPENDENCY', message: 'Order not found.' })
  expect(causeOf([alone])).toMatchObject({ calls: [alone], dependants: [] })
})

test('an order held up by its creation and its invoice counts once, with the larger amount', () => {
  const cause = causeOf(t1.filter((call) => ['ord_3', 'ord_17'].includes(call.orderId ?? '')))
  const radius = blastRadius(cause, {
    dueAt: new Map([
      ['ord_3', '2026-11-22T12:00:00.000Z'],
      ['ord_17', '2026-11-23T12:00:00.000Z'],
    ]),
    waitingBehind: new Map([['txn_0003', 2]]),
  })
  expect(radius).toMatchObject({
    orders: 2,
    customers: 1,
    waitingBehind: 2,
    nearestDueAt: '2026-11-22T12:00:00.000Z',
    blocked: [{ currency: 'USD', amountMinor: 20_000, orders: 2 }],
  })
})

test.each([
  ['past its promise', '2026-11-22T11:00:00Z', 4],
  ['within four hours', '2026-11-22T15:59:00Z', 3],
  ['within a day', '2026-11-23T11:00:00Z', 2],
  ['later', '2026-11-25T11:00:00Z', 1],
  ['without a promise', undefined, 1],
])('priority is value x urgency x breadth: an order %s', (_name, nearestDueAt, urgency) => {
  const radius = {
    orders: 3,
    customers: 2,
    connections: [],
    operations: [],
    waitingBehind: 0,
    blocked: [
      { currency: 'EUR', amountMinor: 1_000, orders: 1 },
      { currency: 'USD', amountMinor: 5_000, orders: 2 },
    ],
    nearestDueAt,
  }
  const now = '2026-11-22T12:00:00Z'
  expect(priorityOf(radius, { settings, now })).toEqual({
    score: 6_000 * urgency * 2,
    value: 6_000,
    urgency,
    breadth: 2,
  })
  const rated = { ...settings, planningRates: { EUR: 2 } }
  expect(priorityOf(radius, { settings: rated, now }).value).toBe(7_000)
})

const change = (facts: Partial<Change>): Change => ({
  kind: 'master-data',
  subject: 'products:BOLT-9',
  at: '2026-11-22T09:30:00.000Z',
  actor: 'key:Dana',
  summary: 'The product BOLT-9 was updated.',
  alsoKnownAs: ['1009'],
  ...facts,
})

test('changes in the day before the first failure are suspects, the thing at the root first', () => {
  const cause = causeOf(many(3, 0, unknownItem(1009)))
  const changes = [
    change({
      subject: 'policy:pricing',
      kind: 'policy',
      alsoKnownAs: [],
      at: '2026-11-22T09:59:00.000Z',
    }),
    change({ subject: 'version:0.4.1', kind: 'deployment', alsoKnownAs: [] }),
    change({ subject: 'products:', alsoKnownAs: [], summary: 'Bulk load of products.' }),
    change({}),
    change({ subject: 'products:OTHER', alsoKnownAs: ['77'] }),
    change({ subject: 'connection:con_wms', kind: 'connection', alsoKnownAs: [] }),
    change({ subject: 'connection:con_erp', kind: 'connection', alsoKnownAs: [] }),
    change({ subject: 'products:BOLT-9', at: '2026-11-21T09:59:59.000Z' }),
    change({ subject: 'products:BOLT-9', at: '2026-11-22T10:00:01.000Z' }),
  ]
  const suspects = suspectsOf(cause, changes, { errorClass: 'MAPPING', settings })
  expect(suspects.map(({ subject, relation }) => [subject, relation])).toEqual([
    ['products:BOLT-9', 'root'],
    ['connection:con_erp', 'path'],
    ['version:0.4.1', 'path'],
    ['policy:pricing', 'time'],
    ['products:', 'time'],
  ])
  expect(suspects[0]?.text).toBe(
    'The product BOLT-9 was updated. 30 minutes before the first failure, by key:Dana; it is the very thing the failures name.',
  )
})

test('a line that is away is not laid at the door of a product', () => {
  const cause = causeOf(t1.filter((call) => call.connectionKind === 'wms'))
  const changes = [
    change({ subject: 'products:' }),
    change({ subject: 'connection:con_wms', kind: 'connection' }),
  ]
  const suspects = suspectsOf(cause, changes, { errorClass: 'OUTAGE', settings })
  expect(suspects.map(({ subject }) => subject)).toEqual(['connection:con_wms'])
})

test('before a replay every call is read again; what is cancelled, superseded or posted is dropped with the reason', () => {
  const cause = causeOf(many(6, 0, unknownItem(1009)))
  const changed: Partial<PlannedCall>[] = [
    {},
    { orderStage: 'cancelled' },
    { isDone: true },
    { isPosted: true },
    { operation: 'erp.change-order', isSuperseded: true },
    { operation: 'wms.request-pick', pickStatus: 'cancelled' },
  ]
  const plan = replayPlan(
    cause,
    cause.calls.map((call, index) => ({ ...standing(call), ...changed[index] })),
  )
  expect(plan.steps.map(({ transactionId }) => transactionId)).toEqual(['txn_0000'])
  expect(plan.dropped.map(({ reason }) => reason)).toEqual([
    'Dropped: its order is cancelled.',
    'Dropped: a later call has had this effect already.',
    'Dropped: the ERP has the order already.',
    'Dropped: a newer version of it waits to be sent.',
    'Dropped: its pick was given back.',
  ])
})

test('calls parked behind a connection that is away need no replay', () => {
  const cause = causeOf(t1.slice(0, 2).map((call) => ({ ...call, isParked: true })))
  expect(replayPlan(cause, [])).toMatchObject({
    steps: [],
    parked: 2,
    text: '2 calls are parked and go by themselves once the connection is back.',
  })
})

test('every remedy names what to change and where', () => {
  const cause = causeOf(many(2, 0, unknownItem(1009)))
  const radius = blastRadius(cause, { dueAt: new Map(), waitingBehind: new Map() })
  const change = proposedChange(cause, { remedy: 'fix_master_data', advice: '' }, radius)
  expect(change).toEqual({
    subject: 'item 1009',
    text: 'Create or correct item 1009 in the system behind con_erp, or our cross-reference to it. It says: "Invalid item reference key 1009 for subsidiary 1".',
  })
})

test.each([
  ['open', 'diagnosed', 3, true],
  ['diagnosed', 'fix-proposed', 3, true],
  ['fix-proposed', 'fixed', 3, true],
  ['fixed', 'replaying', 3, true],
  ['replaying', 'closed', 0, true],
  ['replaying', 'closed', 1, false],
  ['closed', 'open', 1, true],
  ['closed', 'fixed', 0, false],
  ['fixed', 'diagnosed', 3, true],
  ['open', 'open', 3, false],
] as const)('a cause that is %s becomes %s with %i failed: %s', (from, to, failed, isAllowed) => {
  expect(clusterMove(from, to, { failed }).isAllowed).toBe(isAllowed)
})
