import { afterAll, beforeAll, expect, test } from 'vitest'
import { purchaseOrder } from '../../testing/flow-papers.ts'
import type { Trade } from '../../testing/flow-trade.ts'
import { type FlowWorld, openFlowWorld } from '../../testing/flow-world.ts'
import { ClassRule, SubstitutionRule, Supply } from '../canonical/availability-data.ts'
import { addDays } from '../canonical/calendar.ts'
import { PriceList, Product } from '../canonical/master-data.ts'
import { Order } from '../canonical/order.ts'
import { checkOrder } from '../services/check-order.ts'
import { recordAnswers, recordOffers } from '../store/checks/substitution-outcomes.ts'
import { classRuleFile } from '../store/master-data/class-rule-file.ts'
import { priceListFile } from '../store/master-data/price-list-file.ts'
import { productFile } from '../store/master-data/product-file.ts'
import { substitutionRuleFile } from '../store/master-data/substitution-rule-file.ts'
import { supplyFile } from '../store/master-data/supply-file.ts'
import { openFlowSetting } from './flow-setting.ts'

let world: FlowWorld

beforeAll(async () => {
  world = await openFlowWorld()
})
afterAll(() => world.close())

const attributes = {
  voltage: '230',
  phase: 3,
  speed: { value: '1800', unit: 'RPM' },
  power: { value: '5', unit: 'BHP' },
}

const motors: Readonly<Record<string, { attributes: object; price: string; change?: object }>> = {
  'MTR-1': { attributes, price: '310' },
  'MTR-TWIN': { attributes: { ...attributes, speed: { value: '30', unit: 'RPS' } }, price: '289' },
  'MTR-STRONG': {
    attributes: { ...attributes, power: { value: '7.5', unit: 'BHP' } },
    price: '335',
  },
  'MTR-WEAK': { attributes: { ...attributes, power: { value: '3', unit: 'BHP' } }, price: '250' },
  'MTR-460': { attributes: { ...attributes, voltage: '460' }, price: '310' },
  'MTR-RECALLED': { attributes, price: '300', change: { restrictions: { isRecalled: true } } },
  'MTR-EMPTY': { attributes, price: '300' },
  'MTR-NEW': { attributes: { ...attributes, speed: { value: '1850', unit: 'RPM' } }, price: '320' },
}

/** A trade whose motor MTR-1 is sold out, with others beside it. */
async function motorTrade(): Promise<Trade> {
  const trade = await world.newTrade()
  await trade.inTenant(async (tx) => {
    await classRuleFile.write(tx, [
      ClassRule.parse({
        productClass: 'MTR',
        attributes: [
          { name: 'voltage', role: 'safety-equal' },
          { name: 'phase', role: 'safety-equal' },
          { name: 'speed', role: 'required-equal' },
          { name: 'power', role: 'at-least' },
        ],
      }),
    ])
    await productFile.write(
      tx,
      Object.entries(motors).map(([sku, motor]) =>
        Product.parse({
          ...{ sku, name: `Motor ${sku}`, productClass: 'MTR', landedCost: '200' },
          ...{ attributes: motor.attributes, ...motor.change },
        }),
      ),
    )
    await priceListFile.write(tx, [
      PriceList.parse({
        ...{ priceListId: 'MOTORS', name: 'Motors', currency: 'USD', validFrom: '2020-01-01' },
        prices: Object.entries(motors).map(([sku, { price }]) => ({ sku, unitPrice: price })),
      }),
    ])
  })
  const stocked = Object.keys(motors).filter((sku) => sku !== 'MTR-1' && sku !== 'MTR-EMPTY')
  await trade.count([
    { sku: 'MTR-1', warehouse: 'DAL', onHandEach: 0 },
    { sku: 'MTR-EMPTY', warehouse: 'DAL', onHandEach: 0 },
    ...stocked.map((sku) => ({ sku, warehouse: 'DAL', onHandEach: 25 })),
  ])
  return trade
}

const rule = (trade: Trade, draft: object) =>
  trade.inTenant((tx) => substitutionRuleFile.write(tx, [SubstitutionRule.parse(draft)]))

async function alternatives(trade: Trade, order: object) {
  const check = await checkOrder(world)({ tenantId: trade.tenantId, order: Order.parse(order) })
  return check.decisions.filter(({ policy }) => policy === 'substitution')
}

const twenty = [{ sku: 'MTR-1', quantity: 20 }]

test('a cart with a sold-out motor is answered with ranked motors that are in stock and fit, and with why others do not', async () => {
  const trade = await motorTrade()
  const [decision, ...others] = await alternatives(trade, purchaseOrder('PO-1', twenty))
  expect(others).toEqual([])
  expect(decision).toMatchObject({ decision: 'propose', kind: 'SUBSTITUTE', line: '1' })
  const swaps = decision?.alternatives.filter(({ kind }) => kind === 'substitute') ?? []
  expect(
    swaps.map(({ values }) => [values?.['sku'], values?.['relation'], values?.['unitPrice']]),
  ).toEqual([
    ['MTR-TWIN', 'form-fit-function', '289.0000'],
    ['MTR-STRONG', 'functional', '310.0000'],
  ])
  for (const { evidence } of swaps)
    expect(Object.keys(evidence?.[0]?.values ?? {})).toEqual([
      ...['relation', 'availability', 'price', 'lead', 'margin', 'pack', 'history'],
    ])
  const against = (decision?.evidence ?? []).map(({ text }) => text)
  for (const why of [
    'MTR-460 is not offered: safety: voltage 460 instead of 230.',
    'MTR-RECALLED is not offered: it is recalled.',
    'MTR-WEAK is not offered: power 3 BHP instead of 5 BHP.',
    'MTR-EMPTY is not offered: none of it can be promised up to 10 days after the need date.',
  ])
    expect(against).toContain(why)
  // Another speed is another motor: it is not thought of.
  expect(against.join(' ')).not.toContain('MTR-NEW')
})

test('a cart that can be delivered gets no alternatives', async () => {
  const trade = await motorTrade()
  expect(
    await alternatives(trade, purchaseOrder('PO-1', [{ sku: 'MTR-TWIN', quantity: 5 }])),
  ).toEqual([])
  const { today } = await trade.inTenant((tx) => openFlowSetting(tx))
  await trade.inTenant((tx) =>
    supplyFile.write(tx, [
      Supply.parse({
        ...{ supplyId: 'S-1', sku: 'MTR-1', warehouse: 'DAL', quantityEach: 50 },
        expectedOn: addDays(today, 3),
      }),
    ]),
  )
  const later = { requestedOn: addDays(today, 4) }
  expect(await alternatives(trade, purchaseOrder('PO-2', twenty, later))).toEqual([])
  const [sooner] = await alternatives(trade, purchaseOrder('PO-3', twenty))
  expect(sooner?.alternatives.find(({ kind }) => kind === 'backorder')?.values).toMatchObject({
    daysLate: 3,
    completeOn: addDays(today, 3),
    // 1.2 percent of 6,200.00.
    costMinor: 7_440,
  })
})

test('lines of one order are offered what the lines before have left', async () => {
  const trade = await motorTrade()
  const decisions = await alternatives(trade, purchaseOrder('PO-1', [...twenty, ...twenty]))
  const first = decisions.map(({ alternatives: [best] }) => [
    best?.values?.['sku'],
    best?.values?.['promisableEach'],
  ])
  expect(first).toEqual([
    ['MTR-TWIN', 25],
    ['MTR-STRONG', 25],
  ])
  // And what the order's other lines take is not offered either.
  const [short] = await alternatives(
    trade,
    purchaseOrder('PO-2', [...twenty, { sku: 'MTR-TWIN', quantity: 24 }]),
  )
  expect(short?.alternatives[0]?.values?.['sku']).toBe('MTR-STRONG')
})

test('a successor a rule names is offered though its speed differs, and one a customer blocked is not', async () => {
  const trade = await motorTrade()
  await rule(trade, { ruleId: 'R-1', kind: 'supersession', sku: 'MTR-1', substituteSku: 'MTR-NEW' })
  const [decision] = await alternatives(trade, purchaseOrder('PO-1', twenty))
  expect(decision?.alternatives[0]?.values).toMatchObject({
    sku: 'MTR-NEW',
    relation: 'supersession',
  })
  await rule(trade, {
    ...{ ruleId: 'R-2', kind: 'blocked', substituteSku: 'MTR-NEW' },
    ...{ customerNumber: 'C-10001', reason: 'the customer had it fail twice' },
  })
  const [after] = await alternatives(trade, purchaseOrder('PO-2', twenty))
  expect(after?.alternatives[0]?.values).toMatchObject({ sku: 'MTR-TWIN' })
  expect(after?.evidence.map(({ text }) => text)).toContain(
    'MTR-NEW is not offered: the customer had it fail twice.',
  )
})

test('nothing stands in for a product a rule calls irreplaceable', async () => {
  const trade = await motorTrade()
  await rule(trade, {
    ruleId: 'R-1',
    kind: 'irreplaceable',
    sku: 'MTR-1',
    reason: 'part of kit K-1',
  })
  const [decision] = await alternatives(trade, purchaseOrder('PO-1', twenty))
  expect(decision?.alternatives.map(({ kind }) => kind)).toEqual(['backorder'])
  expect(decision?.evidence.map(({ text }) => text)).toContain(
    'Nothing stands in for MTR-1: part of kit K-1.',
  )
})

test('a new rule of a class sorts the products that are there already', async () => {
  const trade = await motorTrade()
  await trade.inTenant((tx) =>
    classRuleFile.write(tx, [
      ClassRule.parse({
        productClass: 'MTR',
        attributes: [
          { name: 'voltage', role: 'informative' },
          { name: 'power', role: 'required-equal' },
        ],
      }),
    ]),
  )
  const [decision] = await alternatives(trade, purchaseOrder('PO-1', twenty))
  const offered = decision?.alternatives.flatMap(({ values }) => values?.['sku'] ?? [])
  expect(offered?.toSorted()).toEqual(['MTR-460', 'MTR-NEW', 'MTR-TWIN'])
})

test('a swap customers accepted three times is offered by itself, and offers nobody takes lower its score', async () => {
  const trade = await motorTrade()
  const offer = {
    ...{ sku: 'MTR-1', substituteSku: 'MTR-NEW', quantityEach: 20, customerNumber: 'C-10001' },
    ...{ offer: { score: '70.00' }, offeredBy: 'key:desk' },
  }
  const outcomeIds = await trade.inTenant((tx) => recordOffers(tx, [offer, offer, offer, offer]))
  const accepted = outcomeIds
    .slice(0, 3)
    .map((outcomeId) => ({ outcomeId, answer: 'accepted' as const, answeredBy: 'key:desk' }))
  expect(await trade.inTenant((tx) => recordAnswers(tx, accepted.slice(0, 2)))).toBe(2)
  const offeredNow = async (number: string) => {
    const [decision] = await alternatives(trade, purchaseOrder(number, twenty))
    return decision?.alternatives.map(({ values }) => [values?.['sku'], values?.['relation']])
  }
  expect(await offeredNow('PO-1')).not.toContainEqual(['MTR-NEW', 'learned'])
  // The first answer stands: only the third offer is still open.
  expect(await trade.inTenant((tx) => recordAnswers(tx, accepted))).toBe(1)
  expect(await offeredNow('PO-2')).toContainEqual(['MTR-NEW', 'learned'])
})
