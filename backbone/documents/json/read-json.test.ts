import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readJson } from './read-json.ts'

const order = {
  docType: 'order',
  purchaseOrderNumber: 'PO-4711',
  issuedOn: '2026-11-16',
  currency: 'USD',
  terms: { netDays: 30, discountPercent: '2.00', discountDays: 10 },
  parties: [
    { role: 'ship-to', name: 'Dock 4', address: { street: ['1 Main Street'], country: 'US' } },
  ],
  lines: [
    {
      line: '1',
      item: { identifiers: [{ scheme: 'sku', value: 'FAS-1001' }] },
      quantity: { value: '0012.00', uom: 'EA' },
      unitPrice: '12.50',
    },
  ],
}
const payment = {
  docType: 'payment',
  paymentNumber: 'PAY-1',
  currency: 'USD',
  bookedOn: '2026-12-01',
  amountMinor: 15000,
}
const [line] = order.lines
const read = (value: unknown) =>
  readJson(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)))

test('a whole order is read, with its decimals in one spelling', () => {
  const reading = read(order)
  expect(reading).toMatchObject({ outcome: 'read', findings: [] })
  expect(reading.documents).toMatchObject([
    {
      docType: 'order',
      source: { format: 'json', formatVersion: '1' },
      terms: { discountPercent: '2' },
      lines: [{ quantity: { value: '12', uom: 'EA', uomScheme: 'rec20' }, unitPrice: '12.5' }],
      unknown: [],
    },
  ])
})

test('12.5 and 12.50 are always the same order', () => {
  fc.assert(
    fc.property(fc.nat(99_999), fc.nat(9999), fc.nat(6), (whole, part, zeros) => {
      const price = `${whole}.${part}1`
      const long = `00${price}${'0'.repeat(zeros)}`
      const priced = (unitPrice: string) => read({ ...order, lines: [{ ...line, unitPrice }] })
      expect(priced(long).documents).toEqual(priced(price).documents)
    }),
  )
})

test.each([
  [{ ...order, currency: 'usd' }, '$.currency', /three capital letters/],
  [
    { ...order, purchaseOrderNumber: 4711 },
    '$.purchaseOrderNumber',
    /text in double quotes, found the number 4711/,
  ],
  [{ ...order, lines: [] }, '$.lines', /list of at least 1, found a list of 0/],
  [
    { ...order, issuedOn: '16.11.2026' },
    '$.issuedOn',
    /a day such as 2026-11-02, found the text "16.11.2026"/,
  ],
  [
    { ...order, lines: [{ ...line, unitPrice: 12.5 }] },
    '$.lines[0].unitPrice',
    /text in double quotes, found the number 12.5/,
  ],
  [
    { ...order, lines: [{ ...line, quantity: { value: 'twelve', uom: 'EA' } }] },
    '$.lines[0].quantity.value',
    /plain decimal number such as 12.5000, found the text "twelve"/,
  ],
  [
    { ...order, lines: [{ line: '1', quantity: { value: '1', uom: 'EA' } }] },
    '$.lines[0].item',
    /an object, found nothing/,
  ],
  [{ ...order, docType: 'invoice' }, '$.docType', /one of order, order-change/],
  [{ ...payment, amountMinor: 150.5 }, '$.amountMinor', /a whole number, found the number 150.5/],
  [{ ...order, lines: [line, line] }, '$.lines[1].line', /stands twice/],
  [
    { docType: 'order-change', purchaseOrderNumber: 'A', currency: 'USD' },
    '$.purpose',
    /cancel, change or replace/,
  ],
  [
    { docType: 'order-change', purpose: 'change', purchaseOrderNumber: 'A', currency: 'USD' },
    '$.changes',
    /no line/,
  ],
  [
    { docType: 'order-change', purpose: 'replace', purchaseOrderNumber: 'A', currency: 'USD' },
    '$.replacement',
    /not there/,
  ],
  ['"an order"', '$', /found the text "an order"/],
  ['null', '$', /found null/],
])(
  'case %#: what is wrong is named with its place and in plain words',
  (document, path, message) => {
    const reading = read(document)
    expect(reading).toMatchObject({ outcome: 'unreadable', documents: [] })
    expect(reading.findings[0]).toMatchObject({
      severity: 'error',
      codeList: 'json',
      segment: path,
      message: expect.stringMatching(message),
    })
  },
)

test('a field we do not know is kept with its place, never lost', () => {
  const { documents } = read({
    ...order,
    costCenter: 'CC-7',
    lines: [{ ...line, item: { ...line?.item, colour: 'zinc' }, binHint: { aisle: 4 } }],
  })
  expect(documents[0]?.unknown).toEqual([
    { position: '$.lines[0].item.colour', content: '"zinc"' },
    { position: '$.lines[0].binHint', content: '{"aisle":4}' },
    { position: '$.costCenter', content: '"CC-7"' },
  ])
})

test('a document cannot claim to have come another way than it came', () => {
  const source = {
    format: 'x12',
    sender: 'ZZ:SOMEBODY',
    objectKey: '42',
    issuedAt: '2026-11-16T10:00:00+02:00',
  }
  const { documents } = read({ ...order, source })
  expect(documents[0]).toMatchObject({
    source: { format: 'json', objectKey: '42', issuedAt: '2026-11-16T08:00:00.000Z' },
    unknown: [{ position: '$.source', content: '{"format":"x12","sender":"ZZ:SOMEBODY"}' }],
  })
  expect(documents[0]?.source?.sender).toBeUndefined()
})

test('one bad document in a list is refused alone', () => {
  const reading = read([order, { ...order, currency: '$' }, payment])
  expect(reading.outcome).toBe('partly')
  expect(reading.documents.map((document) => document.docType)).toEqual(['order', 'payment'])
  expect(reading.findings).toMatchObject([{ segment: '$[1].currency' }])
})

test('a list of none or of more than a hundred is refused', () => {
  expect(read([])).toMatchObject({ outcome: 'unreadable', findings: [{ code: 'count' }] })
  const many = read(Array.from({ length: 101 }, () => payment))
  expect(many).toMatchObject({ outcome: 'unreadable', findings: [{ code: 'count' }] })
})

test('two prices under one key are refused, because nobody can say which one is meant', () => {
  const text = JSON.stringify(order).replace('"unitPrice"', '"unitPrice":"1.00","unitPrice"')
  expect(read(text).findings).toMatchObject([
    { code: 'duplicate-key', segment: '$.lines[0].unitPrice' },
  ])
})

test('whatever is sent, a reading comes back and nothing throws', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('order', 'shipment', 'milestone'),
      (value, docType) => {
        expect(read({ docType, lines: value, source: value }).outcome).toBe('unreadable')
      },
    ),
  )
})
