import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  type OutreachTenant,
  type OutreachWorld,
  openOutreachWorld,
} from '../../../testing/outreach-world.ts'
import type { CustomerMessage } from '../../canonical/customer-message.ts'
import { outreachKind } from '../../canonical/outreach-settings.ts'
import type { CallOutcome, OutboundCall } from '../../connectors/connector.ts'
import { readMail } from '../../documents/mail/read-mail.ts'
import { CallerMistake } from '../../errors.ts'

const arrived: CustomerMessage[] = []
let answer: (call: OutboundCall) => CallOutcome | undefined = () => undefined
let world: OutreachWorld

beforeAll(async () => {
  world = await openOutreachWorld({
    ...{ kind: outreachKind, operations: ['customer.message'], timeoutMs: 1_000 },
    checkSettings: () => [],
    test: async () => ({ isReachable: true, detail: '' }),
    async send(call) {
      const outcome = answer(call)
      if (outcome !== undefined && outcome.outcome !== 'unknown') return outcome
      if (call.document.docType === 'customer-message') arrived.push(call.document)
      return outcome ?? { outcome: 'done', externalId: 'mail-1' }
    },
  })
})
afterEach(() => {
  answer = () => undefined
  arrived.length = 0
})
afterAll(() => world.close())

const folder = {
  from: 'ar@meridian.example',
  usesPlusAddress: true,
  deliver: { method: 'folder', path: '/nowhere' },
}

async function lateCustomer(): Promise<OutreachTenant> {
  const tenant = await world.tenant()
  await tenant.settings()
  await tenant.customer('C-1')
  await tenant.invoice('INV-1')
  await tenant.addConnection(folder)
  return tenant
}

const messagesOf = async ({ tenantId }: OutreachTenant) =>
  (await world.messages.list({ tenantId, page: { limit: 10, after: undefined } })).items

const mailsOf = async ({ tenantId }: OutreachTenant) =>
  (await world.messages.mails({ tenantId, page: { limit: 10, after: undefined } })).items

const mistakeOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('It was not refused.'),
    (error: unknown) =>
      error instanceof CallerMistake ? error : expect.unreachable(String(error)),
  )

test('a late customer’s candidate is a letter by code: recipient, figures and copies come from the records', async () => {
  const tenant = await lateCustomer()
  const candidates = await tenant.candidates()
  expect(candidates).toHaveLength(1)
  const [candidate] = candidates
  expect(candidate).toMatchObject({
    kind: 'send-collections-message',
    subject: { kind: 'customer', id: 'C-1', label: 'Atlas MRO LLC' },
    money: { amountMinor: 941_000, currency: 'USD' },
  })
  const said = Object.fromEntries(
    (candidate?.changes ?? []).map(({ label, after }) => [label, after]),
  )
  expect(said['To']).toBe('Ann Field <ap@atlasmro.example>')
  expect(said['Text']).toContain('- Invoice INV-1: 9,410.00 USD open, due')
  expect(said['Text']).toContain('ar@meridian.example')
  expect(said['Copies attached']).toBe('INV-1')
  expect(await tenant.candidates()).toEqual(candidates)
})

test('an approved message leaves once with a copy of the invoice, and is a contact on the ladder', async () => {
  const tenant = await lateCustomer()
  const proposal = await tenant.propose()
  await world.deliver()
  expect(arrived).toEqual([])
  expect(await tenant.approved(proposal)).toMatchObject({ status: 'executing' })
  expect(await messagesOf(tenant)).toMatchObject([{ status: 'queued' }])
  await world.deliver()
  await world.deliver()
  expect(arrived).toHaveLength(1)
  expect(arrived[0]).toMatchObject({
    recipient: { email: 'ap@atlasmro.example', name: 'Ann Field' },
    company: 'Meridian Industrial Supply',
    invoices: [{ invoiceNumber: 'INV-1', totalMinor: 941_000, lines: [{ line: '1' }] }],
  })
  expect(await messagesOf(tenant)).toMatchObject([
    { status: 'sent', level: 1, invoiceNumbers: ['INV-1'], proposalId: proposal.proposalId },
  ])
  const { items } = await world.records.contacts({
    tenantId: tenant.tenantId,
    page: { limit: 5, after: undefined },
  })
  expect(items).toMatchObject([
    {
      ...{ channel: 'email', level: 1, outcome: 'sent', invoiceNumbers: ['INV-1'] },
      ...{ amountMinor: 941_000, addressee: { email: 'ap@atlasmro.example' } },
    },
  ])
  expect((await tenant.events()).map(({ kind }) => kind)).toEqual([
    'message.queued',
    'message.sent',
  ])
  // The limits of contact hold from now on.
  expect(await tenant.candidates()).toEqual([])
})

test('a rejected message never leaves', async () => {
  const tenant = await lateCustomer()
  const proposal = await tenant.propose()
  await world.proposals.reject({ ...tenant.decided(proposal), reason: 'They paid by cheque.' })
  await world.execute()
  await world.deliver()
  expect([arrived, await messagesOf(tenant)]).toEqual([[], []])
})

const changes: [string, (tenant: OutreachTenant) => Promise<unknown>][] = [
  ['a payment', (tenant) => tenant.paid('INV-1')],
  [
    'money that is not put to an invoice yet',
    (tenant) =>
      tenant.inTenant((tx) =>
        tx.run(sql`
          insert into payment (tenant_id, payment_id, payment_number, connection_id, document_id, currency,
            amount_minor, unapplied_minor, booked_on, customer_number)
          values (${tenant.tenantId}, ${`pay-${tenant.tenantId}`}, 'PMT-1', 'bank', 'd', 'USD', 100, 100,
            '2020-01-01'::date, 'C-1')`),
      ),
  ],
  [
    'a dispute',
    ({ tenantId }) =>
      world.records.openDispute(
        { tenantId, actor: 'person:Dana' },
        { invoiceNumber: 'INV-1', amountMinor: 1_000, code: '01', note: '' },
      ),
  ],
  [
    'a stop',
    ({ tenantId }) =>
      world.records.placeStop(
        { tenantId, actor: 'person:Dana' },
        { customerNumber: 'C-1', kind: 'do-not-contact', reason: 'They asked.' },
      ),
  ],
  ['another contact', (tenant) => tenant.customer('C-1', { email: 'new@atlasmro.example' })],
  ['another late invoice', (tenant) => tenant.invoice('INV-2')],
]

test.each(changes)('%s before the approval makes a proposal stale', async (_name, change) => {
  const tenant = await lateCustomer()
  const proposal = await tenant.propose()
  await change(tenant)
  const { problem } = await mistakeOf(tenant.approve(proposal))
  expect(problem).toBe('stale')
  await world.execute()
  await world.deliver()
  expect([arrived, await messagesOf(tenant)]).toEqual([[], []])
})

test.each(changes)('%s between approval and leaving withdraws a message', async (_name, change) => {
  const tenant = await lateCustomer()
  await tenant.approved(await tenant.propose())
  await change(tenant)
  await world.deliver()
  expect(arrived).toEqual([])
  expect(await messagesOf(tenant)).toMatchObject([
    { status: 'withdrawn', statusReason: expect.stringContaining('Withdrawn before it left') },
  ])
  expect(await tenant.transactions()).toMatchObject([{ status: 'dropped' }])
})

test('edited words are read again: each foreign number is named, and what fits is approved as it then is', async () => {
  const tenant = await lateCustomer()
  const proposal = await tenant.propose()
  const { body: written, ...draft } = proposal.draft ?? {}
  const body = String(written)
  const edit = (changed: string) =>
    world.proposals.edit({ ...tenant.decided(proposal), draft: { ...draft, body: changed } })
  const mistake = await mistakeOf(edit(`${body}\nPay 9,410.01 USD to IBAN DE02 by December 1.`))
  expect(mistake).toMatchObject({ status: 422, problem: 'draft-rejected' })
  expect(mistake.details.map(({ message }) => message).join('\n')).toMatch(/9,410\.01/)
  expect(mistake.details.map(({ message }) => message).join('\n')).toMatch(/IBAN/)
  const edited = await edit(body.replace('Could you', 'Would you'))
  expect(edited.version).toBeGreaterThan(proposal.version)
  expect(edited.effectHash).not.toBe(proposal.effectHash)
  await tenant.approved(edited)
  await world.deliver()
  expect(arrived[0]?.body).toContain('Would you please look into it')
})

test('outside the contact hours an approved message waits, is looked at again, and then leaves', async () => {
  const tenant = await lateCustomer()
  // An hour that this test does not run in.
  const hour = (new Date().getUTCHours() + 12) % 23
  const at = (minute: string) => `${String(hour).padStart(2, '0')}:${minute}`
  await tenant.settings({ lettersAtAnyHour: false, contactHours: { from: at('00'), to: at('30') } })
  await tenant.customer('C-1', { timeZone: 'UTC' })
  await tenant.inTenant((tx) => tx.run(sql`update customer set time_zone = 'UTC' where true`))
  await tenant.approved(await tenant.propose())
  await world.deliver()
  expect(arrived).toEqual([])
  expect(await tenant.transactions()).toMatchObject([{ status: 'waiting', code: 'CONTACT_HOURS' }])
  await tenant.settings()
  const ids = await tenant.inTenant((tx) =>
    tx.rows<{ id: string }>(
      sql`update transaction set due_at = now() where true returning transaction_id as id`,
    ),
  )
  await tenant.inTenant((tx) =>
    world.queue.enqueue(
      tx,
      'deliver-transaction',
      ids.map(({ id }) => id),
    ),
  )
  await world.deliver()
  // The policy has changed, and with it nothing that the message says.
  expect(arrived).toHaveLength(1)
})

test('whether a mail left or not is a person’s question: it is never sent twice by itself', async () => {
  const tenant = await lateCustomer()
  answer = () => ({ outcome: 'unknown', code: 'ETIMEDOUT', message: 'The mail call broke off.' })
  await tenant.approved(await tenant.propose())
  await world.deliver()
  expect(await messagesOf(tenant)).toMatchObject([{ status: 'in-doubt' }])
  expect(await tenant.transactions()).toMatchObject([{ status: 'failed', attempts: 1 }])
  expect((await tenant.events()).map(({ kind }) => kind)).toContain('message.in-doubt')
  answer = () => undefined
  await world.deliver()
  expect(arrived).toHaveLength(1)
  expect(await tenant.candidates()).toEqual([])
})

test('a message that a process was killed over is not sent again either', async () => {
  const tenant = await lateCustomer()
  await tenant.approved(await tenant.propose())
  const [call] = await tenant.inTenant((tx) =>
    tx.rows<{ id: string }>(sql`
      update transaction set status = 'sending', attempts = 1, sent_at = now() - interval '1 hour',
        due_at = now() - interval '1 minute' where true returning transaction_id as id`),
  )
  await tenant.inTenant((tx) => world.queue.enqueue(tx, 'deliver-transaction', [call?.id ?? '']))
  await world.deliver()
  expect(arrived).toEqual([])
  expect(await messagesOf(tenant)).toMatchObject([{ status: 'in-doubt' }])
})

test('a mail server that is away is tried again; the message leaves once', async () => {
  const tenant = await lateCustomer()
  let tries = 0
  answer = () => {
    tries += 1
    return tries > 1
      ? undefined
      : { outcome: 'failed', errorClass: 'TRANSPORT', code: 'ECONNREFUSED', message: 'Away.' }
  }
  await tenant.approved(await tenant.propose())
  await world.deliver()
  expect(await tenant.transactions()).toMatchObject([{ status: 'waiting' }])
  const [call] = await tenant.inTenant((tx) =>
    tx.rows<{ id: string }>(
      sql`update transaction set due_at = now() where true returning transaction_id as id`,
    ),
  )
  await tenant.inTenant((tx) => world.queue.enqueue(tx, 'deliver-transaction', [call?.id ?? '']))
  await world.deliver()
  expect(arrived).toHaveLength(1)
  expect(await messagesOf(tenant)).toMatchObject([{ status: 'sent' }])
})

test('an address the server does not know is flagged at once', async () => {
  const tenant = await lateCustomer()
  answer = () => ({
    ...{ outcome: 'refused', errorClass: 'DATA_QUALITY', code: 'RECIPIENT_REFUSED' },
    message: 'The mail server knows no such recipient.',
  })
  await tenant.approved(await tenant.propose())
  await world.deliver()
  expect(await messagesOf(tenant)).toMatchObject([{ status: 'bounced' }])
  expect(await tenant.candidates()).toEqual([])
})

test('without a connection for messages an approval says what is missing', async () => {
  const tenant = await world.tenant()
  await tenant.settings()
  await tenant.customer('C-1')
  await tenant.invoice('INV-1')
  expect(await tenant.approved(await tenant.propose())).toMatchObject({
    status: 'failed',
    result: { message: expect.stringContaining('kind outreach-mail') },
  })
})

const sample = (name: string) =>
  readFile(join(import.meta.dirname, '../../../fixtures/mail', `${name}.eml`), 'utf8')

async function sentMessage() {
  const tenant = await lateCustomer()
  await tenant.approved(await tenant.propose())
  await world.deliver()
  const [message] = await messagesOf(tenant)
  if (message === undefined) throw new Error('No message was sent.')
  let uid = 0
  const box = { connectionId: message.connectionId, uidValidity: '7' }
  return {
    tenant,
    message,
    /** A mail of the samples arrives, as an answer to the message. */
    async receive(name: string, change: (mail: string) => string = (mail) => mail, again?: number) {
      uid += 1
      const ours = /<5f4dcc3b5aa765d61d8327deb882cf99@meridian\.example>/g
      const text = change((await sample(name)).replaceAll(ours, `<${message.headerId}>`))
      const source = new TextEncoder().encode(text)
      const arrivedAt = new Date(Date.now() - 1_000)
      return world.mails.take(tenant.tenantId, box, {
        ...{ uid: again ?? uid, arrivedAt, source, mail: await readMail(source) },
      })
    },
    stops: async () =>
      (
        await world.records.stops({
          tenantId: tenant.tenantId,
          page: { limit: 5, after: undefined },
        })
      ).items,
    replies: async () =>
      (
        await world.records.replies({
          tenantId: tenant.tenantId,
          page: { limit: 5, after: undefined },
        })
      ).items,
  }
}

test('an answer is taken once, tied to its message and read as a promise that a person confirms', async () => {
  const { tenant, message, receive, replies, stops } = await sentMessage()
  expect(await receive('promise', (mail) => mail.replaceAll('INV-000123', 'INV-1'))).toBe('taken')
  // The mailbox counts anew, and shows the same mail under another number.
  const again = await receive('promise', (mail) => mail.replaceAll('INV-000123', 'INV-1'), 99)
  expect(again).toBe('known')
  expect(await mailsOf(tenant)).toMatchObject([
    {
      ...{ kind: 'reply', messageId: message.messageId, tiedBy: 'message-id' },
      ...{ customerNumber: 'C-1', replyClass: 'promise', sender: 'ap@atlasmro.example' },
    },
  ])
  expect(await replies()).toMatchObject([
    {
      ...{ replyClass: 'promise', readAt: null },
      reading: { alternatives: [{ kind: 'record-promise' }] },
    },
  ])
  expect(await stops()).toEqual([])
  const promises = await world.records.promises({
    tenantId: tenant.tenantId,
    page: { limit: 5, after: undefined },
  })
  expect(promises.items).toEqual([])
  expect(await messagesOf(tenant)).toMatchObject([
    { replies: [{ kind: 'reply', replyClass: 'promise' }] },
  ])
})

test('a dispute, an absence and a mail nobody knows are told apart', async () => {
  const { tenant, receive } = await sentMessage()
  await receive('html-only', (mail) => mail.replace(/^In-Reply-To:.*\r\n/m, ''))
  await receive('out-of-office')
  await receive('promise', (mail) =>
    mail
      .replace(/^In-Reply-To:.*\r\n/m, '')
      .replace(/^References:.*\r\n.*\r\n/m, '')
      .replaceAll(/ap@atlasmro\.example/gi, 'spam@elsewhere.example'),
  )
  const found = (await mailsOf(tenant)).map(({ tiedBy, replyClass, kind }) => ({
    ...{ tiedBy, replyClass, kind },
  }))
  expect(found.reverse()).toEqual([
    { tiedBy: 'sender', replyClass: 'dispute', kind: 'reply' },
    { tiedBy: 'message-id', replyClass: 'out-of-office', kind: 'auto-reply' },
    { tiedBy: null, replyClass: null, kind: 'reply' },
  ])
})

test('whoever asks not to be written to is not written to from that moment on', async () => {
  const { tenant, message, receive, stops } = await sentMessage()
  await receive('stop', (mail) => mail.replace('out_01kyaaaaaaaaaaaaaaaaaaaaaa', message.messageId))
  expect(await mailsOf(tenant)).toMatchObject([
    { tiedBy: 'address', replyClass: 'stop-contact', messageId: message.messageId },
  ])
  expect(await stops()).toMatchObject([{ kind: 'do-not-contact', customerNumber: 'C-1' }])
})

test('a bounce flags the address; a delay changes nothing', async () => {
  const { tenant, receive } = await sentMessage()
  await receive('delayed')
  expect(await messagesOf(tenant)).toMatchObject([{ status: 'sent' }])
  await receive('bounce')
  await receive('bounce', (mail) => mail.replace('15:01:00', '15:01:01'))
  expect(await messagesOf(tenant)).toMatchObject([
    { status: 'bounced', statusReason: expect.stringContaining('5.1.1') },
  ])
  expect((await tenant.events()).filter(({ kind }) => kind === 'message.bounced')).toHaveLength(1)
  const { items } = await world.records.contacts({
    tenantId: tenant.tenantId,
    page: { limit: 5, after: undefined },
  })
  expect(items).toMatchObject([{ outcome: 'bounced' }])
})

test('a mail that is none is noted, and the mailbox is read on', async () => {
  const { tenant } = await sentMessage()
  const box = { connectionId: 'mail', uidValidity: '7' }
  const source = new Uint8Array([0, 255, 1])
  const arrival = { uid: 5, arrivedAt: new Date(), source, mail: undefined }
  expect(await world.mails.take(tenant.tenantId, box, arrival)).toBe('taken')
  expect(await world.mails.place(tenant.tenantId, 'mail')).toEqual({
    uidValidity: '7',
    lastUid: 5,
  })
})

test('a mail that nothing can be made of is kept for a person, and holds up no other', async () => {
  const { tenant, receive } = await sentMessage()
  // What is known of the customer has gone from the file meanwhile.
  await tenant.inTenant(async (tx) => {
    await tx.run(sql`delete from customer where customer_number = 'C-1'`)
    await tx.run(sql`delete from invoice where customer_number = 'C-1'`)
  })
  expect(await receive('promise')).toBe('taken')
  expect(await mailsOf(tenant)).toMatchObject([
    { tiedBy: 'message-id', replyId: null, outcome: expect.stringContaining('a person looks') },
  ])
  expect(await receive('promise')).toBe('known')
})
