import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Invoice } from '../../canonical/invoice.ts'
import type { OpenConnection, OutboundCall } from '../connector.ts'
import { partnerMailboxConnector } from './partner-mailbox-connector.ts'

const never = new AbortController().signal
const interchange =
  'ISA*00*          *00*          *ZZ*QUITTANCE      *ZZ*NORTHWIND      *261120*1000*U*00401*000000042*0*P*>~IEA*0*000000042~'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-mailbox-'))
})
afterEach(() => rm(folder, { recursive: true }))

function connectionTo(path: string): OpenConnection {
  const addresses = { ourQualifier: 'ZZ', ourId: 'QUITTANCE', theirQualifier: 'ZZ' }
  return {
    ...{ connectionId: 'con_1', tenantId: 'ten_1', kind: 'x12', secrets: [] },
    settings: { ...addresses, theirId: 'NORTHWIND', deliver: { method: 'folder', path } },
  }
}

function callWith(rendered: string): OutboundCall {
  return {
    transactionId: 'txn_1',
    operation: 'partner.technical-acknowledgement',
    idempotencyKey: 'ta1:42',
    document: {
      docType: 'technical-acknowledgement',
      standard: 'x12',
      kind: 'TA1',
      acknowledges: '000000001',
      verdict: 'accepted',
      body: {},
    },
    rendered,
    attempt: 1,
  }
}

test('an interchange lies in the folder whole, under its control number, once', async () => {
  const connector = partnerMailboxConnector()
  const connection = connectionTo(folder)
  const call = callWith(interchange)
  expect(await connector.lookUp?.(call, connection, never)).toEqual({ found: false })
  const done = { outcome: 'done', externalId: '000000042.x12' }
  expect(await connector.send(call, connection, never)).toEqual(done)
  expect(await connector.send(call, connection, never)).toEqual(done)
  expect(await readdir(folder)).toEqual(['000000042.x12'])
  expect(await readFile(join(folder, '000000042.x12'), 'utf8')).toBe(interchange)
  expect(await connector.lookUp?.(call, connection, never)).toMatchObject({
    found: true,
    isSame: true,
  })
})

test('another interchange under the same number is never replaced', async () => {
  await writeFile(join(folder, '000000042.x12'), 'somebody else wrote this')
  const connector = partnerMailboxConnector()
  const sent = await connector.send(callWith(interchange), connectionTo(folder), never)
  expect(sent).toMatchObject({ outcome: 'refused', errorClass: 'DUPLICATE' })
  expect(await readFile(join(folder, '000000042.x12'), 'utf8')).toBe('somebody else wrote this')
})

test('a folder that is gone is waited for', async () => {
  const gone = connectionTo(join(folder, 'gone'))
  const connector = partnerMailboxConnector()
  const sent = await connector.send(callWith(interchange), gone, never)
  expect(sent).toMatchObject({ outcome: 'failed', errorClass: 'TRANSPORT', code: 'ENOENT' })
  expect(await connector.test(gone, never)).toMatchObject({ isReachable: false })
  expect(await connector.test(connectionTo(folder), never)).toMatchObject({ isReachable: true })
})

test('an interchange without a control number is refused, because it could not be found again', async () => {
  const sent = await partnerMailboxConnector().send(
    callWith('ISA*../../etc*x~'),
    connectionTo(folder),
    never,
  )
  expect(sent).toMatchObject({ outcome: 'refused', code: 'SETTINGS' })
  expect(await readdir(folder)).toEqual([])
})

const invoice = Invoice.parse({
  docType: 'invoice',
  invoiceNumber: 'INV-7',
  invoicedOn: '2026-11-20',
  dueOn: '2026-12-20',
  orderNumber: 'SO-1',
  purchaseOrderNumber: 'PO-1',
  currency: 'USD',
  lines: [
    {
      line: '001',
      item: { identifiers: [{ scheme: 'sku', value: 'FAS-1001' }] },
      quantity: { value: '5', uom: 'EA' },
      unitPrice: '1.25',
      lineAmountMinor: 625,
    },
  ],
  linesTotalMinor: 625,
  totalMinor: 625,
})

test('an invoice is written the way the partner agreed, and can be delivered as written', async () => {
  const connector = partnerMailboxConnector()
  const plain = connectionTo(folder)
  const agreed = { elementSeparator: '|', segmentTerminator: '\n', version: '005010' }
  const connection = { ...plain, settings: { ...plain.settings, ...agreed } }
  const numbers = { interchange: 1_000_000_077, group: 78, issuedAt: new Date('2026-11-20T10:00Z') }
  const { rendered: _none, ...bare } = callWith('')
  const call: OutboundCall = { ...bare, operation: 'partner.invoice', document: invoice }
  const rendered = connector.render?.(call, connection, numbers) ?? ''
  expect(rendered).toMatch(/^ISA\|00\|.*\|ZZ\|QUITTANCE {6}\|ZZ\|NORTHWIND {6}\|/)
  expect(rendered).toContain('\nBIG|20261120|INV-7')
  expect(rendered).toContain('\nTDS|625\n')
  const sent = await connector.send({ ...call, rendered }, connection, never)
  expect(sent).toEqual({ outcome: 'done', externalId: '000000077.x12' })
})

test('a partner who only sends gets nothing, and a person is told why', async () => {
  const { deliver: _deliver, ...settings } = connectionTo(folder).settings
  const connection = { ...connectionTo(folder), settings }
  const connector = partnerMailboxConnector()
  expect(connector.checkSettings(settings)).toEqual([])
  const sent = await connector.send(callWith(interchange), connection, never)
  expect(sent).toMatchObject({ outcome: 'refused', code: 'SETTINGS' })
})

test('separators that cannot be told apart are refused', () => {
  const settings = { ...connectionTo(folder).settings, componentSeparator: '*' }
  expect(partnerMailboxConnector().checkSettings(settings)).toEqual([
    'the separators and the segment terminator must differ',
  ])
})
