import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { freePort } from '../../../testing/free-port.ts'
import type { OutboundCall } from '../connector.ts'
import { mailConnector } from './mail-connector.ts'

const startScript = resolve(import.meta.dirname, '../../../../shared/real/mail/start.sh')
const isWanted = process.env['TEST_REAL'] === '1' && existsSync(startScript)
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

type MailPeer = { port: number; mailbox: string; stop(): Promise<void> }

async function startMailPeer(): Promise<MailPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-mail-'))
  const port = await freePort()
  // Where the peer's script keeps its mailboxes: they belong to nobody, who must be able to get there.
  const mailRoot = join('/var/tmp', `o2c-mail-${port}`)
  const started = spawn('bash', [startScript, folder, String(port)], {
    env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((ended) => started.once('exit', ended))
  expect(code).toBe(0)
  return {
    port,
    mailbox: join(mailRoot, address, 'new'),
    async stop() {
      for (const file of ['smtpd.pid', 'dovecot.pid']) {
        const pid = await readFile(join(folder, file), 'utf8').catch(() => '')
        if (pid.trim() !== '')
          await promisify(execFile)('kill', [pid.trim()]).catch(() => undefined)
      }
      await rm(folder, { recursive: true, force: true })
      await rm(mailRoot, { recursive: true, force: true })
    },
  }
}

async function mailsIn(mailbox: string): Promise<string[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const files = await readdir(mailbox).catch(() => [])
    if (files.length > 0)
      return Promise.all(files.map((file) => readFile(join(mailbox, file), 'utf8')))
    // A mail server delivers when it likes; there is no event to wait for.
    await wait(100)
  }
  return []
}

test.skipIf(!isWanted)(
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
          port: peer.port,
          from: 'quittance@meridian.example',
          to: [address],
        },
        secrets: [],
      }
      const signal = AbortSignal.timeout(20_000)
      expect(await connector.test(connection, signal)).toMatchObject({ isReachable: true })
      expect(await connector.send(notice, connection, signal)).toMatchObject({ outcome: 'done' })
      const [mail = ''] = await mailsIn(peer.mailbox)
      expect(mail).toContain('From: quittance@meridian.example')
      expect(mail).toMatch(/^Message-ID: <.+>$/im)
      expect(mail).toContain('14 orders wait for the ERP.')
    } finally {
      await peer.stop()
    }
  },
)
