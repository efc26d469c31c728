import { PassThrough } from 'node:stream'
import { createTransport } from 'nodemailer'
import { z } from 'zod'
import type { CallOutcome, ErrorClass } from '../connector.ts'

/** A mail server as a connection names it. */
export type MailServer = {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly user?: string | undefined
}

/** Opens the way to a mail server; close it when done. */
export function openMailServer(
  { host, port, secure, user }: MailServer,
  { secrets, timeoutMs }: { readonly secrets: readonly string[]; readonly timeoutMs: number },
) {
  const [pass = ''] = secrets
  const limits = {
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  }
  // A password never goes over a line that anybody can read.
  const auth = user === undefined ? {} : { auth: { user, pass }, requireTLS: !secure }
  return createTransport({ host, port, secure, ...limits, ...auth, disableFileAccess: true })
}

/** Tells whether a mail server has begun to hear of the mail that is sent: before that, nothing can have left. */
export function hearingOf(transport: ReturnType<typeof openMailServer>): () => boolean {
  let hasBegun = false
  transport.use('stream', (mail, next) => {
    // Read once the server has greeted us and let us in, before it is told who writes.
    mail.message?.transform(() => {
      hasBegun = true
      return new PassThrough()
    })
    next()
  })
  return () => hasBegun
}

const SmtpError = z.object({
  code: z.string().default('UNKNOWN'),
  /** The SMTP reply code, where the server gave one. */
  responseCode: z.int().optional(),
  response: z.string().optional(),
  command: z.string().optional(),
  syscall: z.string().optional(),
})

const smtpError = (error: unknown) => SmtpError.catch({ code: 'UNKNOWN' }).parse(error)

/** What an error of the mail transport says about the mail: not taken, never taken, or perhaps taken. */
export function mailFailure(error: unknown): CallOutcome {
  const { code, responseCode, syscall } = smtpError(error)
  const shown = responseCode === undefined ? code : `SMTP_${responseCode}`
  const message = `The mail server did not take the mail (${shown}).`
  if (code === 'EAUTH' || code === 'ENOAUTH') return refusal('AUTH_EXPIRED', shown, message)
  if (syscall === 'connect' || code === 'EDNS' || code === 'ETLS')
    return { outcome: 'failed', errorClass: 'TRANSPORT', code: shown, message }
  if (responseCode !== undefined)
    // RFC 5321 4.2.1: 4yz is passing trouble, 5yz is final.
    return responseCode < 500
      ? { outcome: 'failed', errorClass: 'TRANSPORT', code: shown, message }
      : refusal(responseCode === 552 ? 'TOO_LARGE' : 'DATA_QUALITY', shown, message)
  if (code === 'EENVELOPE') return refusal('DATA_QUALITY', shown, message)
  return { outcome: 'unknown', code: shown, message: `The mail call broke off (${shown}).` }
}

function refusal(errorClass: ErrorClass, code: string, message: string): CallOutcome {
  return { outcome: 'refused', errorClass, code, message }
}

/** Whether the server says that there is no such recipient; not when it objects to us (RFC 3463: 5.7 is policy). */
export function isRecipientUnknown(error: unknown): boolean {
  const { responseCode = 0, command, response = '' } = smtpError(error)
  const isFinal = [550, 551, 553, 556].includes(responseCode)
  return isFinal && command === 'RCPT TO' && !/\b5\.[2-7]\.\d/.test(response)
}
