import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openTestDoor, type TestDoor } from '../../../testing/test-door.ts'

let door: TestDoor
beforeAll(async () => {
  door = await openTestDoor()
})
afterAll(() => door.close())

const kinds = [
  'products',
  'customers',
  'agreements',
  'price-lists',
  'stock',
  'partners',
  'supplies',
  'demands',
  'substitution-rules',
  'class-rules',
  'supplier-offers',
  'lanes',
] as const

const records = {
  products: {
    id: 'FAS-1001',
    record: {
      sku: 'FAS-1001',
      name: 'Hex Cap Screw',
      productClass: 'FAS',
      uomFactors: { XCS: 24 },
    },
  },
  customers: {
    id: 'C-1',
    record: { customerNumber: 'C-1', name: 'Acme', currency: 'USD', terms: { netDays: 30 } },
  },
  agreements: {
    id: 'AG-1',
    record: {
      agreementId: 'AG-1',
      name: 'Acme 2026',
      customerNumber: 'C-1',
      currency: 'USD',
      validFrom: '2026-01-01',
      prices: [{ productClass: 'FAS', percentOff: '5' }],
    },
  },
  'price-lists': {
    id: 'LIST-2026',
    record: {
      priceListId: 'LIST-2026',
      name: 'List',
      currency: 'USD',
      validFrom: '2026-01-01',
      prices: [{ sku: 'FAS-1001', unitPrice: '12.5000' }],
    },
  },
  stock: {
    id: 'DAL:FAS-1001',
    record: { warehouse: 'DAL', sku: 'FAS-1001', onHandEach: 40, asOf: '2026-11-22T06:00:00Z' },
  },
  partners: {
    id: 'acme',
    record: { partnerId: 'acme', name: 'Acme', kind: 'customer', customerNumber: 'C-1' },
  },
  supplies: {
    id: 'PO-77',
    record: {
      ...{ supplyId: 'PO-77', sku: 'FAS-1001', warehouse: 'DAL' },
      ...{ quantityEach: 60, expectedOn: '2026-11-28' },
    },
  },
  demands: {
    id: 'RES-1',
    record: {
      ...{ demandId: 'RES-1', sku: 'FAS-1001', warehouse: 'DAL' },
      ...{ quantityEach: 30, neededOn: '2026-11-26' },
    },
  },
  'substitution-rules': {
    id: 'NO-1',
    record: { ruleId: 'NO-1', kind: 'irreplaceable', sku: 'FAS-1001', reason: 'part of a kit' },
  },
  'class-rules': {
    id: 'FAS',
    record: { productClass: 'FAS', attributes: [{ name: 'thread', role: 'safety-equal' }] },
  },
  'supplier-offers': {
    id: 'HART:FAS-1001',
    record: {
      ...{ supplierId: 'HART', sku: 'FAS-1001', currency: 'USD', unitPrice: '0.0800' },
      ...{ availableEach: 500, quotedOn: '2026-11-20', validTo: '2026-12-31' },
    },
  },
  lanes: {
    id: 'DAL-HOU-GROUND',
    record: {
      ...{ laneId: 'DAL-HOU-GROUND', carrier: 'UPS', service: 'Ground', origin: 'DAL' },
      ...{ destination: 'HOU', currency: 'USD', costMinor: 1_200, asOf: '2026-11-20' },
      transits: [
        { days: 3, deliveries: 4 },
        { days: 2, deliveries: 60 },
      ],
    },
  },
} as const

const Page = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable() })

const json = { 'content-type': 'application/json' }
const ndjson = { 'content-type': 'application/x-ndjson' }

function put(path: string, key: string, record: object, headers: Record<string, string> = {}) {
  return door.request(path, key, {
    method: 'PUT',
    headers: { ...json, ...headers },
    body: JSON.stringify(record),
  })
}

async function newKeeper() {
  const tenantId = await door.newTenant()
  return { tenantId, key: await door.newKey(tenantId) }
}

test('every kind is put, got with its ETag, listed, and loaded in bulk', async () => {
  const { key } = await newKeeper()
  for (const kind of kinds) {
    const { id, record } = records[kind]
    const address = `/v1/${kind}/${encodeURIComponent(id)}`
    const created = await put(address, key, record)
    expect([kind, created.status, created.headers.get('etag')]).toEqual([kind, 201, '"1"'])
    const got = await door.request(address, key)
    expect([got.status, got.headers.get('etag')]).toEqual([200, '"1"'])
    const body = z.looseObject({}).parse(await got.json())
    expect(body).toMatchObject({ version: 1 })
    const again = await put(address, key, body)
    expect([kind, again.status, again.headers.get('etag')]).toEqual([kind, 200, '"1"'])
    const list = await door.request(`/v1/${kind}`, key)
    expect(await list.json()).toMatchObject({ items: [{ version: 1 }], nextCursor: null })
    for (const [method, path] of [
      ['POST', `/v1/${kind}/bulk`],
      ['PUT', `/v1/${kind}`],
    ] as const) {
      const bulk = await door.request(path, key, {
        method,
        headers: ndjson,
        body: `${JSON.stringify(record)}\n{"nothing": true}\n`,
      })
      expect(bulk.status).toBe(200)
      expect(await bulk.json()).toMatchObject({ received: 2, unchanged: 1, refused: 1 })
    }
  }
})

test('If-Match with an old version is 412, with the current one it goes through', async () => {
  const { key } = await newKeeper()
  const { record } = records.customers
  await put('/v1/customers/C-1', key, record)
  const second = await put(
    '/v1/customers/C-1',
    key,
    { ...record, name: 'Acme Ltd' },
    { 'if-match': '"1"' },
  )
  expect([second.status, second.headers.get('etag')]).toEqual([200, '"2"'])
  const stale = await put('/v1/customers/C-1', key, record, { 'if-match': '"1"' })
  expect(stale.status).toBe(412)
  expect(stale.headers.get('content-type')).toBe('application/problem+json')
  expect(await stale.json()).toMatchObject({ type: 'urn:quittance:problem:version-changed' })
  expect(
    (await put('/v1/customers/C-2', key, { ...record, customerNumber: 'C-2' }, { 'if-match': '*' }))
      .status,
  ).toBe(412)
  expect((await put('/v1/customers/C-1', key, record, { 'if-match': 'W/"2"' })).status).toBe(400)
})

test('a bad record is 422 with the fields, an id that is not its own too', async () => {
  const { key } = await newKeeper()
  const bad = await put('/v1/products/FAS-1', key, { sku: 'FAS-1', name: '', productClass: 'FAS' })
  expect(bad.status).toBe(422)
  expect(await bad.json()).toMatchObject({ details: [{ path: 'name' }] })
  const other = await put('/v1/products/FAS-2', key, records.products.record)
  expect(other.status).toBe(422)
  expect(await other.json()).toMatchObject({ type: 'urn:quittance:problem:id-mismatch' })
})

test('a key without the scope neither reads nor writes, and another tenant finds nothing', async () => {
  const keeper = await newKeeper()
  const stranger = await newKeeper()
  const orders = await door.newKey(keeper.tenantId, { scopes: ['orders:read'] })
  const reader = await door.newKey(keeper.tenantId, { role: 'viewer' })
  await put('/v1/products/FAS-1001', keeper.key, records.products.record)
  expect((await door.request('/v1/products/FAS-1001')).status).toBe(401)
  expect((await door.request('/v1/products/FAS-1001', orders)).status).toBe(403)
  expect((await put('/v1/products/FAS-1001', reader, records.products.record)).status).toBe(403)
  expect(
    (
      await door.request('/v1/products/bulk', reader, {
        method: 'POST',
        headers: ndjson,
        body: '{}',
      })
    ).status,
  ).toBe(403)
  expect((await door.request('/v1/products/FAS-1001', reader)).status).toBe(200)
  expect((await door.request('/v1/products/FAS-1001', stranger.key)).status).toBe(404)
  expect(await (await door.request('/v1/products', stranger.key)).json()).toEqual({
    items: [],
    nextCursor: null,
  })
})

test('pages follow each other to the end, and a cursor is good for its own tenant only', async () => {
  const keeper = await newKeeper()
  const stranger = await newKeeper()
  const lines = Array.from({ length: 25 }, (_, place) =>
    JSON.stringify({ sku: `A/${String(place + 10)} #1`, name: 'Part', productClass: 'X' }),
  )
  await door.request('/v1/products/bulk', keeper.key, {
    method: 'POST',
    headers: ndjson,
    body: lines.join('\n'),
  })
  const first = Page.parse(await (await door.request('/v1/products?limit=20', keeper.key)).json())
  expect(first.items).toHaveLength(20)
  const rest = `/v1/products?limit=20&cursor=${first.nextCursor}`
  const second = Page.parse(await (await door.request(rest, keeper.key)).json())
  expect(second.items).toHaveLength(5)
  expect(second.nextCursor).toBeNull()
  expect((await door.request(rest, stranger.key)).status).toBe(400)
  expect((await door.request('/v1/products?search=%00', keeper.key)).status).toBe(400)
  expect((await door.request('/v1/products/%00', keeper.key)).status).toBe(400)
  const odd = await door.request(`/v1/products/${encodeURIComponent('A/10 #1')}`, keeper.key)
  expect(odd.status).toBe(200)
})

test('a bulk load must be NDJSON; repeated under its Idempotency-Key it is answered as the first time', async () => {
  const { key } = await newKeeper()
  const bulk = (headers: Record<string, string>) =>
    door.request('/v1/products/bulk', key, {
      method: 'POST',
      headers,
      body: JSON.stringify(records.products.record),
    })
  expect((await bulk(json)).status).toBe(415)
  const keyed = { ...ndjson, 'idempotency-key': 'load-2026-11-22' }
  expect(await (await bulk(keyed)).json()).toMatchObject({ received: 1, created: 1 })
  const repeated = await bulk(keyed)
  expect(repeated.headers.get('idempotent-replayed')).toBe('true')
  expect(await repeated.json()).toMatchObject({ received: 1, created: 1 })
})

test('the documentation shows every kind with its schema and its bulk door', async () => {
  const document = z
    .looseObject({
      paths: z.record(z.string(), z.record(z.string(), z.unknown())),
      components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
    })
    .parse(await (await door.request('/openapi.json')).json())
  for (const kind of kinds) {
    expect(Object.keys(document.paths[`/v1/${kind}`] ?? {}).toSorted()).toEqual(['get', 'put'])
    expect(Object.keys(document.paths[`/v1/${kind}/{id}`] ?? {}).toSorted()).toEqual(['get', 'put'])
    expect(Object.keys(document.paths[`/v1/${kind}/bulk`] ?? {})).toEqual(['post'])
  }
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['Agreement', 'Customer', 'Partner', 'PriceList', 'Product', 'Stock']),
  )
})
