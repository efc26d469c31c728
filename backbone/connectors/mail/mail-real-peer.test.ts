import { expect, test } from 'vitest'
import { isMailPeerWanted, startMailPeer } from '../../../testing/mail-peer.ts'
import type { OutboundCall } from '../connector.ts'
import { mailConnector } from './mail-connector.ts'

const address = 'ops@meridian.example'

const notice: OutboundCall = {
  transactionId: 'txn_mail',
  operation: 'notify.people',
  idempotencyKey: 'notice:1',
  attempt: 1,
  document: {
    docType: 'notice',
    noticeId: 'ntc_1',
    kind: 'circuit',
    severity: 'critical',
    subject: 'The ERP is away – orders wait',
    body: '14 orders wait for the ERP. Nothing is lost; they go out in order when it is back.',
    occurredAt: '2026-11-22T07:00:00.000Z',
  },
}

test.skipIf(!isMailPeerWanted)(
  'a notice reaches a mailbox of a real mail server (TEST_REAL=1)',
  async () => {
    const peer = await startMailPeer()
    try {
      const connector = mailConnector()
      const connection = {
        connectionId: 'ops-mail',
        tenantId: 'meridian',
        kind: 'mail',
        settings: {
          host: '127.0.0.1',
          port: peer.smtpPort,
          from: 'quittance@meridian.example',
          to: [address],
        },
        secrets: [],
      }
      const signal = AbortSignal.timeout(20_000)
      expect(await connector.test(connection, signal)).toMatchObject({ isReachable: true })
      expect(await connector.send(notice, connection, signal)).toMatchObject({ outcome: 'done' })
      const [mail] = await peer.mailsOf(address)
      const text = mail?.toString() ?? ''
      expect(text).toContain('From: quittance@meridian.example')
      expect(text).toMatch(/^Message-ID: <.+>$/im)
      expect(text).toContain('14 orders wait for the ERP.')
    } finally {
      await peer.stop()
    }
  },
)
