import { access, constants } from 'node:fs/promises'
import { type CustomerMessage, recipientRefused } from '../../canonical/customer-message.ts'
import { OutreachSettings, outreachKind } from '../../canonical/outreach-settings.ts'
import { OurBug } from '../../errors.ts'
import type { CallOutcome, Connector, OpenConnection, OutboundCall } from '../connector.ts'
import { errorCode } from '../http-call.ts'
import { deliverToFolder } from '../partner-mailbox/deliver-to-folder.ts'
import type { ConnectorOptions } from '../rest-call.ts'
import { refusingMistakes, settingsMistakes, settingsOf } from '../settings-check.ts'
import {
  hearingOf,
  isRecipientUnknown,
  type MailServer,
  mailFailure,
  openMailServer,
} from './mail-transport.ts'
import { openInbox } from './read-inbox.ts'
import { composedMail, mailOfMessage } from './write-message.ts'

type Mail = Awaited<ReturnType<typeof mailOfMessage>>
type Reach = { readonly isReachable: boolean; readonly detail: string }

function messageOf({ document, operation }: OutboundCall): CustomerMessage {
  if (document.docType === 'customer-message') return document
  throw new OurBug(`${operation} cannot carry a ${document.docType}.`, { operation })
}

/** Does work with a mail server that is closed when the work ends or is broken off. */
async function atServer<Result>(
  server: MailServer,
  { secrets }: OpenConnection,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
  work: (transport: ReturnType<typeof openMailServer>) => Promise<Result>,
): Promise<Result> {
  const transport = openMailServer(server, { secrets, timeoutMs })
  const close = () => transport.close()
  signal.addEventListener('abort', close)
  return work(transport).finally(() => {
    signal.removeEventListener('abort', close)
    close()
  })
}

function failureOf(error: unknown, hasBegun: boolean): CallOutcome {
  const failure = mailFailure(error)
  if (failure.outcome === 'unknown' && !hasBegun)
    return {
      ...{ outcome: 'failed', errorClass: 'TRANSPORT', code: failure.code },
      message: 'The mail server broke off before it heard of the mail.',
    }
  return isRecipientUnknown(error) && failure.outcome === 'refused'
    ? { ...failure, code: recipientRefused, message: 'The mail server knows no such recipient.' }
    : failure
}

async function testDelivery(
  connection: OpenConnection,
  { deliver }: OutreachSettings,
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Reach> {
  if (deliver.method === 'folder')
    return access(deliver.path, constants.W_OK).then(
      () => ({ isReachable: true, detail: `${deliver.path} takes mail.` }),
      (error: unknown) => ({ isReachable: false, detail: `${deliver.path}: ${errorCode(error)}.` }),
    )
  const server = `${deliver.host}:${deliver.port}`
  return atServer(deliver, connection, limits, (transport) =>
    transport.verify().then(
      () => ({ isReachable: true, detail: `${server} takes mail.` }),
      (error: unknown) => ({ isReachable: false, detail: `${server}: ${errorCode(error)}.` }),
    ),
  )
}

async function testInbox(
  connection: OpenConnection,
  { inbox }: OutreachSettings,
  signal: AbortSignal,
): Promise<Reach> {
  if (inbox === undefined) return { isReachable: true, detail: 'No mailbox for answers is set.' }
  const server = `${inbox.host}:${inbox.port}`
  return openInbox({ ...inbox, secrets: connection.secrets }, signal, async () => ({
    isReachable: true,
    detail: `${server} shows ${inbox.mailbox}.`,
  })).catch((error: unknown) => ({
    isReachable: false,
    detail: `${server}: ${errorCode(error)}.`,
  }))
}

/** Writes to customers: approved messages with copies of invoices, by a mail server or into a folder. */
export function outreachConnector({ timeoutMs = 30_000 }: ConnectorOptions = {}): Connector {
  const bySmtp = (
    server: MailServer,
    mail: Mail,
    connection: OpenConnection,
    signal: AbortSignal,
  ): Promise<CallOutcome> =>
    atServer(server, connection, { timeoutMs, signal }, (transport) => {
      const hasBegun = hearingOf(transport)
      return transport.sendMail(mail).then(
        ({ response }): CallOutcome => ({
          outcome: 'done',
          externalId: mail.messageId,
          response: response.slice(0, 2000),
        }),
        (error: unknown) => failureOf(error, hasBegun()),
      )
    })
  return {
    kind: outreachKind,
    operations: ['customer.message'],
    timeoutMs,
    checkSettings: (settings) => settingsMistakes(OutreachSettings, settings),
    send: (call, connection, signal) =>
      refusingMistakes(async () => {
        const message = messageOf(call)
        const settings = settingsOf(OutreachSettings, connection)
        const { deliver } = settings
        const mail = await mailOfMessage(message, settings)
        if (deliver.method === 'smtp') return bySmtp(deliver, mail, connection, signal)
        const text = await composedMail(mail)
        return deliverToFolder({ folder: deliver.path, name: `${message.messageId}.eml`, text })
      }),
    test: async (connection, signal) => {
      const settings = settingsOf(OutreachSettings, connection)
      const delivery = await testDelivery(connection, settings, { timeoutMs, signal })
      const inbox = await testInbox(connection, settings, signal)
      return {
        isReachable: delivery.isReachable && inbox.isReachable,
        detail: `${delivery.detail} ${inbox.detail}`,
      }
    },
  }
}
