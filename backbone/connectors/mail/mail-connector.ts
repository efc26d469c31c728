import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Notice } from '../../canonical/instruction.ts'
import { OurBug } from '../../errors.ts'
import type { CallOutcome, Connector, OpenConnection, OutboundCall } from '../connector.ts'
import { errorCode } from '../http-call.ts'
import type { ConnectorOptions } from '../rest-call.ts'
import { refusingMistakes, settingsMistakes, settingsOf } from '../settings-check.ts'
import { mailFailure, openMailServer } from './mail-transport.ts'

const MailSettings = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(587),
  /** TLS from the first byte (port 465); otherwise STARTTLS where the server offers it. */
  secure: z.boolean().default(false),
  from: z.email(),
  to: z.array(z.email()).min(1),
  /** Name to log in with; its password is the connection's secret. */
  user: z.string().min(1).optional(),
})
type MailSettings = z.infer<typeof MailSettings>

/** Tells people by mail. Every try of one notice has the same Message-ID, so that a mailbox can drop a repeat. */
export function mailConnector({ timeoutMs = 20_000 }: ConnectorOptions = {}): Connector {
  const openMail = (settings: MailSettings, { secrets }: OpenConnection) =>
    openMailServer(settings, { secrets, timeoutMs })
  return {
    kind: 'mail',
    operations: ['notify.people'],
    timeoutMs,
    checkSettings: (settings) => settingsMistakes(MailSettings, settings),
    send: (call, connection, signal) =>
      refusingMistakes(async () => {
        const notice = noticeOf(call)
        const settings = settingsOf(MailSettings, connection)
        const transport = openMail(settings, connection)
        const close = () => transport.close()
        signal.addEventListener('abort', close)
        const sent = transport
          .sendMail(mailOf(notice, settings, call.idempotencyKey))
          .then(
            ({ response }): CallOutcome => ({ outcome: 'done', response: response.slice(0, 2000) }),
            mailFailure,
          )
        return sent.finally(() => {
          signal.removeEventListener('abort', close)
          transport.close()
        })
      }),
    test: async (connection, signal) => {
      const settings = settingsOf(MailSettings, connection)
      const transport = openMail(settings, connection)
      const close = () => transport.close()
      signal.addEventListener('abort', close)
      const server = `${settings.host}:${settings.port}`
      const reached = transport.verify().then(
        () => ({ isReachable: true, detail: `${server} takes mail.` }),
        (error: unknown) => ({ isReachable: false, detail: `${server}: ${errorCode(error)}.` }),
      )
      return reached.finally(() => {
        signal.removeEventListener('abort', close)
        transport.close()
      })
    },
  }
}

function noticeOf({ document, operation }: OutboundCall): Notice {
  if (document.docType === 'notice') return document
  throw new OurBug(`${operation} cannot carry a ${document.docType}.`, { operation })
}

function mailOf(notice: Notice, settings: MailSettings, idempotencyKey: string) {
  const number = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)
  const domain = settings.from.split('@')[1] ?? 'localhost'
  return {
    from: settings.from,
    to: settings.to,
    subject: `[${notice.severity}] ${notice.subject}`.replace(/\s+/g, ' '),
    text: `${notice.body}\n\n${notice.kind} · ${notice.occurredAt} · ${notice.noticeId}\n`,
    messageId: `<${number}@${domain}>`,
    date: new Date(notice.occurredAt),
    // RFC 3834: answering machines leave this mail alone.
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}
