import { afterAll, beforeAll, expect, test } from 'vitest'
import { doAct } from '../../../testing/act-bench.ts'
import { purchaseOrder } from '../../../testing/flow-papers.ts'
import type { Trade } from '../../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../../testing/flow-world.ts'
import { SubstitutionRule } from '../../canonical/availability-data.ts'
import { PriceList, Product } from '../../canonical/master-data.ts'
import { OrderLineExplanation } from '../../canonical/views/order-line-explanation.ts'
import { StoryEntry } from '../../canonical/views/order-story.ts'
import type { Database, TenantTx } from '../../store/database.ts'
import { priceListFile } from '../../store/master-data/price-list-file.ts'
import { productFile } from '../../store/master-data/product-file.ts'
import { substitutionRuleFile } from '../../store/master-data/substitution-rule-file.ts'
import { repriceLineAct } from '../acts/reprice-line-act.ts'
import { orderStandingService } from '../order-standing/order-standing.ts'
import { orderStoryService } from '../order-story.ts'
import { orderLinesService } from './explain-line.ts'

let world: FlowWorld
beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const explain = async ({ tenantId }: Trade, order: string, line: string) => {
  const found = await orderLinesService(world).explain({ tenantId, order, line })
  return OrderLineExplanation.parse(found ?? expect.unreachable('The line is not explained.'))
}

/** The same database, telling how many statements were asked of it. */
function counting({ database }: FlowWorld) {
  const asked = { statements: 0 }
  const counted: Database = {
    ...database,
    inTenant: (tenantId, work) =>
      database.inTenant(tenantId, (tx) => {
        const told: TenantTx = {
          ...tx,
          rows: (query) => {
            asked.statements += 1
            return tx.rows(query)
          },
        }
        return work(told)
      }),
  }
  return { asked, database: counted }
}

const textsOf = (evidence: readonly { readonly text: string }[] = []) =>
  evidence.map(({ text }) => text).join('\n')

test('a price that is off is explained by the record of its day, and apart from it by the rules of now', async () => {
  const trade = await world.newTrade()
  await trade.send(
    purchaseOrder('PO-1', [
      { sku: 'PMP-1003', quantity: 4, unitPrice: '230' },
      { sku: 'CBL-1006', quantity: 1, unitPrice: '136.29' },
      { sku: 'TLS-1002', quantity: 2, unitPrice: '5' },
    ]),
  )
  const { orderId } = await trade.order('PO-1')
  const before = await explain(trade, orderId, '1')
  expect(before.buyer).toMatchObject({ asWritten: '230', differenceMinor: -8_000 })
  expect(before.tolerance).toMatchObject({
    ...{ direction: 'below', percent: '0.5', lineMinor: 500, isAsRecorded: true },
  })
  const [decision] = before.recorded.decisions
  expect(decision).toMatchObject({ kind: 'order.validated', at: before.recorded.decidedAt })
  const evidence = decision?.findings.flatMap((finding) => finding.evidence ?? []) ?? []
  expect(textsOf(evidence)).toContain('list:LIST gives 250')
  expect(evidence.find(({ values }) => values?.['rule'] === 'base-price')?.values).toMatchObject({
    validFrom: '2020-01-01',
  })
  expect(before.now).toMatchObject({ unitPrice: '250.0000', isAsRecorded: true })

  // A new list tomorrow is no reason why the price was what it was.
  await trade.inTenant((tx) =>
    priceListFile.write(tx, [
      PriceList.parse({
        ...{ priceListId: 'LIST', name: 'List', currency: 'USD', validFrom: '2020-01-01' },
        prices: [{ sku: 'PMP-1003', minimumQuantity: 1, unitPrice: '260' }],
      }),
    ]),
  )
  const after = await explain(trade, orderId, '1')
  expect(after.recorded).toEqual(before.recorded)
  expect(after.now).toMatchObject({ unitPrice: '260.0000', isAsRecorded: false })

  const clean = await explain(trade, orderId, '2')
  expect(clean.recorded).toMatchObject({ unitPrice: '136.29', source: 'list:LIST' })
  expect(clean.recorded.decisions).toMatchObject([{ kind: 'order.validated', findings: [] }])
  expect(clean.tolerance).toBeNull()
})

test('of a finding of several lines, each line is told its own part', async () => {
  const trade = await world.newTrade()
  await trade.send(
    purchaseOrder('PO-2', [
      { sku: 'PMP-1003', quantity: 4, unitPrice: '231.77' },
      { sku: 'CBL-1006', quantity: 3, unitPrice: '111.13' },
    ]),
  )
  const { orderId, findings } = await trade.order('PO-2')
  expect(findings).toMatchObject([{ kind: 'PRICE_MISMATCH_UNEXPLAINED', lines: ['1', '2'] }])
  const second = await explain(trade, orderId, '2')
  const evidence = second.recorded.decisions.flatMap(({ findings: found }) =>
    found.flatMap((finding) => finding.evidence ?? []),
  )
  expect(textsOf(evidence)).toContain('list:LIST gives 136.29')
  expect(textsOf(evidence)).not.toContain('list:LIST gives 250')
})

test('a short line shows what could stand in for it, with its stock, price and days, and takes nothing', async () => {
  const trade = await world.newTrade({
    ...{ json: { cancelWindowSeconds: 1_800 }, x12: {}, erp: {}, wms: {} },
  })
  await trade.inTenant(async (tx) => {
    await productFile.write(tx, [
      Product.parse({ sku: 'PMP-TWIN', name: 'Pump, twin', productClass: 'PMP' }),
    ])
    await priceListFile.write(tx, [
      PriceList.parse({
        ...{ priceListId: 'TWIN', name: 'Twins', currency: 'USD', validFrom: '2020-01-01' },
        prices: [{ sku: 'PMP-TWIN', minimumQuantity: 1, unitPrice: '240' }],
      }),
    ])
    await substitutionRuleFile.write(tx, [
      SubstitutionRule.parse({
        ...{ ruleId: 'R-1', sku: 'PMP-1003', substituteSku: 'PMP-TWIN', kind: 'approved' },
        validFrom: '2020-01-01',
      }),
    ])
  })
  await trade.count([
    { sku: 'PMP-1003', warehouse: 'DAL', onHandEach: 5 },
    { sku: 'PMP-1003', warehouse: 'CHI', onHandEach: 0 },
    { sku: 'PMP-TWIN', warehouse: 'DAL', onHandEach: 80 },
  ])
  await trade.send(
    purchaseOrder('PO-3', [
      { sku: 'PMP-1003', quantity: 20, unitPrice: '250' },
      { sku: 'CBL-1006', quantity: 1, unitPrice: '136.29' },
    ]),
  )
  const { orderId, orderNumber } = await trade.order('PO-3')
  const short = await explain(trade, orderNumber, '1')
  expect(short.orderId).toBe(orderId)
  expect(short.quantities.map(({ what, each }) => [what, each])).toEqual([
    ['ordered', 20],
    ['allocated', 5],
    ['missing', 15],
  ])
  expect(short.dates.now).toMatchObject({ kind: 'SHORT', completeOn: null })
  expect(short.alternatives).toMatchObject({
    tooLate: null,
    substitutes: [
      {
        ...{ sku: 'PMP-TWIN', name: 'Pump, twin', isInStock: true, warehouse: 'DAL' },
        stock: [{ warehouse: 'DAL', onHandEach: 80, promisableEach: 80 }],
        ...{ unitPrice: '240.0000', quantityEach: 20, differenceMinor: -20_000 },
      },
    ],
  })
  expect(textsOf(short.alternatives?.evidence)).toContain('Cost')
  expect((await explain(trade, orderId, '2')).alternatives).toBeNull()
  expect((await trade.order('PO-3')).lines[0]?.allocatedEach).toBe(5)
  const nothing = { tenantId: trade.tenantId, order: orderId, line: '9' }
  expect(await orderLinesService(world).explain(nothing)).toBeUndefined()
})

test('explaining one line asks a few statements, however many lines the order has', async () => {
  const trade = await world.newTrade()
  const lines = Array.from({ length: 60 }, () => ({ sku: 'PMP-1003', quantity: 1 }))
  await trade.send(purchaseOrder('PO-6', [{ sku: 'PMP-1003', quantity: 1 }, ...lines]))
  await trade.send(purchaseOrder('PO-7', [{ sku: 'PMP-1003', quantity: 1 }]))
  const { tenantId } = trade
  const asked = async (purchaseOrderNumber: string) => {
    const { orderId: order } = await trade.order(purchaseOrderNumber)
    const counted = counting(world)
    await orderLinesService(counted).explain({ tenantId, order, line: '1' })
    return counted.asked.statements
  }
  const many = await asked('PO-6')
  expect(many).toBe(await asked('PO-7'))
  expect(many).toBeLessThanOrEqual(14)
})

test('a price that was off and was settled is not said to have passed', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-8', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '230' }]))
  const { orderId } = await trade.order('PO-8')
  await doAct(world, trade, repriceLineAct, { orderId, line: '1', to: 'ours' })
  const { tenantId } = trade
  const standing = await orderStandingService(world).read({ tenantId, order: orderId })
  expect(standing?.checks.find(({ check }) => check === 'price')).toMatchObject({
    outcome: 'lifted',
    text: expect.stringMatching(/^Found then, and settled since: Line 1: ordered at 230/),
  })
  const line = await explain(trade, orderId, '1')
  expect(line.recorded.decisions.map(({ kind }) => kind)).toEqual([
    'line.repriced',
    'order.validated',
  ])
  expect(line.recorded.settled?.price?.of).toBe('ours')
  expect(line.recorded.decidedBy).toBe('Ines')
  expect(line.recorded.decidedAt).toBe(line.recorded.settled?.price?.at)
})

test('an order says what it waits for and who lifts it, what it passed and by which number, and what comes next', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-4', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '230' }]))
  const { orderId } = await trade.order('PO-4')
  const read = () => orderStandingService(world).read({ tenantId: trade.tenantId, order: orderId })
  const standing = (await read()) ?? expect.unreachable('There is no standing.')
  expect(standing.waitsFor).toMatchObject([
    {
      ...{ type: 'PRICE', desk: 'pricing', role: 'operator', liftsItself: false },
      atEnd: 'Nobody has decided in time: take it to the next level.',
    },
  ])
  const [hold] = standing.waitsFor
  expect(hold?.endsAt).not.toBeNull()
  expect(textsOf(hold?.evidence)).toContain('list:LIST gives 250')
  const checks = new Map(standing.checks.map((check) => [check.check, check]))
  expect(checks.get('customer')).toMatchObject({ outcome: 'passed' })
  expect(checks.get('duplicate')).toMatchObject({ outcome: 'passed' })
  expect(checks.get('price')).toMatchObject({ outcome: 'found' })
  expect(checks.get('stock')?.text).toBe('All 4 units are there: 4 kept for it.')
  expect(checks.get('stock')?.isNow).toBe(true)
  expect(checks.get('duplicate')).toMatchObject({ isNow: false })
  expect(checks.get('duplicate')?.recordedAt).not.toBeNull()
  expect(standing.next[0]?.text).toBe('It goes to the ERP as soon as nothing holds its release.')
})

test('the story of an order is one stream, the newest first, in pages and by sort', async () => {
  const trade = await world.newTrade()
  await trade.send(purchaseOrder('PO-5', [{ sku: 'PMP-1003', quantity: 4, unitPrice: '230' }]))
  const { orderId: order } = await trade.order('PO-5')
  const { tenantId } = trade
  const page = async (after: string | undefined, sort?: StoryEntry['sort']) => {
    const found = await orderStoryService(world).list({
      ...{ tenantId, order, sort, mayReadMessages: true, page: { limit: 2, after } },
    })
    return found ?? expect.unreachable('There is no story.')
  }
  const seen: StoryEntry[] = []
  for (let after: string | undefined | null; after !== null; ) {
    const { items, next } = await page(after)
    seen.push(...items.map((item) => StoryEntry.parse(item)))
    after = next
  }
  expect(new Set(seen.map(({ entryId }) => entryId)).size).toBe(seen.length)
  expect(seen.map(({ at }) => at)).toEqual(
    seen
      .map(({ at }) => at)
      .toSorted()
      .reverse(),
  )
  expect(new Set(seen.map(({ sort }) => sort))).toEqual(new Set(['flow', 'document', 'hold']))
  const holds = await page(undefined, 'hold')
  expect(holds.items).toMatchObject([{ kind: 'hold.placed', hand: 'house' }])
})
