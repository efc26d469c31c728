import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDoor, type TestDoor } from '../../testing/test-door.ts'
import { CarrierAnswer, SupplierAnswer } from '../canonical/views/sourcing-view.ts'

let door: TestDoor
let key: string
beforeAll(async () => {
  door = await openTestDoor()
  key = await door.newKey(await door.newTenant())
  await put('/v1/products/FAS-1001', { sku: 'FAS-1001', name: 'Screw', productClass: 'FAS' })
  for (const [supplierId, change] of Object.entries(suppliers))
    await put(`/v1/supplier-offers/${supplierId}:FAS-1001`, {
      ...offer,
      supplierId,
      ...change,
    })
  for (const lane of lanes) await put(`/v1/lanes/${lane.laneId}`, lane)
})
afterAll(() => door.close())

const day = (later: number) => new Date(Date.now() + later * 86_400_000).toISOString().slice(0, 10)

const send = (method: string, path: string, body: object) =>
  door.request(path, key, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

async function put(path: string, body: object) {
  const answer = await send('PUT', path, body)
  expect([path, answer.status, await answer.text()]).toEqual([path, 201, expect.any(String)])
}

const offer = {
  sku: 'FAS-1001',
  currency: 'USD',
  unitPrice: '100.00',
  availableEach: 100,
  leadDays: 5,
  deliveries: 20,
  deliveriesInFull: 18,
  quotedOn: day(-12),
}
const suppliers = {
  A: {},
  B: {
    unitPrice: '96',
    availableEach: 60,
    deliveries: 50,
    deliveriesInFull: 45,
    qualityPermille: 950,
  },
  C: { unitPrice: '92', leadDays: 14, deliveries: 3, deliveriesInFull: 3 },
  OLD: { unitPrice: '1', validTo: day(-1) },
}
const lane = { carrier: 'UPS', origin: 'DAL', destination: 'HOU', currency: 'USD', asOf: day(-1) }
const lanes = [
  {
    ...lane,
    laneId: 'GROUND',
    service: 'Ground',
    costMinor: 1_200,
    transits: [
      { days: 5, deliveries: 8 },
      { days: 2, deliveries: 92 },
    ],
  },
  {
    ...lane,
    laneId: 'AIR',
    service: 'Air',
    costMinor: 4_500,
    transits: [{ days: 1, deliveries: 9 }],
  },
]

test('S1_supplier over HTTP: A 94.85, C 83.66, B 81.64, and the old quote says why it does not count', async () => {
  const answer = await send('POST', '/v1/sourcing/suppliers', {
    sku: 'FAS-1001',
    quantityEach: 100,
    neededOn: day(10),
  })
  expect(answer.status).toBe(200)
  const { ranked, unusable, decision } = SupplierAnswer.parse(await answer.json())
  expect(ranked.map(({ supplierId, score }) => [supplierId, score])).toEqual([
    ['A', 94.85],
    ['C', 83.66],
    ['B', 81.64],
  ])
  expect(ranked[0]?.quoteAgeDays).toBe(12)
  expect(unusable).toMatchObject([{ supplierId: 'OLD', reason: 'QUOTE_EXPIRED' }])
  expect(decision).toBe('propose')
})

const shipment = { origin: 'DAL', destination: 'HOU', shipOn: day(1), promisedOn: day(4) }

test('the cheapest carrier that keeps the day is chosen, and the others say why not', async () => {
  const answer = await send('POST', '/v1/sourcing/carriers', shipment)
  const { money, options, delay } = CarrierAnswer.parse(await answer.json())
  expect(money).toEqual({ amountMinor: 1_200, currency: 'USD' })
  expect(options.map(({ laneId, whyNot }) => [laneId, whyNot])).toEqual([
    ['GROUND', undefined],
    ['AIR', 'It costs 33.00 USD more than UPS Ground.'],
  ])
  expect(delay).toBeUndefined()
})

test('a reported delay proposes another carrier with its price and the days it gains', async () => {
  const answer = await send('POST', '/v1/sourcing/carriers', {
    ...shipment,
    delay: { laneId: 'GROUND', delayedUntil: day(8) },
  })
  const { delay } = CarrierAnswer.parse(await answer.json())
  expect(delay).toMatchObject({
    kind: 'REBOOK',
    decision: 'propose',
    extraCostMinor: 3_300,
    daysSooner: 6,
    rebookTo: 'AIR',
  })
})

test('an offer for an unknown product, or with more good deliveries than deliveries, is refused', async () => {
  const unknown = await send('PUT', '/v1/supplier-offers/A:NONE', {
    ...offer,
    supplierId: 'A',
    sku: 'NONE',
  })
  expect(unknown.status).toBe(422)
  const boasting = await send('PUT', '/v1/supplier-offers/A:FAS-1001', {
    ...offer,
    supplierId: 'A',
    deliveriesInFull: 21,
  })
  expect(boasting.status).toBe(422)
})
