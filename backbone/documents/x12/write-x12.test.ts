import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Acknowledgement } from '../../canonical/acknowledgement.ts'
import { Invoice } from '../../canonical/invoice.ts'
import { Order } from '../../canonical/order.ts'
import { Shipment } from '../../canonical/shipment.ts'
import { NeedsPerson, OurBug } from '../../errors.ts'
import { checkSet } from './check-set.ts'
import type { X12Envelope } from './envelope.ts'
import { guideFor } from './guides/guides.ts'
import { writeOrder } from './order-writer.ts'
import { readX12 } from './read-x12.ts'
import { takeApart } from './structure.ts'
import { tokenizeX12 } from './tokenizer.ts'
import { writeX12, type X12Document } from './write-x12.ts'

const envelope: X12Envelope = {
  ours: { qualifier: 'ZZ', id: 'QUITTANCE' },
  theirs: { qualifier: '01', id: '047193288' },
  interchange: 881,
  group: 881,
  issuedAt: new Date('2026-03-04T18:05:00Z'),
}

const buyer = {
  role: 'buyer',
  name: 'Cascade Building Supply',
  identifiers: [{ scheme: 'buyer-assigned', value: '100045' }],
} as const
const shipTo = {
  role: 'ship-to',
  name: 'Cascade Yard 3',
  name2: 'Receiving',
  address: {
    street: ['4410 Marginal Way S', 'Gate B'],
    city: 'Seattle',
    region: 'WA',
    postalCode: '98134',
    country: 'US',
  },
} as const
const bolt = {
  identifiers: [
    { scheme: 'sku', value: 'FAS-1042' },
    { scheme: 'buyer', value: 'CB-7781' },
    { scheme: 'gtin', value: '081234567893' },
  ],
  description: 'Hex bolt M12x80, galvanized',
} as const
const each = (value: string) => ({ value, uom: 'EA' })

const acknowledgement = Acknowledgement.parse({
  docType: 'acknowledgement',
  currency: 'USD',
  acknowledgementNumber: 'A-1',
  purchaseOrderNumber: 'CB-260304-17',
  orderNumber: 'SO-20260304-0001',
  answer: 'accepted-with-changes',
  issuedOn: '2026-03-04',
  orderedOn: '2026-03-04',
  reason: 'One line is short.',
  parties: [buyer, shipTo],
  lines: [
    {
      line: '001',
      item: bolt,
      ordered: each('120'),
      orderedUnitPrice: '12.45',
      statuses: [
        { answer: 'accepted', quantity: each('80'), promisedOn: '2026-03-18' },
        { answer: 'backordered', quantity: each('30'), promisedOn: '2026-04-02' },
        { answer: 'rejected', quantity: each('10'), reason: 'No longer made.' },
      ],
    },
    {
      line: '002',
      item: bolt,
      ordered: { value: '4', uom: 'XCS' },
      orderedUnitPrice: '96.1',
      statuses: [
        { answer: 'price-changed', quantity: { value: '4', uom: 'XCS' }, unitPrice: '98.5' },
      ],
    },
  ],
})

const shipment = Shipment.parse({
  docType: 'shipment',
  currency: 'USD',
  shipmentNumber: 'SH-7001',
  orderNumber: 'SO-20260304-0001',
  purchaseOrderNumber: 'CB-260304-17',
  shippedAt: '2026-03-17T16:30:00Z',
  estimatedDeliveryOn: '2026-03-18',
  carrier: 'Roadway Express',
  scac: 'RDWY',
  trackingNumber: '1Z999AA10123456784',
  billOfLading: 'BOL-551',
  weightKg: '312.5',
  parties: [shipTo],
  packs: [
    { sscc: '003123450000000012', contents: [{ line: '001', quantity: each('50') }] },
    { sscc: '003123450000000029', contents: [{ line: '001', quantity: each('20') }] },
  ],
  lines: [
    {
      line: '001',
      item: bolt,
      ordered: each('120'),
      shipped: each('80'),
      lot: 'L-77',
      serials: ['S1', 'S2'],
    },
    { line: '002', item: bolt, shipped: each('4') },
  ],
})

const invoice = Invoice.parse({
  docType: 'invoice',
  currency: 'USD',
  invoiceNumber: 'INV-7001',
  invoicedOn: '2026-03-17',
  dueOn: '2026-04-16',
  orderNumber: 'SO-20260304-0001',
  purchaseOrderNumber: 'CB-260304-17',
  orderedOn: '2026-03-04',
  shipmentNumber: 'SH-7001',
  shippedOn: '2026-03-17',
  terms: { netDays: 30, discountPercent: '2', discountDays: 10 },
  parties: [buyer, shipTo],
  lines: [
    { line: '001', item: bolt, quantity: each('80'), unitPrice: '12.4500', lineAmountMinor: 99600 },
    {
      line: '002',
      item: bolt,
      quantity: each('5000'),
      unitPrice: '31.8',
      priceBasis: '100',
      lineAmountMinor: 159000,
    },
  ],
  allowancesCharges: [{ kind: 'charge', code: 'D240', amountMinor: 3250, description: 'Freight' }],
  taxes: [{ ratePercent: '6.25', amountMinor: 16163, jurisdiction: 'WA' }],
  linesTotalMinor: 258600,
  totalMinor: 278013,
})

function rowsOf(text: string, id: string): string[][] {
  const [interchange] = tokenizeX12(Buffer.from(text, 'latin1')).interchanges
  return (interchange?.segments ?? [])
    .filter((segment) => segment.id === id)
    .map((segment) => segment.elements.slice(1))
}

function faultsOf(text: string): unknown[] {
  const [tokens] = tokenizeX12(Buffer.from(text, 'latin1')).interchanges
  if (tokens === undefined) return ['no interchange']
  const interchange = takeApart(tokens, {})
  const sets = interchange.groups.flatMap((group) =>
    group.sets.flatMap((set): unknown[] => {
      const guide = guideFor(set.type, group.version)
      return guide === undefined
        ? ['no guide']
        : [...set.notes, ...checkSet(set.segments, guide, tokens.separators)]
    }),
  )
  return [...interchange.faults, ...interchange.groups.flatMap((group) => group.notes), ...sets]
}

const documents: readonly (readonly [string, X12Document])[] = [
  ['855', acknowledgement],
  ['856', shipment],
  ['810', invoice],
]
const versions = ['003040', '004010', '004010VICS', '005010']
const written = documents.flatMap(([set, document]) =>
  versions.map((version) => [set, version, document] as const),
)

test.each(written)(
  'our own %s in %s passes our own guide without a finding',
  (_, version, document) => {
    expect(faultsOf(writeX12(document, { ...envelope, version }))).toEqual([])
  },
)

test('the ISA we write is 106 characters long and carries both addresses and the number', () => {
  const text = writeX12(invoice, envelope)
  expect(text.slice(0, 106)).toBe(
    'ISA*00*          *00*          *ZZ*QUITTANCE      *01*047193288      *260304*1805*U*00401*000000881*0*P*>~',
  )
  expect(rowsOf(text, 'GS')).toEqual([
    ['IN', 'QUITTANCE', '047193288', '20260304', '1805', '881', 'X', '004010'],
  ])
  expect(rowsOf(text, 'IEA')).toEqual([['1', '000000881']])
})

test('an 855 answers every ordered piece of a line with its code', () => {
  const text = writeX12(acknowledgement, envelope)
  expect(rowsOf(text, 'BAK')).toEqual([
    ['00', 'AC', 'CB-260304-17', '20260304', '', '', '', 'SO-20260304-0001', '20260304'],
  ])
  expect(rowsOf(text, 'PO1')).toEqual([
    ['001', '120', 'EA', '12.45', '', 'VN', 'FAS-1042', 'BP', 'CB-7781', 'UP', '081234567893'],
    ['002', '4', 'CA', '96.1', '', 'VN', 'FAS-1042', 'BP', 'CB-7781', 'UP', '081234567893'],
  ])
  expect(rowsOf(text, 'ACK')).toEqual([
    ['IA', '80', 'EA', '068', '20260318'],
    ['IB', '30', 'EA', '068', '20260402'],
    ['IR', '10', 'EA'],
    ['IP', '4', 'CA'],
  ])
  expect(rowsOf(text, 'CTP')).toEqual([['', 'CON', '98.5', '4', 'CA']])
  expect(rowsOf(text, 'MSG')).toEqual([['One line is short.'], ['No longer made.']])
})

test.each([
  ['accepted', 'AD'],
  ['accepted-with-changes', 'AC'],
  ['rejected', 'RD'],
  ['duplicate', 'RJ'],
] as const)('the header of an 855 that says %s is %s', (answer, code) => {
  const text = writeX12({ ...acknowledgement, answer }, envelope)
  expect(rowsOf(text, 'BAK')[0]?.[1]).toBe(code)
})

test('an order rejected without lines is rejected without detail', () => {
  const text = writeX12({ ...acknowledgement, answer: 'rejected', lines: [] }, envelope)
  expect(rowsOf(text, 'BAK')[0]?.[1]).toBe('RJ')
})

test('an 855 whose answers do not add up to what was ordered is not written', () => {
  const lines = acknowledgement.lines.map((line) => ({
    ...line,
    statuses: line.statuses.slice(0, 1),
  }))
  expect(() => writeX12({ ...acknowledgement, lines }, envelope)).toThrow(OurBug)
})

test('an 856 hangs packs under the order and items under their pack, and loose goods under the order', () => {
  const text = writeX12(shipment, envelope)
  expect(rowsOf(text, 'HL')).toEqual([
    ['1', '', 'S', '1'],
    ['2', '1', 'O', '1'],
    ['3', '2', 'P', '1'],
    ['4', '3', 'I', '0'],
    ['5', '2', 'P', '1'],
    ['6', '5', 'I', '0'],
    ['7', '2', 'I', '0'],
    ['8', '2', 'I', '0'],
  ])
  expect(rowsOf(text, 'SN1').map(([line, quantity]) => [line, quantity])).toEqual([
    ['001', '50'],
    ['001', '20'],
    ['001', '10'],
    ['002', '4'],
  ])
  expect(rowsOf(text, 'MAN')).toEqual([
    ['GM', '003123450000000012'],
    ['GM', '003123450000000029'],
  ])
  expect(rowsOf(text, 'CTT')).toEqual([['8', '84']])
})

test('an 856 without packs is shipment, order, item', () => {
  const text = writeX12({ ...shipment, packs: [] }, envelope)
  expect(rowsOf(text, 'BSN')[0]?.[4]).toBe('0004')
  expect(rowsOf(text, 'HL').map((row) => row[2])).toEqual(['S', 'O', 'I', 'I'])
})

test('an 810 writes its total, allowances and charges in cents and its unit prices in full', () => {
  const text = writeX12(invoice, envelope)
  expect(rowsOf(text, 'TDS')).toEqual([['278013']])
  expect(rowsOf(text, 'SAC')[0]?.slice(0, 5)).toEqual(['C', 'D240', '', '', '3250'])
  expect(rowsOf(text, 'TXI')).toEqual([['TX', '161.63', '0.0625', 'VD', 'WA']])
  expect(rowsOf(text, 'IT1').map((row) => row.slice(0, 5))).toEqual([
    ['001', '80', 'EA', '12.4500', ''],
    ['002', '5000', 'EA', '31.8', 'HP'],
  ])
  expect(rowsOf(text, 'ITD')).toEqual([['08', '3', '2', '', '10', '20260416', '30']])
})

test('a discount on the whole order is an allowance of the code that X12 has for it', () => {
  const allowancesCharges = [
    {
      kind: 'allowance' as const,
      code: 'discount',
      description: 'Order discount',
      amountMinor: 667,
    },
  ]
  const [row] = rowsOf(writeX12({ ...invoice, allowancesCharges }, envelope), 'SAC')
  expect([row?.slice(0, 5), row?.at(-1)]).toEqual([['A', 'C310', '', '', '667'], 'Order discount'])
})

test('an 855 with changed prices takes the place of the one before, and says which revision it is', () => {
  const revised = { ...acknowledgement, purpose: 'replace' as const, revision: 2 }
  const text = writeX12(revised, envelope)
  expect(rowsOf(text, 'BAK')[0]?.[0]).toBe('05')
  expect(rowsOf(text, 'REF')[0]).toEqual(['VN', acknowledgement.orderNumber, 'Revision 2'])
  expect(rowsOf(writeX12(acknowledgement, envelope), 'BAK')[0]?.[0]).toBe('00')
})

test('an amount with a third decimal that counts is not rounded into an 810', () => {
  const dinars = { ...invoice, currency: 'KWD', totalMinor: 278013, allowancesCharges: [] }
  expect(() => writeX12(dinars, envelope)).toThrow(NeedsPerson)
  const even = writeX12({ ...dinars, totalMinor: 278010 }, envelope)
  expect(rowsOf(even, 'TDS')).toEqual([['27801']])
})

test('a number that does not fit its element is refused with its place, never cut', () => {
  const long = { ...invoice, invoiceNumber: 'INV-2026-0000000000000007001' }
  expect(() => writeX12(long, envelope)).toThrow(
    'The invoice INV-2026-0000000000000007001 cannot be written as X12 810: BIG element 2 fails AK403 5.',
  )
})

test('whatever people write in names and reasons, the envelope holds', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        {},
        { element: '|', segment: '!' },
        { segment: '\n' },
        { component: ':', element: '+' },
      ),
      (text, separators) => {
        const reason = `x${text}`.slice(0, 300)
        const parties = [{ ...buyer, name: reason.slice(0, 200), identifiers: [], contacts: [] }]
        const out = writeX12({ ...acknowledgement, reason, parties }, { ...envelope, separators })
        expect(faultsOf(out)).toEqual([])
        expect(rowsOf(out, 'SE')).toHaveLength(1)
      },
    ),
  )
})

test('an order written as an 850 and read again is the same order', () => {
  const word = fc.stringMatching(/^[A-Z0-9][A-Z0-9-]{1,14}$/)
  const number = fc.integer({ min: 1, max: 99_999 })
  const line = fc.record({ sku: word, quantity: number, priceCents: number, isCase: fc.boolean() })
  fc.assert(
    fc.property(
      word,
      fc.array(line, { minLength: 1, maxLength: 30 }),
      (purchaseOrderNumber, lines) => {
        const order = Order.parse({
          docType: 'order',
          purchaseOrderNumber,
          issuedOn: '2026-03-04',
          requestedOn: '2026-03-20',
          currency: 'CAD',
          isTest: true,
          isShipComplete: true,
          references: [{ qualifier: 'CO', value: 'Q-1' }],
          parties: [buyer, shipTo],
          terms: { netDays: 30, discountPercent: '2', discountDays: 10 },
          allowancesCharges: [{ kind: 'charge', code: 'D240', amountMinor: 3250 }],
          lines: lines.map(({ sku, quantity, priceCents, isCase }, index) => ({
            line: String(index + 1).padStart(3, '0'),
            item: { identifiers: [{ scheme: 'sku', value: sku }], description: `Item ${sku}` },
            quantity: { value: String(quantity), uom: isCase ? 'XCS' : 'EA' },
            unitPrice: String(priceCents / 100),
          })),
        })
        const reading = readX12(Buffer.from(writeOrder(order, envelope)))
        const [read] = reading.documents
        if (read?.docType !== 'order') throw new Error(JSON.stringify(reading.findings))
        expect({ ...read, source: undefined, unknown: [] }).toEqual({ ...order, source: undefined })
      },
    ),
    { numRuns: 50 },
  )
})

const samples = new URL('../../../../shared/documents/x12/', import.meta.url)
const sampleNames = existsSync(samples)
  ? readdirSync(samples).filter((name) => /^(810_)?8[56]0/.test(name))
  : ['../shared/documents/x12 (not here)']

test.skipIf(!existsSync(samples)).each(sampleNames)(
  'every answer we owe for %s is written and passes our own guide',
  (name) => {
    const { acknowledgements } = readX12(readFileSync(new URL(name, samples)))
    expect(acknowledgements.length).toBeGreaterThan(0)
    for (const answer of acknowledgements) expect(faultsOf(writeX12(answer, envelope))).toEqual([])
  },
)

test('the TA1 and the 997 for a truncated and for a faulty order are what the partner can read', () => {
  const good = readFileSync(
    new URL('../../../fixtures/x12/doc-850-cascade.edi', import.meta.url),
    'utf8',
  )
  const [cut] = readX12(Buffer.from(good.slice(0, 900))).acknowledgements
  if (cut === undefined) throw new Error('no TA1')
  const ta1 = writeX12(cut, envelope)
  expect(rowsOf(ta1, 'TA1')).toEqual([['000004711', '260304', '0915', 'R', '023']])
  expect(rowsOf(ta1, 'IEA')).toEqual([['0', '000000881']])
  const [answer] = readX12(Buffer.from(good.replace('*120*EA', '*many*EA'))).acknowledgements
  if (answer === undefined) throw new Error('no 997')
  const text = writeX12(answer, envelope)
  expect(text.slice(text.indexOf('ST*'))).toBe(
    'ST*997*0001~AK1*PO*4711~AK2*850*000047110~AK3*PO1*23**8~AK4*2*330*6*many~AK5*R*5~AK9*R*1*1*0~SE*8*0001~GE*1*881~IEA*1*000000881~',
  )
})

test('the answer to a test is a test', () => {
  const good = readFileSync(
    new URL('../../../fixtures/x12/doc-850-cascade.edi', import.meta.url),
    'utf8',
  )
  const [answer] = readX12(Buffer.from(good.replace('*0*P*>', '*0*T*>'))).acknowledgements
  if (answer === undefined) throw new Error('no 997')
  expect(rowsOf(writeX12(answer, envelope), 'ISA')[0]?.[14]).toBe('T')
})
