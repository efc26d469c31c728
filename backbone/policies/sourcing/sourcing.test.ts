import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answerDelay, type CarrierOption, chooseCarrier } from './choose-carrier.ts'
import { rankSuppliers, type SupplierChoice } from './rank-suppliers.ts'
import { sourcingPolicy } from './sourcing-policy.ts'

const casesFile = new URL('../../../../shared/domain-cases.json', import.meta.url)
const cases = existsSync(casesFile) ? JSON.parse(readFileSync(casesFile, 'utf8')) : undefined

const inForce = (settings: object = {}) => ({
  settings: sourcingPolicy.schema.parse(settings),
  version: 'sourcing:test',
})

const need = {
  sku: 'FAS-1001',
  quantityEach: 100,
  currency: 'USD',
  today: '2026-11-22',
  neededOn: '2026-11-30',
}
const offer: SupplierChoice = {
  supplierId: 'A',
  currency: 'USD',
  unitPrice: '100.00',
  landingPerUnit: '0',
  availableEach: 100,
  leadDays: 8,
  deliveries: 20,
  deliveriesInFull: 18,
  qualityPermille: 1_000,
  quotedOn: '2026-11-10',
}
const offers: readonly SupplierChoice[] = [
  offer,
  {
    ...offer,
    supplierId: 'B',
    unitPrice: '96.00',
    availableEach: 60,
    deliveries: 50,
    deliveriesInFull: 45,
    qualityPermille: 950,
  },
  {
    ...offer,
    supplierId: 'C',
    unitPrice: '92.00',
    leadDays: 12,
    deliveries: 3,
    deliveriesInFull: 3,
  },
]

test('S1_supplier: A 94.85, C 83.66, B 81.64: three lucky deliveries do not beat fifty', () => {
  const { ranked, decision, alternatives } = rankSuppliers(need, offers, inForce())
  expect(ranked.map(({ supplierId, score }) => [supplierId, score])).toEqual([
    ['A', 94.85],
    ['C', 83.66],
    ['B', 81.64],
  ])
  expect(ranked.map(({ parts }) => parts.delivery.toFixed(4))).toEqual([
    '0.8900',
    '0.9063',
    '0.8955',
  ])
  expect(decision).toBe('propose')
  expect(alternatives.map(({ candidateId }) => candidateId)).toEqual([
    'supplier:C:FAS-1001',
    'supplier:B:FAS-1001',
  ])
})

test.skipIf(cases === undefined)('S1_supplier is as the domain cases say', () => {
  const { ranked } = rankSuppliers(need, offers, inForce())
  for (const { supplierId, score, parts } of ranked)
    expect([score.toFixed(2), parts.delivery.toFixed(4)]).toEqual(cases.S1_supplier[supplierId])
})

test('an old quote is no quote, however cheap, and says so; the best price is that of the usable ones', () => {
  const expired = { ...offer, supplierId: 'OLD', unitPrice: '1', validTo: '2026-11-22' }
  const { ranked, unusable } = rankSuppliers(need, [expired, offer], inForce())
  expect(ranked.map(({ supplierId }) => supplierId)).toEqual(['A'])
  expect(ranked[0]?.parts.price).toBe(1)
  expect(unusable).toMatchObject([{ supplierId: 'OLD', reason: 'QUOTE_EXPIRED' }])
})

test('offers in another currency, of nothing or without a price are not ranked', () => {
  const { unusable, kind, decision } = rankSuppliers(
    need,
    [
      { ...offer, currency: 'EUR' },
      { ...offer, supplierId: 'B', availableEach: 0 },
      { ...offer, supplierId: 'C', unitPrice: '0' },
    ],
    inForce(),
  )
  expect(unusable.map(({ reason }) => reason)).toEqual([
    'OTHER_CURRENCY',
    'NOTHING_AVAILABLE',
    'NO_PRICE',
  ])
  expect([kind, decision]).toEqual(['NO_SUPPLIER', 'refuse'])
})

test('the landed price counts, freight to us included, and the age of the quote is shown', () => {
  const far = { ...offer, supplierId: 'FAR', unitPrice: '90', landingPerUnit: '20' }
  const { ranked } = rankSuppliers(need, [far, offer], inForce())
  expect(ranked[0]).toMatchObject({ supplierId: 'A', landedPrice: '100', quoteAgeDays: 12 })
  expect(ranked[0]?.evidence.map(({ text }) => text)).toContain(
    'Quoted 12 days ago, on 2026-11-10.',
  )
})

const ground: CarrierOption = {
  laneId: 'L1',
  carrier: 'UPS',
  service: 'Ground',
  currency: 'USD',
  costMinor: 1_200,
  transits: [
    { days: 2, deliveries: 60 },
    { days: 3, deliveries: 32 },
    { days: 5, deliveries: 8 },
  ],
  asOf: '2026-11-20',
}
const air: CarrierOption = {
  ...ground,
  laneId: 'L2',
  service: 'Air',
  costMinor: 4_500,
  transits: [{ days: 1, deliveries: 50 }],
}
const shipment = { shipOn: '2026-11-23', promisedOn: '2026-11-26', currency: 'USD' }

test('the cheapest carrier with a chance of 90 % to keep the day is chosen', () => {
  const decision = chooseCarrier(shipment, [air, ground], inForce())
  expect(decision.kind).toBe('CARRIER_CHOSEN')
  expect(decision.money).toEqual({ amountMinor: 1_200, currency: 'USD' })
  expect(decision.options[1]?.whyNot).toBe('It costs 33.00 USD more than UPS Ground.')
})

test('a cheap carrier that would keep the day too seldom is passed over, and says why', () => {
  const decision = chooseCarrier(
    { ...shipment, promisedOn: '2026-11-25' },
    [air, ground],
    inForce(),
  )
  expect(decision.money?.amountMinor).toBe(4_500)
  expect(decision.options[0]?.whyNot).toBe(
    '60 % of its 100 deliveries would have arrived by 2026-11-25; 90 % are needed.',
  )
})

test('four deliveries on a lane tell nothing yet', () => {
  const few = { ...ground, transits: [{ days: 1, deliveries: 4 }] }
  const decision = chooseCarrier(shipment, [few], inForce())
  expect(decision.kind).toBe('NO_CARRIER_KEEPS_PROMISE')
  expect(decision.options[0]?.whyNot).toContain('Only 4 deliveries are known')
})

test('a delay that breaks the promise proposes another carrier with the difference in cost and days', () => {
  const delayed = { ...shipment, laneId: 'L1', delayedUntil: '2026-11-30' }
  const decision = answerDelay(delayed, [ground, air], inForce())
  expect(decision).toMatchObject({
    decision: 'propose',
    kind: 'REBOOK',
    extraCostMinor: 3_300,
    daysSooner: 6,
    rebookTo: 'L2',
  })
  const capped = (rebookUpTo: number) =>
    answerDelay(delayed, [ground, air], inForce({ rebookUpTo: { USD: rebookUpTo } })).decision
  expect(capped(3_300)).toBe('accept')
  expect(capped(3_299)).toBe('propose')
})

test('a delay within the promise changes nothing, and without a better carrier a person is asked', () => {
  const harmless = { ...shipment, laneId: 'L1', delayedUntil: '2026-11-26' }
  expect(answerDelay(harmless, [ground, air], inForce()).kind).toBe('KEEP_CARRIER')
  const alone = { ...shipment, laneId: 'L1', delayedUntil: '2026-11-30' }
  expect(answerDelay(alone, [ground], inForce()).kind).toBe('NO_BETTER_CARRIER')
})
