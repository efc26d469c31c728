import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { afterEach, expect, test } from 'vitest'
import { pdfText } from '../../../testing/read-pdf.ts'
import { openSmtpServer, type SmtpServer } from '../../../testing/smtp-server.ts'
import { CustomerMessage } from '../../canonical/customer-message.ts'
import { outreachKind } from '../../canonical/outreach-settings.ts'
import type { OpenConnection, OutboundCall } from '../connector.ts'
import { outreachConnector } from './outreach-connector.ts'

const servers: SmtpServer[] = []
const folders: string[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function mailServer(replies: Record<string, string | null> = {}): Promise<SmtpServer> {
  const server = await openSmtpServer(replies)
  servers.push(server)
  return server
}

const invoice = {
  ...{ docType: 'invoice', currency: 'USD', invoiceNumber: 'INV/1', invoicedOn: '2026-10-16' },
  ...{ dueOn: '2026-11-15', orderNumber: 'SO-1', purchaseOrderNumber: 'PO-1' },
  lines: [
    {
      line: '1',
      item: { identifiers: [{ scheme: 'sku', value: 'FAS-1001' }] },
      ...{ quantity: { value: '10', uom: 'EA' }, unitPrice: '94.10', lineAmountMinor: 94_100 },
    },
  ],
  ...{ linesTotalMinor: 94_100, totalMinor: 94_100 },
}

const call: OutboundCall = {
  ...{ transactionId: 'txn_1', operation: 'customer.message', attempt: 1 },
  idempotencyKey: 'message:prp_1:abc',
  document: CustomerMessage.parse({
    ...{ docType: 'customer-message', messageId: 'out_01abc', headerId: 'abc@meridian.example' },
    ...{ customerNumber: 'C-1', language: 'en', company: 'Meridian' },
    recipient: { name: 'Ann Field\r\nBcc: thief@example.com', email: 'ap@atlas.example' },
    subject: 'Your account\r\nBcc: thief@example.com',
    body: 'Dear Ann Field,\n\nInvoice INV/1: 941.00 USD – offen.',
    invoices: [invoice],
    writtenAt: '2026-11-23T16:00:00.000Z',
  }),
}

const connectionTo = (deliver: object, more: object = {}): OpenConnection => ({
  ...{ connectionId: 'con_1', tenantId: 'ten_1', kind: outreachKind, secrets: [] },
  settings: { from: 'ar@meridian.example', deliver, ...more },
})
const bySmtp = (port: number, more: object = {}) =>
  connectionTo({ method: 'smtp', host: '127.0.0.1', port }, more)

const never = new AbortController().signal

test('a message leaves with its words, a copy of the invoice, a way to answer and a way out', async () => {
  const { port, mails } = await mailServer()
  const connection = bySmtp(port, { usesPlusAddress: true, fromName: 'Meridian AR' })
  expect(await outreachConnector().send(call, connection, never)).toMatchObject({
    outcome: 'done',
    externalId: '<abc@meridian.example>',
  })
  const mail = await PostalMime.parse(mails[0] ?? '')
  expect(mail).toMatchObject({
    from: { name: 'Meridian AR', address: 'ar@meridian.example' },
    to: [{ address: 'ap@atlas.example' }],
    replyTo: [{ address: 'ar+out_01abc@meridian.example' }],
    messageId: '<abc@meridian.example>',
  })
  expect(mail.headers.filter(({ key }) => key === 'bcc')).toEqual([])
  expect(mail.text).toContain('Invoice INV/1: 941.00 USD – offen.')
  expect(mail.headers.find(({ key }) => key === 'list-unsubscribe')?.value).toBe(
    '<mailto:ar+out_01abc@meridian.example?subject=stop>',
  )
  const [copy] = mail.attachments
  expect(copy).toMatchObject({ filename: 'invoice-INV_1-copy.pdf', mimeType: 'application/pdf' })
  const bytes = copy?.content instanceof ArrayBuffer ? new Uint8Array(copy.content) : undefined
  expect(pdfText(bytes ?? new Uint8Array())).toContain('Invoice INV/1')
})

test('every try of a message is the same mail', async () => {
  const { port, mails } = await mailServer()
  await outreachConnector().send(call, bySmtp(port), never)
  await outreachConnector().send(call, bySmtp(port), never)
  expect(mails).toHaveLength(2)
  expect(mails[1]).toBe(mails[0])
})

test('a folder of this machine takes the mail as a file, once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-mail-'))
  folders.push(folder)
  const connection = connectionTo({ method: 'folder', path: folder })
  for (const _ of [1, 2])
    expect(await outreachConnector().send(call, connection, never)).toMatchObject({
      outcome: 'done',
    })
  expect(await readdir(folder)).toEqual(['out_01abc.eml'])
  const mail = await PostalMime.parse(await readFile(join(folder, 'out_01abc.eml')))
  expect(mail.to).toMatchObject([{ address: 'ap@atlas.example' }])
  const reach = await outreachConnector().test(connection, never)
  expect(reach).toMatchObject({ isReachable: true })
})

test.each([
  ['an unknown recipient is told apart', { RCPT: '550 5.1.1 No such user' }, 'RECIPIENT_REFUSED'],
  [
    'a server that does not want us says nothing of the recipient',
    { RCPT: '550 5.7.1 Denied' },
    'SMTP_550',
  ],
  ['a full mailbox is tried again', { RCPT: '452 4.2.2 Full' }, 'SMTP_452'],
])('%s', async (_name, replies, code) => {
  const { port } = await mailServer(replies)
  const sent = await outreachConnector().send(call, bySmtp(port), never)
  expect(sent).toMatchObject({ outcome: code === 'SMTP_452' ? 'failed' : 'refused', code })
})

test('a line cut after the mail was handed over leaves it unknown', async () => {
  const { port, mails } = await mailServer({ '.': null })
  const sent = await outreachConnector().send(call, bySmtp(port), never)
  expect(mails).toHaveLength(1)
  expect(sent).toMatchObject({ outcome: 'unknown' })
})

test('a server that hangs up before it has heard of the mail is tried again: nothing can have left', async () => {
  const { port } = await mailServer({ EHLO: null, HELO: null })
  const sent = await outreachConnector().send(call, bySmtp(port), never)
  expect(sent).toMatchObject({ outcome: 'failed', errorClass: 'TRANSPORT' })
})

test('a server that says nothing at all is tried again', async () => {
  const silent = createServer(() => undefined)
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const sent = await outreachConnector({ timeoutMs: 200 }).send(call, bySmtp(port), never)
  silent.close()
  expect(sent).toMatchObject({ outcome: 'failed', errorClass: 'TRANSPORT' })
})

test('settings that do not fit are told in words', () => {
  const { checkSettings } = outreachConnector()
  expect(checkSettings({ from: 'nobody', deliver: { method: 'smtp', host: 'mail' } })).toEqual([
    expect.stringMatching(/^from: /),
  ])
  expect(checkSettings({ from: 'ar@meridian.example' })).toEqual([
    expect.stringMatching(/^deliver/),
  ])
})
