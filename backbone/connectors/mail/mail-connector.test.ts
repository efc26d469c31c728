import { afterEach, expect, test } from 'vitest'
import { openSmtpServer, type SmtpServer } from '../../../testing/smtp-server.ts'
import type { OpenConnection, OutboundCall } from '../connector.ts'
import { mailConnector } from './mail-connector.ts'

const servers: SmtpServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function mailServer(replies: Record<string, string | null> = {}): Promise<SmtpServer> {
  const server = await openSmtpServer(replies)
  servers.push(server)
  return server
}

const call: OutboundCall = {
  transactionId: 'txn_1',
  operation: 'notify.people',
  idempotencyKey: 'notice:ntc_1:ops',
  document: {
    docType: 'notice',
    noticeId: 'ntc_1',
    kind: 'circuit-open',
    severity: 'critical',
    subject: 'The ERP does not answer\r\nBcc: thief@example.com',
    body: '12 orders wait.',
    occurredAt: '2026-11-22T10:00:00Z',
  },
  attempt: 1,
}

function connectionTo(port: number, settings: object = {}): OpenConnection {
  const addresses = { from: 'ops@quittance.example', to: ['night@distributor.example'] }
  return {
    ...{ connectionId: 'con_1', tenantId: 'ten_1', kind: 'mail', secrets: ['mail-password'] },
    settings: { host: '127.0.0.1', port, ...addresses, ...settings },
  }
}

const never = new AbortController().signal

test('people get a notice by mail, under one Message-ID for every try', async () => {
  const { port, mails } = await mailServer()
  const connection = connectionTo(port)
  expect(await mailConnector().send(call, connection, never)).toMatchObject({ outcome: 'done' })
  expect(await mailConnector().send(call, connection, never)).toMatchObject({ outcome: 'done' })
  const ids = mails.map((mail) => /^Message-ID: (.*)$/im.exec(mail)?.[1])
  expect(ids).toHaveLength(2)
  expect(ids[0]).toMatch(/^<[0-9a-f]{32}@quittance\.example>$/)
  expect(ids[1]).toBe(ids[0])
  expect(mails[0]).toContain('12 orders wait.')
  expect(mails[0]).toContain('Auto-Submitted: auto-generated')
})

test('a subject with a line break does not become a header', async () => {
  const { port, mails } = await mailServer()
  await mailConnector().send(call, connectionTo(port), never)
  expect(mails[0]).not.toMatch(/^Bcc:/im)
})

test.each([
  ['a full mailbox is tried again', { RCPT: '452 Mailbox full' }, 'failed', 'TRANSPORT'],
  ['an unknown recipient needs a person', { RCPT: '550 No such user' }, 'refused', 'DATA_QUALITY'],
  ['a mail that is too large is refused', { '.': '552 Too big' }, 'refused', 'TOO_LARGE'],
  ['greylisting is waited out', { '.': '451 Try later' }, 'failed', 'TRANSPORT'],
])('%s', async (_name, replies, outcome, errorClass) => {
  const { port } = await mailServer(replies)
  const sent = await mailConnector().send(call, connectionTo(port), never)
  expect(sent).toMatchObject({ outcome, errorClass })
})

test('a line cut after the mail was handed over leaves it unknown', async () => {
  const { port, mails } = await mailServer({ '.': null })
  const sent = await mailConnector().send(call, connectionTo(port), never)
  expect(mails).toHaveLength(1)
  expect(sent).toMatchObject({ outcome: 'unknown' })
})

test('a password is never sent over a line that anybody can read', async () => {
  const { port, mails } = await mailServer()
  const sent = await mailConnector().send(call, connectionTo(port, { user: 'ops' }), never)
  expect(sent).toMatchObject({ outcome: 'failed', errorClass: 'TRANSPORT' })
  expect(JSON.stringify(sent)).not.toContain('mail-password')
  expect(mails).toEqual([])
})

test('a mail server that is not there is a transport failure', async () => {
  const { port } = await mailServer()
  for (const server of servers.splice(0)) await server.close()
  const sent = await mailConnector().send(call, connectionTo(port), never)
  expect(sent).toMatchObject({ outcome: 'failed', errorClass: 'TRANSPORT' })
  const reach = await mailConnector().test(connectionTo(port), never)
  expect(reach.isReachable).toBe(false)
})

test('the test button reaches the mail server without sending', async () => {
  const { port, mails } = await mailServer()
  const reach = await mailConnector().test(connectionTo(port), never)
  expect(reach).toEqual({ isReachable: true, detail: `127.0.0.1:${port} takes mail.` })
  expect(mails).toEqual([])
})

test('settings without a recipient are told in words', () => {
  expect(mailConnector().checkSettings({ host: 'mail', from: 'a@b.example', to: [] })).toEqual([
    expect.stringMatching(/^to: /),
  ])
})
