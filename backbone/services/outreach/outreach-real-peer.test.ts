import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pollMailbox } from '../../../cli/poll-mailboxes.ts'
import { isMailPeerWanted, type MailPeer, startMailPeer } from '../../../testing/mail-peer.ts'
import { type OutreachWorld, openOutreachWorld } from '../../../testing/outreach-world.ts'
import { pdfText } from '../../../testing/read-pdf.ts'
import { outreachConnector } from '../../connectors/mail/outreach-connector.ts'

const ours = 'ar@meridian.example'
let peer: MailPeer
let world: OutreachWorld
let customers = 0

beforeAll(async () => {
  if (!isMailPeerWanted) return
  peer = await startMailPeer()
  world = await openOutreachWorld(outreachConnector())
})
afterAll(async () => {
  if (!isMailPeerWanted) return
  await world.close()
  await peer.stop()
})

/** A tenant whose one late customer has a mailbox on the real server. */
async function lateCustomer() {
  customers += 1
  const email = `ap-${customers}@atlasmro.example`
  const tenant = await world.tenant()
  await tenant.settings()
  await tenant.customer('C-1', { email })
  await tenant.invoice('INV-000123')
  const connectionId = await tenant.addConnection(
    {
      from: ours,
      deliver: { method: 'smtp', host: '127.0.0.1', port: peer.smtpPort },
      inbox: { host: '127.0.0.1', port: peer.imapPort, secure: false, user: ours },
    },
    'demo',
  )
  return { ...tenant, email, connectionId }
}

type Customer = Awaited<ReturnType<typeof lateCustomer>>

const page = { limit: 10, after: undefined }

const opened = async ({ inTenant, connectionId }: Customer) => {
  const connection = await inTenant((tx) => world.openConnection(tx, connectionId))
  if (connection === undefined) throw new Error('The connection is not there.')
  return connection
}

async function poll(customer: Customer, until: (taken: number) => boolean): Promise<number> {
  const connection = await opened(customer)
  let taken = 0
  for (let tries = 0; tries < 60 && !until(taken); tries += 1) {
    taken += await pollMailbox(connection, world.mails, AbortSignal.timeout(20_000))
    // A mail server delivers when it likes; there is no event to wait for.
    if (!until(taken)) await wait(100)
  }
  return taken
}

/** Somebody outside writes to us, by the same real server. */
async function write(raw: string, from: string): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port: peer.smtpPort, secure: false })
  await transport.sendMail({ envelope: { from, to: [ours] }, raw })
  transport.close()
}

const sample = async (name: string, headerId: string) =>
  (await readFile(join(import.meta.dirname, '../../../fixtures/mail', `${name}.eml`), 'utf8'))
    .replaceAll('5f4dcc3b5aa765d61d8327deb882cf99@meridian.example', headerId)
    // What the last mail server adds; one that finds it there already takes the mail for one in a loop.
    .replaceAll(/^(Delivered-To|Return-Path):.*\r\n/gm, '')

test.skipIf(!isMailPeerWanted)(
  'an approved message lies in a real mailbox once, with the right copy; a rejected or stale one never (TEST_REAL=1)',
  async () => {
    const customer = await lateCustomer()
    const rejected = await lateCustomer()
    const stale = await lateCustomer()
    const withdrawn = await lateCustomer()
    const connector = outreachConnector()
    const reach = await connector.test(await opened(customer), AbortSignal.timeout(20_000))
    expect(reach).toMatchObject({ isReachable: true })
    await customer.approved(await customer.propose())
    await world.proposals.reject({
      ...rejected.decided(await rejected.propose()),
      reason: 'Not today.',
    })
    const proposal = await stale.propose()
    await stale.paid('INV-000123')
    await expect(stale.approve(proposal)).rejects.toMatchObject({ problem: 'stale' })
    await withdrawn.approved(await withdrawn.propose())
    await withdrawn.paid('INV-000123')
    await world.execute()
    await world.deliver()
    await world.deliver()
    await peer.mailsOf(customer.email)
    // Time for a second one, if there were one.
    await wait(1_000)
    const mails = await peer.mailsOf(customer.email)
    expect(mails).toHaveLength(1)
    const mail = await PostalMime.parse(mails[0] ?? '')
    expect(mail.text).toContain('- Invoice INV-000123: 9,410.00 USD open')
    expect(mail.attachments.map(({ filename }) => filename)).toEqual([
      'invoice-INV-000123-copy.pdf',
    ])
    const content = mail.attachments[0]?.content
    const copy = content instanceof ArrayBuffer ? new Uint8Array(content) : new Uint8Array()
    expect(pdfText(copy)).toContain('Invoice INV-000123')
    expect(pdfText(copy)).toContain('9410.00 USD')
    for (const { email } of [rejected, stale, withdrawn])
      expect(await peer.mailsOf(email, 0)).toEqual([])
  },
  60_000,
)

test.skipIf(!isMailPeerWanted)(
  'an answer and a bounce come back from a real mailbox, each once, and are told apart (TEST_REAL=1)',
  async () => {
    const customer = await lateCustomer()
    const { tenantId } = customer
    await customer.approved(await customer.propose())
    await world.deliver()
    const [message] = (await world.messages.list({ tenantId, page })).items
    const headerId = message?.headerId ?? ''
    await write(await sample('promise', headerId), customer.email)
    expect(await poll(customer, (taken) => taken > 0)).toBe(1)
    expect(
      await pollMailbox(await opened(customer), world.mails, AbortSignal.timeout(20_000)),
    ).toBe(0)
    await write(await sample('bounce', headerId), '')
    await poll(customer, (taken) => taken > 0)
    const { items } = await world.messages.mails({ tenantId, page })
    expect(items.map(({ kind, replyClass, tiedBy }) => [kind, replyClass, tiedBy])).toEqual([
      ['bounce', null, 'message-id'],
      ['reply', 'promise', 'message-id'],
    ])
    expect((await world.messages.list({ tenantId, page })).items).toMatchObject([
      { status: 'bounced', replies: [{ kind: 'reply' }, { kind: 'bounce' }] },
    ])
  },
  60_000,
)
