import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Order, OrderChange } from '../../canonical/order.ts'
import { readX12, type X12Reading } from './read-x12.ts'

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/x12/${name}`, import.meta.url), 'latin1')
}

const purchaseOrder = fixture('doc-850-cascade.edi')
const changeRequest = fixture('doc-860-cascade.edi')

// Changes the text and the segment count with it, so that only the change itself is under test.
function edit(text: string, from: string, to: string): X12Reading {
  if (!text.includes(from)) throw new Error(`nothing to change: ${from}`)
  const added = to.split('~').length - from.split('~').length
  const changed = text
    .replace(from, to)
    .replace(/SE\*(\d+)/, (_, count: string) => `SE*${Number(count) + added}`)
  return readX12(Buffer.from(changed, 'latin1'))
}

function orderOf(reading: X12Reading): Order {
  const [document] = reading.documents
  if (document?.docType !== 'order') throw new Error(JSON.stringify(reading.findings))
  return document
}

function changeOf(reading: X12Reading): OrderChange {
  const [document] = reading.documents
  if (document?.docType !== 'order-change') throw new Error(JSON.stringify(reading.findings))
  return document
}

function warningsOf(reading: X12Reading): string[] {
  return reading.findings.map(({ severity, code }) => `${severity} ${code}`)
}

const whole = orderOf(readX12(Buffer.from(purchaseOrder, 'latin1')))

test('an 850 carries number, dates, currency, terms, contract and quote into the order', () => {
  expect(whole).toMatchObject({
    docType: 'order',
    purpose: 'original',
    purchaseOrderNumber: 'CB-260304-17',
    issuedOn: '2026-03-04',
    requestedOn: '2026-03-18',
    currency: 'USD',
    isTest: false,
    isShipComplete: true,
    terms: { netDays: 30, discountPercent: '2', discountDays: 10, text: '2% 10 NET 30' },
    statedTotalMinor: 433616,
  })
  expect(whole.references).toEqual([
    { qualifier: 'CT', value: 'FA-2026-08' },
    { qualifier: 'CO', value: 'Q-88123' },
    { qualifier: 'L1', value: 'DELIVERY' },
  ])
  expect(whole.notes).toEqual([
    {
      qualifier: 'L1',
      text: 'Call the site foreman 30 minutes before arrival.\nNo deliveries after 15:00.',
    },
  ])
})

test('an order remembers the envelope it came in and the buyer’s own number', () => {
  expect(whole.source).toEqual({
    format: 'x12',
    formatVersion: '004010',
    sender: '01:047193288',
    receiver: 'ZZ:QUITTANCE',
    interchangeControlNumber: '000004711',
    groupControlNumber: '4711',
    transactionControlNumber: '000047110',
    customerKey: '100045',
  })
})

test('buyer, ship-to, bill-to and carrier are read with numbers, addresses and contacts', () => {
  expect(whole.parties.map((party) => party.role)).toEqual([
    'buyer',
    'ship-to',
    'bill-to',
    'carrier',
  ])
  expect(whole.parties).toMatchObject([
    {
      identifiers: [{ scheme: 'buyer-assigned', value: '100045' }],
      contacts: [{ name: 'Dana Whitfield', email: 'dana.whitfield@cascadebuild.example' }],
    },
    {
      name: 'Cascade Building Supply, Yard 3',
      address: {
        street: ['4410 Marginal Way S', 'Gate B'],
        city: 'Seattle',
        region: 'WA',
        postalCode: '98134',
        country: 'US',
      },
      contacts: [{ name: 'Luis Ortega', phone: '2065550178' }],
    },
    { identifiers: [{ scheme: 'duns', value: '047193288' }] },
    { name: 'ROADWAY EXPRESS', identifiers: [{ scheme: 'scac', value: 'RDWY' }] },
  ])
})

test('allowances are read in cents, percentages of the lines are worked out', () => {
  expect(whole.allowancesCharges).toEqual([
    { kind: 'charge', code: 'D240', description: 'Freight, prepaid and added', amountMinor: 3250 },
    {
      kind: 'allowance',
      code: 'C310',
      description: 'Spring promotion',
      // 2.5 % of 1494.00 + 1590.00 + 1345.40
      amountMinor: 11074,
      percent: '2.5',
    },
  ])
})

test('lines keep the buyer’s numbering, every item number and the price basis', () => {
  expect(whole.lines).toMatchObject([
    {
      line: '001',
      item: {
        identifiers: [
          { scheme: 'sku', value: 'FAS-1042' },
          { scheme: 'buyer', value: 'CB-7781' },
          { scheme: 'gtin', value: '081234567893' },
        ],
        description: 'Hex bolt M12x80, galvanized',
      },
      quantity: { value: '120', uom: 'EA', uomScheme: 'rec20' },
      unitPrice: '12.45',
      priceBasis: '1',
      requestedOn: '2026-03-20',
      references: [{ qualifier: 'CT', value: 'FA-2026-08' }],
    },
    {
      line: '002',
      item: { identifiers: [{ scheme: 'sku' }, { scheme: 'mpn', value: 'DW-75-25' }] },
      unitPrice: '31.8',
      priceBasis: '100',
      allowancesCharges: [{ kind: 'allowance', code: 'H000', amountMinor: 1500 }],
    },
    {
      line: '003',
      quantity: { value: '14', uom: 'XCS', uomScheme: 'rec20' },
      requestedOn: '2026-03-25',
      shipTo: {
        role: 'ship-to',
        identifiers: [{ scheme: 'buyer-assigned', value: '100045-1' }],
        address: { city: 'Tacoma' },
      },
    },
  ])
})

test('what we do not map is kept with its place', () => {
  expect(whole.unknown).toContainEqual({ position: 'BEG@2-02', content: 'SA' })
  expect(whole.lines[2]?.unknown).toEqual([
    { position: 'PO1@30-08', content: 'CB' },
    { position: 'PO4@32', content: 'PO4*12*310*ML' },
  ])
})

test.each([
  ['PE', '1'],
  ['TE', '1'],
  ['CT', '1'],
  ['HP', '100'],
  ['TC', '100'],
  ['TP', '1000'],
  ['TM', '1000'],
  ['PD', '12'],
])('a price marked %s is for %s units', (code, basis) => {
  const order = orderOf(edit(purchaseOrder, '*31.8000*HP*', `*31.8000*${code}*`))
  expect(order.lines[1]?.priceBasis).toBe(basis)
})

test('a price per dozen of something ordered in dozens is for one', () => {
  const order = orderOf(edit(purchaseOrder, '*5000*EA*31.8000*HP', '*5000*DZ*31.8000*PD'))
  expect(order.lines[1]).toMatchObject({ priceBasis: '1', quantity: { uom: 'DZN' } })
})

test('a price per pound of something ordered in pieces is told to a person', () => {
  const reading = edit(purchaseOrder, '*31.8000*HP*', '*31.8000*PP*')
  expect(warningsOf(reading)).toContain('warning PRICE_BASIS')
})

test('without PO104 the price stands in CTP', () => {
  const from = '120*EA*12.4500*PE*VN*FAS-1042*BP*CB-7781*UP*081234567893~'
  const to = '120*EA***VN*FAS-1042~CTP**CAT*1245*100*EA~'
  const order = orderOf(edit(purchaseOrder, from, to))
  expect(order.lines[0]).toMatchObject({ unitPrice: '1245', priceBasis: '100' })
})

test.each([
  ['00', 'original'],
  ['01', 'cancel'],
  ['04', 'change'],
  ['05', 'replace'],
  ['06', 'confirmation'],
  ['07', 'duplicate'],
])('an 850 with purpose %s is %s', (code, purpose) => {
  expect(orderOf(edit(purchaseOrder, 'BEG*00', `BEG*${code}`)).purpose).toBe(purpose)
})

test('a purpose we cannot place is refused, never taken for a new order', () => {
  expect(edit(purchaseOrder, 'BEG*00', 'BEG*24').documents).toEqual([])
})

test.each([
  ['LINE_COUNT', 'CTT*3*5134', 'CTT*4*5134'],
  ['HASH_TOTAL', 'CTT*3*5134', 'CTT*3*5135'],
  ['ORDER_TOTAL', 'AMT*TT*4336.16', 'AMT*TT*4336.17'],
  ['UNIT_UNKNOWN', '*14*CA*96.10', '*14*ZQ*96.10'],
  ['SPLIT_DESTINATIONS', 'PO4*12*310*ML~', 'PO4*12*310*ML~SDQ*CA*92*S1*7*S2*7~'],
  [
    'SEVERAL_SCHEDULES',
    'SCH*14*CA***002*20260325~',
    'SCH*7*CA***002*20260325~SCH*7*CA***002*20260401~',
  ],
  ['LINE_CURRENCY', 'PO4*12*310*ML~', 'PO4*12*310*ML~CUR*BY*CAD~'],
])('%s is a business warning: the syntax is accepted and the order goes on', (code, from, to) => {
  const reading = edit(purchaseOrder, from, to)
  expect(warningsOf(reading)).toContain(`warning ${code}`)
  expect(reading.documents).toHaveLength(1)
})

test('a unit we have no code for stays as sent and is never guessed at', () => {
  const order = orderOf(edit(purchaseOrder, '*14*CA*96.10', '*14*CS*96.10'))
  // X12 CS is a cassette, not a case.
  expect(order.lines[2]?.quantity).toEqual({ value: '14', uom: 'CS', uomScheme: 'x12-355' })
})

test('an order without CUR is in the currency agreed with the partner', () => {
  const text = purchaseOrder.replace('CUR*BY*USD~\n', '').replace('SE*38', 'SE*37')
  const reading = readX12(Buffer.from(text, 'latin1'), { defaultCurrency: 'CAD' })
  expect(orderOf(reading).currency).toBe('CAD')
})

test('dates of two-digit years in a 003040 order are no fault', () => {
  const old = purchaseOrder.replaceAll(/2026(03\d\d)/g, '26$1').replace('*X*004010', '*X*003040')
  const reading = readX12(Buffer.from(old, 'latin1'))
  expect(orderOf(reading)).toMatchObject({ issuedOn: '2026-03-04', requestedOn: '2026-03-18' })
  expect(reading.acknowledgements).toMatchObject([{ verdict: 'accepted' }])
})

test('amounts too large to keep exactly neither crash nor become wrong totals', () => {
  const reading = edit(purchaseOrder, '*120*EA*12.4500', '*999999999999999*EA*99999999999999.99')
  expect(orderOf(reading).lines[0]?.quantity.value).toBe('999999999999999')
})

test('an 860 lists its changes line by line', () => {
  const change = changeOf(readX12(Buffer.from(changeRequest, 'latin1')))
  expect(change).toMatchObject({
    purpose: 'change',
    purchaseOrderNumber: 'CB-260304-17',
    revision: 1,
    issuedOn: '2026-03-05',
    notes: [{ text: 'Site needs fewer bolts and one more item.' }],
    source: { customerKey: '100045' },
  })
  expect(change.changes).toMatchObject([
    { action: 'quantity', line: '001', quantity: { value: '96', uom: 'EA' } },
    { action: 'price', line: '002', unitPrice: '0.295' },
    { action: 'dates', line: '003', requestedOn: '2026-04-01' },
    {
      action: 'add',
      line: '004',
      item: {
        identifiers: [{ scheme: 'sku', value: 'TAP-0300' }],
        description: 'Masking tape 48 mm',
      },
      quantity: { value: '10' },
      unitPrice: '4.25',
    },
    { action: 'delete', line: '005' },
  ])
  expect(change.replacement).toBeUndefined()
})

test('an 860 with purpose 01 cancels the order and needs no lines', () => {
  const start = changeRequest.indexOf('POC*001')
  const end = changeRequest.indexOf('CTT*5')
  const text = (changeRequest.slice(0, start) + changeRequest.slice(end))
    .replace('BCH*04', 'BCH*01')
    .replace('CTT*5~\n', '')
    .replace('SE*14', 'SE*6')
  const change = changeOf(readX12(Buffer.from(text, 'latin1')))
  expect(change).toMatchObject({ purpose: 'cancel', changes: [] })
})

test('an 860 with purpose 05 puts a whole order in the place of the old one', () => {
  const text = changeRequest
    .replace('BCH*04', 'BCH*05')
    .replace('POC*003*CT*14*14*CA***', 'POC*003*RZ*14*14*CA*96.1**')
  const change = changeOf(readX12(Buffer.from(text, 'latin1')))
  expect(change).toMatchObject({ purpose: 'replace', changes: [] })
  expect(change.replacement?.lines.map((line) => line.line)).toEqual(['001', '002', '003', '004'])
  expect(change.replacement?.lines[1]).toMatchObject({ unitPrice: '29.5', priceBasis: '100' })
})

test.each([
  ['a kind of change nobody knows', 'POC*001*QD', 'POC*001*QQ', 'AK403 7 POC@6-2'],
  [
    'a quantity change without its quantity',
    'POC*001*QD*96*96*EA*12.4500',
    'POC*001*QD',
    'AK403 2 POC@6-3',
  ],
  ['a quantity that is no number', 'POC*001*QD*96', 'POC*001*QD*few', 'AK403 6 POC@6-3'],
  ['a line without its number', 'POC*001*QD', 'POC**QD', 'AK403 1 POC@6-1'],
])('an 860 with %s is refused with its place', (_, from, to, expected) => {
  const reading = edit(changeRequest, from, to)
  expect(reading.documents).toEqual([])
  const places = reading.findings.map(
    ({ codeList, code, segment, segmentPosition, element }) =>
      `${codeList} ${code} ${segment}@${segmentPosition}-${element}`,
  )
  expect(places).toContain(expected)
})
