import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InboundDocument } from '../../canonical/canonical-document.ts'
import { peekShopify } from './peek-shopify.ts'
import { readShopify } from './read-shopify.ts'

const samples = new URL('../../../../shared/documents/shopify/', import.meta.url)
const hasSamples = existsSync(samples)
const headers = {
  topic: 'orders/create',
  shopDomain: 'acme.myshopify.com',
  webhookId: 'wh-1',
  apiVersion: '2025-01',
}
const profile = { defaultCurrency: 'USD' }

const address = {
  first_name: 'Ana',
  last_name: 'Núñez',
  name: 'Ana Núñez',
  company: 'Núñez Refrigeración',
  address1: '12 Harbor Road',
  address2: null,
  city: 'Reno',
  province: 'Nevada',
  province_code: 'NV',
  zip: '89501',
  country: 'United States',
  country_code: 'US',
  phone: '+1-555-0100',
}
const line = {
  id: 13370001,
  variant_id: 39072856,
  product_id: 632910392,
  sku: 'FAS-1001',
  name: 'Hex bolt M8',
  title: 'Hex bolt M8',
  quantity: 12,
  price: '12.50',
}
const order = {
  id: 5001,
  name: '#1001',
  po_number: 'PO-4711',
  created_at: '2026-11-02T23:30:00-05:00',
  updated_at: '2026-11-02T23:31:00-05:00',
  currency: 'USD',
  total_price: '150.00',
  email: 'ana@example.com',
  customer: { id: 115310627, first_name: 'Ana', last_name: 'Núñez', email: 'ana@example.com' },
  shipping_address: address,
  billing_address: address,
  line_items: [line],
}

const bytesOf = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const read = (value: unknown, topic = 'orders/create') =>
  readShopify(bytesOf(value), { ...headers, topic }, profile)
const withLine = (fields: Record<string, unknown>) => ({
  ...order,
  line_items: [{ ...line, ...fields }],
})
function orderIn(document: InboundDocument | undefined) {
  if (document?.docType === 'order') return document
  if (document?.docType === 'order-change' && document.replacement !== undefined)
    return document.replacement
  throw new Error('An order was expected.')
}
const readOrder = (value: unknown, topic = 'orders/create') =>
  orderIn(read(value, topic).documents[0])

test('a new order of the shop is an order with its parties, lines and keys', () => {
  const reading = read(order)
  expect(reading).toMatchObject({
    outcome: 'read',
    findings: [],
    orderKey: 'acme.myshopify.com/5001',
    updatedAt: '2026-11-03T04:31:00.000Z',
  })
  expect(reading.documents).toEqual([
    {
      docType: 'order',
      purpose: 'original',
      purchaseOrderNumber: 'PO-4711',
      issuedOn: '2026-11-02',
      currency: 'USD',
      isTest: false,
      isShipComplete: false,
      statedTotalMinor: 15000,
      references: [{ qualifier: 'shop-order', value: '#1001' }],
      notes: [],
      source: {
        format: 'shopify',
        formatVersion: '2025-01',
        sender: 'acme.myshopify.com',
        transactionControlNumber: 'wh-1',
        objectKey: '5001',
        customerKey: '115310627',
        issuedAt: '2026-11-03T04:30:00.000Z',
        version: '2026-11-03T04:31:00.000Z',
      },
      parties: [
        {
          role: 'buyer',
          name: 'Ana Núñez',
          identifiers: [],
          contacts: [{ email: 'ana@example.com' }],
        },
        ...(['ship-to', 'bill-to'] as const).map((role) => ({
          role,
          name: 'Núñez Refrigeración',
          identifiers: [],
          address: {
            street: ['12 Harbor Road'],
            city: 'Reno',
            region: 'NV',
            postalCode: '89501',
            country: 'US',
          },
          contacts: [{ name: 'Ana Núñez', phone: '+1-555-0100' }],
        })),
      ],
      allowancesCharges: [],
      taxes: [],
      lines: [
        {
          line: '1',
          item: { identifiers: [{ scheme: 'sku', value: 'FAS-1001' }], description: 'Hex bolt M8' },
          quantity: { value: '12', uom: 'EA', uomScheme: 'rec20' },
          unitPrice: '12.5',
          priceBasis: '1',
          allowancesCharges: [],
          taxes: [],
          references: [
            { qualifier: 'shop-line', value: '13370001' },
            { qualifier: 'shop-variant', value: '39072856' },
            { qualifier: 'shop-product', value: '632910392' },
          ],
          notes: [],
          unknown: [],
        },
      ],
      unknown: [],
    },
  ])
})

test('ids above 2^53 stay exact to the digit', () => {
  const text = JSON.stringify(order)
    .replace('"id":5001', '"id":820982911946154509')
    .replace('"id":13370001', '"id":9007199254740993')
  const reading = read(text)
  expect(reading.orderKey).toBe('acme.myshopify.com/820982911946154509')
  expect(orderIn(reading.documents[0]).lines[0]?.references[0]?.value).toBe('9007199254740993')
  expect(peekShopify(bytesOf(text), headers).orderKey).toBe(reading.orderKey)
})

test('the business date is the day of the shop, not the day in UTC', () => {
  expect(readOrder(order).issuedOn).toBe('2026-11-02')
  expect(readOrder({ ...order, created_at: '2026-11-03T04:30:00Z' }).issuedOn).toBe('2026-11-03')
})

test('an updated order takes the place of the one we had', () => {
  const reading = read(withLine({ quantity: 20, current_quantity: 20 }), 'orders/updated')
  expect(reading.documents).toMatchObject([
    {
      docType: 'order-change',
      purpose: 'replace',
      purchaseOrderNumber: 'PO-4711',
      source: { objectKey: '5001', version: '2026-11-03T04:31:00.000Z' },
      replacement: { docType: 'order', lines: [{ line: '1', quantity: { value: '20' } }] },
    },
  ])
})

test('a cancelled order is withdrawn with the shop’s reason, whatever its lines look like', () => {
  const cancelled = {
    ...withLine({ quantity: 'many', current_quantity: 0 }),
    cancelled_at: '2026-11-03T09:00:00-05:00',
    cancel_reason: 'inventory',
  }
  for (const topic of ['orders/cancelled', 'orders/updated'])
    expect(read(cancelled, topic)).toMatchObject({
      outcome: 'read',
      documents: [
        {
          docType: 'order-change',
          purpose: 'cancel',
          purchaseOrderNumber: 'PO-4711',
          reason: 'inventory',
          source: { objectKey: '5001' },
        },
      ],
    })
})

test('an order that was cancelled before we heard of it is taken in and withdrawn at once', () => {
  const { documents } = read({ ...order, cancelled_at: '2026-11-03T09:00:00-05:00' })
  expect(documents).toMatchObject([
    { docType: 'order' },
    { docType: 'order-change', purpose: 'cancel', reason: 'cancelled in the shop' },
  ])
})

test('a line taken out of the order is gone, the others keep their numbers, and nothing is forgotten', () => {
  const lines = [
    { ...line, current_quantity: 12 },
    { ...line, id: 2, quantity: 4, current_quantity: 0 },
    { ...line, id: 3, quantity: 5, current_quantity: 3 },
  ]
  const reading = read({ ...order, line_items: lines }, 'orders/updated')
  const standing = orderIn(reading.documents[0])
  expect(standing.lines.map(({ line: number, quantity }) => [number, quantity.value])).toEqual([
    ['1', '12'],
    ['3', '3'],
  ])
  expect(standing.unknown).toMatchObject([
    { position: '$.line_items[1]', content: expect.stringContaining('"quantity":4') },
  ])
  expect(reading.findings).toMatchObject([
    { severity: 'note', code: 'reduced', segment: '$.line_items[1].current_quantity' },
    { severity: 'note', code: 'reduced', segment: '$.line_items[2].current_quantity' },
  ])
})

test('an order with every line taken out is withdrawn', () => {
  expect(read(withLine({ current_quantity: 0 }), 'orders/updated').documents).toMatchObject([
    { purpose: 'cancel', reason: 'every line was taken out in the shop' },
  ])
  expect(read(withLine({ current_quantity: 0 }))).toMatchObject({
    outcome: 'unreadable',
    findings: [{ severity: 'note' }, { code: 'missing', segment: '$.line_items' }],
  })
})

test('a refund counts where the shop does not say the current quantity itself', () => {
  const refunds = [
    { id: 1, refund_line_items: [{ id: 9, line_item_id: 13370001, quantity: 2 }] },
    { id: 2, refund_line_items: [{ id: 10, line_item_id: 13370001, quantity: 3 }] },
  ]
  const standing = readOrder({ ...order, refunds }, 'orders/updated')
  expect(standing.lines[0]?.quantity.value).toBe('7')
})

test('what is off a line, off shipping and off the order adds up to the shop’s total discount', () => {
  const discounted = readOrder({
    ...withLine({
      total_discount: '0.00',
      discount_allocations: [{ amount: '10.00', discount_application_index: 0 }],
    }),
    total_discounts: '17.50',
    discount_codes: [{ code: 'WELCOME', amount: '17.50', type: 'fixed_amount' }],
    discount_applications: [{ type: 'discount_code', code: 'WELCOME' }],
    shipping_lines: [
      {
        title: 'Ground',
        code: 'GROUND',
        price: '8.00',
        discount_allocations: [{ amount: '5.00', discount_application_index: 0 }],
      },
    ],
  })
  expect(discounted.lines[0]?.allowancesCharges).toEqual([
    { kind: 'allowance', amountMinor: 1000, description: 'WELCOME' },
  ])
  expect(discounted.allowancesCharges).toEqual([
    { kind: 'allowance', amountMinor: 250, description: 'WELCOME' },
    { kind: 'charge', amountMinor: 800, code: 'GROUND', description: 'Ground' },
    { kind: 'allowance', amountMinor: 500, description: 'WELCOME' },
  ])
})

test('a line’s own discount counts where the shop gives no shares', () => {
  expect(readOrder(withLine({ total_discount: '2.40' })).lines[0]?.allowancesCharges).toEqual([
    { kind: 'allowance', amountMinor: 240 },
  ])
})

test('taxes keep rate, amount and where they are due', () => {
  const taxed = readOrder({
    ...withLine({ tax_lines: [{ title: 'NV state', rate: 0.0685, price: 10.28 }] }),
    tax_lines: [{ title: 'NV state', rate: 0.0685, price: '10.28', channel_liable: false }],
  })
  const tax = { category: 'S', ratePercent: '6.85', amountMinor: 1028, jurisdiction: 'NV state' }
  expect(taxed.lines[0]?.taxes).toEqual([tax])
  expect(taxed.taxes).toEqual([tax])
})

test.each([
  ['0.00', '0'],
  ['-3.50', '-3.5'],
  [null, undefined],
  ['', undefined],
  [13.5, '13.5'],
])('a price of %s is kept as the shop sent it', (price, kept) => {
  expect(readOrder(withLine({ price })).lines[0]?.unitPrice).toBe(kept)
})

test('a line without a SKU goes on under its variant or title, with a warning', () => {
  const bare = read(withLine({ sku: '' }))
  expect(orderIn(bare.documents[0]).lines[0]?.item.identifiers).toEqual([
    { scheme: 'other', value: '39072856' },
  ])
  expect(bare.findings).toMatchObject([
    { severity: 'warning', code: 'no-sku', segment: '$.line_items[0].sku' },
  ])
  const custom = readOrder(withLine({ sku: null, variant_id: null }))
  expect(custom.lines[0]?.item.identifiers).toEqual([{ scheme: 'other', value: 'Hex bolt M8' }])
})

test('an order of a guest without customer, address or e-mail is still an order', () => {
  const guest = readOrder({
    ...order,
    customer: null,
    shipping_address: null,
    billing_address: null,
    email: null,
  })
  expect(guest.parties).toEqual([])
  expect(guest.source?.customerKey).toBeUndefined()
})

test('a webhook whose headers leave version and id out is read all the same', () => {
  const bare = { ...headers, webhookId: '', apiVersion: undefined }
  const source = readShopify(bytesOf(order), bare, profile).documents[0]?.source
  expect(source).not.toHaveProperty('formatVersion')
  expect(source).not.toHaveProperty('transactionControlNumber')
})

test('a test order is marked as one', () => {
  expect(readOrder({ ...order, test: true }).isTest).toBe(true)
})

test('without a purchase order number the shop’s own name of the order is the number', () => {
  const named = readOrder({ ...order, po_number: null })
  expect(named.purchaseOrderNumber).toBe('#1001')
  expect(named.references).toEqual([])
})

test('notes, note attributes, tags and terms come along', () => {
  const rich = readOrder({
    ...order,
    note: 'Call before delivery ☎',
    note_attributes: [
      { name: 'gate', value: '7' },
      { name: 'a name far longer than twenty characters', value: 'x' },
    ],
    tags: 'b2b, net30',
    payment_terms: { payment_terms_name: 'Net 30', payment_terms_type: 'net', due_in_days: 30 },
  })
  expect(rich.notes).toEqual([
    { text: 'Call before delivery ☎' },
    { qualifier: 'gate', text: '7' },
    { text: 'a name far longer than twenty characters: x' },
  ])
  expect(rich.references.filter(({ qualifier }) => qualifier === 'shop-tag')).toEqual([
    { qualifier: 'shop-tag', value: 'b2b' },
    { qualifier: 'shop-tag', value: 'net30' },
  ])
  expect(rich.terms).toEqual({ netDays: 30, text: 'Net 30' })
})

test('what we do not map is kept with its place, and nothing is kept twice', () => {
  const rich = readOrder({
    ...withLine({ vendor: 'Acme', grams: 40 }),
    financial_status: 'paid',
    company: { id: 7, location_id: 8 },
    fulfillments: [{ id: 1, status: 'success' }],
    total_price_set: { shop_money: { amount: '150.00', currency_code: 'USD' } },
    browser_ip: '192.0.2.1',
    customer: { ...order.customer, tags: 'wholesale' },
  })
  expect(rich.unknown).toEqual([
    {
      position: '$',
      content:
        '{"financial_status":"paid","company":{"id":7,"location_id":8},"fulfillments":[{"id":1,"status":"success"}]}',
    },
    { position: '$.customer', content: '{"tags":"wholesale"}' },
  ])
  expect(rich.lines[0]?.unknown).toEqual([
    { position: '$.line_items[0]', content: '{"vendor":"Acme","grams":40}' },
  ])
})

test('a text too long for us is cut and kept in full beside the order', () => {
  const rich = readOrder({ ...order, shipping_address: { ...address, city: 'R'.repeat(150) } })
  expect(rich.parties[1]?.address?.city).toHaveLength(100)
  expect(rich.unknown).toEqual([
    { position: '$.shipping_address', content: `{"city":"${'R'.repeat(150)}"}` },
  ])
})

test.each([
  ['{"id":1,', 'truncated', '$'],
  ['[]', 'not-an-order', '$'],
  ['{"id":1}', 'not-an-order', '$'],
  [JSON.stringify({ ...order, id: null }), 'missing', '$.id'],
  [JSON.stringify({ ...order, name: null, po_number: ' ' }), 'missing', '$.name'],
  [JSON.stringify({ ...order, line_items: [] }), 'missing', '$.line_items'],
  [JSON.stringify(withLine({ quantity: null })), 'missing', '$.line_items[0].quantity'],
  [JSON.stringify(withLine({ quantity: 'a dozen' })), 'number', '$.line_items[0].quantity'],
  [JSON.stringify(withLine({ price: '1,000.00' })), 'number', '$.line_items[0].price'],
  [
    JSON.stringify(withLine({ total_discount: '9'.repeat(18) })),
    'amount',
    '$.line_items[0].total_discount',
  ],
])('%s cannot be read, and the finding says %s at %s', (body, code, path) => {
  const reading = read(body)
  expect(reading).toMatchObject({ outcome: 'unreadable', documents: [] })
  expect(reading.findings).toContainEqual(
    expect.objectContaining({ severity: 'error', code, segment: path }),
  )
})

test('a topic we do not read is said so', () => {
  expect(read(order, 'products/update')).toMatchObject({
    outcome: 'unreadable',
    findings: [{ code: 'topic', value: 'products/update' }],
  })
})

test('the quick look at the intake always names the same order and version as the reading', () => {
  fc.assert(
    fc.property(
      fc.bigInt(1n, 2n ** 63n),
      fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      fc.string({ unit: 'grapheme' }),
      (id, updated, note) => {
        const { customer, ...rest } = order
        const moved = { note, customer, ...rest, updated_at: updated.toISOString() }
        const body = bytesOf(JSON.stringify(moved).replace('"id":5001', `"id":${id}`))
        const { orderKey, updatedAt } = readShopify(body, headers, profile)
        expect(peekShopify(body, headers)).toEqual({ orderKey, updatedAt })
      },
    ),
  )
})

test('bytes that are no order are looked at without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(readShopify(bytes, headers, profile).outcome).toBe('unreadable')
      expect(peekShopify(bytes, headers)).toBeTypeOf('object')
    }),
  )
})

test.skipIf(!hasSamples).each([
  ['go-shopify__fixtures_order.json', '#9999', 2],
  ['go-shopify__fixtures_orders.json', '#9999', 2],
  ['go-shopify__fixtures_order_with_transaction.json', '#9999', 2],
  ['shopify_python_api__fixtures_draft_order_completed.json', '#D1', 2],
])(
  'the sample %s is accepted (skipped where the shared samples are not there)',
  (file, number, lines) => {
    const reading = readShopify(readFileSync(new URL(file, samples)), headers, profile)
    expect(reading.outcome).toBe('read')
    const sample = orderIn(reading.documents[0])
    expect(sample.purchaseOrderNumber).toBe(number)
    expect(sample.lines).toHaveLength(lines)
  },
)

test.skipIf(!hasSamples)(
  'the sample of an open draft is an offer, not an order (skipped where the shared samples are not there)',
  () => {
    const file = new URL('shopify_python_api__fixtures_draft_order_completed.json', samples)
    const draft = readFileSync(file, 'utf8').replace('"completed"', '"open"')
    expect(read(draft)).toMatchObject({
      outcome: 'unreadable',
      findings: [{ code: 'not-an-order' }],
    })
  },
)

const properties = [
  ['properties_empty_object', []],
  ['properties_invalid0', undefined],
  ['properties_invalid1', [{ text: '{"name":2}' }]],
  ['properties_invalid2', [{ text: '{"name":2}' }]],
  ['properties_object', [{ qualifier: 'property 1', text: '3' }]],
] as const
test.skipIf(!hasSamples).each(properties)(
  'the sample %s of odd line properties loses nothing (skipped where the shared samples are not there)',
  (name, notes) => {
    const file = new URL(`go-shopify__orderlineitems_${name}.json`, samples)
    const body = JSON.stringify(withLine({ '@': 0 })).replace(
      /"@":0/,
      readFileSync(file, 'utf8').trim().slice(1, -1),
    )
    const reading = read(body)
    if (notes === undefined) expect(reading.outcome).toBe('unreadable')
    else expect(orderIn(reading.documents[0]).lines[0]?.notes).toEqual(notes)
  },
)

test.skipIf(!hasSamples)(
  'the sample of a shipping line is a charge (skipped where the shared samples are not there)',
  () => {
    const file = new URL(
      'go-shopify__shippinglines_requested_fulfillment_service_id_number.json',
      samples,
    )
    const shipping = JSON.parse(readFileSync(file, 'utf8'))
    expect(readOrder({ ...order, shipping_lines: [shipping] }).allowancesCharges).toEqual([
      {
        kind: 'charge',
        code: 'INT.TP',
        amountMinor: 400,
        description: 'Small Packet International Air',
      },
    ])
  },
)
