import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

const startScript = resolve(import.meta.dirname, '../../shared/real/mail/start.sh')

/** Whether tests against a real mail server are wanted and can be run. */
export const isMailPeerWanted = process.env['TEST_REAL'] === '1' && existsSync(startScript)

/** A real mail server (OpenSMTPD and Dovecot) on this machine: takes mail for any address, password `demo`. */
export type MailPeer = {
  readonly smtpPort: number
  readonly imapPort: number
  /** The mails that lie in the mailbox of an address, at least so many of them if they come. */
  mailsOf(address: string, atLeast?: number): Promise<Buffer[]>
  stop(): Promise<void>
}

/** Starts the mail server; stop it in the end. */
export async function startMailPeer(): Promise<MailPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-mail-'))
  const port = await freePort()
  // Where the peer's script keeps its mailboxes: they belong to nobody, who must be able to get there.
  const mailRoot = join('/var/tmp', `o2c-mail-${port}`)
  const started = spawn('bash', [startScript, folder, String(port)], {
    env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((ended) => started.once('exit', ended))
  if (code !== 0) throw new Error(`The mail server did not start (${String(code)}).`)
  // Mail that was looked at over IMAP moves from new/ to cur/.
  const filesOf = async (address: string) => {
    const folders = ['new', 'cur'].map((part) => join(mailRoot, address, part))
    const names = await Promise.all(
      folders.map(async (part) => {
        const files = await readdir(part).catch(() => [])
        return files.map((file) => join(part, file))
      }),
    )
    return names.flat()
  }
  return {
    smtpPort: port,
    imapPort: port + 2,
    async mailsOf(address, atLeast = 1) {
      let files: string[] = []
      for (let tries = 0; tries < 100; tries += 1) {
        files = await filesOf(address)
        if (files.length >= atLeast) break
        // A mail server delivers when it likes; there is no event to wait for.
        await wait(100)
      }
      return Promise.all(files.map((file) => readFile(file)))
    },
    async stop() {
      for (const file of [join(folder, 'smtpd.pid'), join(mailRoot, 'run', 'master.pid')]) {
        const pid = await readFile(file, 'utf8').catch(() => '')
        if (pid.trim() !== '')
          await promisify(execFile)('kill', [pid.trim()]).catch(() => undefined)
      }
      await rm(folder, { recursive: true, force: true })
      await rm(mailRoot, { recursive: true, force: true })
    },
  }
}
