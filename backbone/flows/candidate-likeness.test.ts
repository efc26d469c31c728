import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { ClassRule } from '../canonical/availability-data.ts'
import { PriceList, Product } from '../canonical/master-data.ts'
import { Order } from '../canonical/order.ts'
import { checkOrder } from '../services/check-order.ts'
import { type Embeddings, productVectorRound } from '../services/product-vectors.ts'
import { classRuleFile } from '../store/master-data/class-rule-file.ts'
import { priceListFile } from '../store/master-data/price-list-file.ts'
import { productFile } from '../store/master-data/product-file.ts'
import { createLog } from '../telemetry/log.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

// The same in all that rules look at; by spelling C is the nearest to what was ordered, then B, then A.
const names: Readonly<Record<string, string>> = {
  'P-0': 'Circulating pump Alta 25-60',
  'P-A': 'Heating water unit',
  'P-B': 'Pump Alta, circulating',
  'P-C': 'Circulating pump Alta 25-60 N',
  'P-460': 'Circulating pump Alta 25-60',
}

const pump = (sku: string, name = names[sku]) =>
  Product.parse({
    ...{ sku, name, productClass: 'PMP', landedCost: '50' },
    attributes: { voltage: sku === 'P-460' ? '460' : '230' },
  })

/** A trade whose pump P-0 is sold out, with three equal ones beside it and one of another voltage. */
async function pumpTrade(): Promise<Trade> {
  const trade = await world.newTrade()
  await trade.inTenant(async (tx) => {
    await classRuleFile.write(tx, [
      ClassRule.parse({
        productClass: 'PMP',
        attributes: [{ name: 'voltage', role: 'safety-equal' }],
      }),
    ])
    await productFile.write(
      tx,
      Object.keys(names).map((sku) => pump(sku)),
    )
    await priceListFile.write(tx, [
      PriceList.parse({
        ...{ priceListId: 'PUMPS', name: 'Pumps', currency: 'USD', validFrom: '2020-01-01' },
        prices: Object.keys(names).map((sku) => ({ sku, unitPrice: '90' })),
      }),
    ])
  })
  await trade.count(
    Object.keys(names).map((sku) => ({ sku, warehouse: 'DAL', onHandEach: sku === 'P-0' ? 0 : 9 })),
  )
  return trade
}

async function answered(trade: Trade) {
  const order = Order.parse(purchaseOrder('PO-1', [{ sku: 'P-0', quantity: 4 }]))
  const { decisions } = await checkOrder(world)({ tenantId: trade.tenantId, order })
  const [decision] = decisions.filter(({ policy }) => policy === 'substitution')
  return {
    offered: decision?.alternatives.flatMap(({ values }) => values?.['sku'] ?? []),
    against: decision?.evidence.map(({ text }) => text),
  }
}

const fill = (trade: Trade, embeddings?: Embeddings) =>
  productVectorRound({
    ...{ database: world.database, queue: world.queue, log: createLog({ level: 'silent' }) },
    ...(embeddings === undefined ? {} : { embeddings }),
  })(trade.tenantId, 600_000)

// A service for which the heating unit is what was ordered, and the pump of another voltage too.
const ofMeaning: Embeddings = {
  model: 'meaning',
  embed: async (texts) => ({
    outcome: 'done',
    vectors: texts.map((text) => {
      if (text.includes('25-60 N')) return [0, 1]
      return text.startsWith('Pump') ? [1, 1] : [1, 0]
    }),
  }),
}

const notOffered = 'P-460 is not offered: safety: voltage 460 instead of 230.'

test('equal substitutes are ordered by likeness, worked out here or kept in the database alike', async () => {
  const trade = await pumpTrade()
  const here = await answered(trade)
  expect(here.offered).toEqual(['P-C', 'P-B', 'P-A'])
  await fill(trade)
  expect(await answered(trade)).toEqual(here)
})

test('the vectors of an embedding service order equal substitutes, and never let in what a rule excludes', async () => {
  const trade = await pumpTrade()
  await fill(trade, ofMeaning)
  const { offered, against } = await answered(trade)
  expect(offered).toEqual(['P-A', 'P-B', 'P-C'])
  expect(against).toContain(notOffered)
})

test('a vector of an earlier description does not count, and then spelling orders all of them', async () => {
  const trade = await pumpTrade()
  await fill(trade, ofMeaning)
  await trade.inTenant((tx) => productFile.write(tx, [pump('P-A', 'Heating water unit, new')]))
  expect((await answered(trade)).offered).toEqual(['P-C', 'P-B', 'P-A'])
})

test('without the extension substitutes are ordered as before', async () => {
  const trade = await pumpTrade()
  await fill(trade, ofMeaning)
  const { driver } = world.database
  // As when it is taken away under a running house.
  await driver.script('alter function quittance_vector.likeness rename to away')
  try {
    const { offered, against } = await answered(trade)
    expect(offered).toEqual(['P-C', 'P-B', 'P-A'])
    expect(against).toContain(notOffered)
  } finally {
    await driver.script('alter function quittance_vector.away rename to likeness')
  }
})
