import { createHash } from 'node:crypto'
import { createTransport, type SendMailOptions } from 'nodemailer'
import type { CustomerMessage } from '../../canonical/customer-message.ts'
import { answerAddress, type OutreachSettings } from '../../canonical/outreach-settings.ts'
import { renderInvoiceCopy } from '../../documents/invoice-copy/render-invoice-copy.ts'

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

const fileName = (invoiceNumber: string): string =>
  `invoice-${invoiceNumber.replaceAll(/[^\p{L}\p{N}._-]/gu, '_')}-copy.pdf`

/** The mail of a message: the same message gives the same mail, with the same Message-ID, for every try. */
export async function mailOfMessage(message: CustomerMessage, settings: OutreachSettings) {
  const { recipient, messageId, headerId, company, invoices } = message
  const answers = answerAddress(settings, messageId)
  const copies = await Promise.all(
    invoices.map(async (invoice) => ({
      filename: fileName(invoice.invoiceNumber),
      content: Buffer.from(await renderInvoiceCopy(invoice, company)),
      contentType: 'application/pdf',
    })),
  )
  const boundary = createHash('sha256').update(headerId).digest('hex').slice(0, 24)
  return {
    from: { name: oneLine(settings.fromName ?? company), address: settings.from },
    to: { name: oneLine(recipient.name ?? ''), address: recipient.email },
    replyTo: answers,
    // Bounces come to the envelope's sender: where plus addresses work, it names the message too.
    envelope: { from: settings.usesPlusAddress ? answers : settings.from, to: [recipient.email] },
    subject: oneLine(message.subject),
    text: `${message.body}\n`,
    messageId: `<${headerId}>`,
    date: new Date(message.writtenAt),
    attachments: copies,
    baseBoundary: boundary,
    headers: {
      // RFC 2369: a mail with "stop" as its subject ends the messages.
      'List-Unsubscribe': `<mailto:${answers}?subject=stop>`,
      'X-Quittance-Message': messageId,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  } satisfies SendMailOptions & { baseBoundary: string }
}

/** The mail as it would leave, as text. */
export async function composedMail(mail: SendMailOptions): Promise<string> {
  const writer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const { message } = await writer.sendMail(mail)
  return message.toString('latin1')
}
