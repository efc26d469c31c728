import { Buffer } from 'node:buffer'
import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime'
import { IncomingMail } from '../../canonical/customer-message.ts'
import { type DeliveryReport, readDeliveryStatus } from './delivery-report.ts'
import { plainLine, plainText, textOfHtml } from './plain-text.ts'

type Headers = ReadonlyMap<string, readonly string[]>

function headersOf({ headers }: Pick<Email, 'headers'>): Headers {
  const found = new Map<string, string[]>()
  for (const { key, value } of headers) found.set(key, [...(found.get(key) ?? []), value])
  return found
}

const firstOf = (headers: Headers, name: string): string => headers.get(name)?.[0] ?? ''

const mailboxes = (addresses: readonly (Address | undefined)[]): string[] =>
  addresses.flatMap((address) => {
    if (address === undefined) return []
    return address.address === undefined
      ? (address.group ?? []).map((member) => member.address)
      : [address.address]
  })

/** The Message-IDs in a text, without brackets. */
const idsIn = (text: string): string[] =>
  [...text.matchAll(/<([^<>\s@]{1,200}@[^<>\s@]{1,200})>/g)].map(([, id = '']) => id)

function contentOf({ content }: Attachment): string {
  if (typeof content === 'string') return content
  return Buffer.from(content instanceof Uint8Array ? content : new Uint8Array(content))
    .toString('utf8')
    .slice(0, 100_000)
}

// RFC 3462: the report itself, and the mail it is about or its head.
function reportOf(mail: Email, headers: Headers): DeliveryReport | undefined {
  const status = mail.attachments.find(({ mimeType }) => mimeType === 'message/delivery-status')
  if (status !== undefined) return readDeliveryStatus(contentOf(status))
  const sender = mailboxes([mail.from])[0] ?? ''
  const isDaemon = /^(mailer-daemon|postmaster)@/i.test(sender)
  const isFailure = /undeliver|delivery.{0,20}fail|returned mail|failure notice/i.test(
    mail.subject ?? '',
  )
  if (!(isDaemon || firstOf(headers, 'return-path').trim() === '<>') || !isFailure) return undefined
  const recipient = firstOf(headers, 'x-failed-recipients').split(',')[0]?.trim()
  return {
    kind: 'bounce',
    failed: {
      ...(recipient === undefined || recipient === ''
        ? {}
        : { recipient: plainLine(recipient, 254) }),
      diagnosis: plainLine(mail.text ?? '', 500),
    },
  }
}

// RFC 3834, and the words of those who do not keep to it.
function isAutomatic(headers: Headers): boolean {
  const submitted = firstOf(headers, 'auto-submitted').trim().toLowerCase()
  return (
    (submitted !== '' && !submitted.startsWith('no')) ||
    headers.has('x-autoreply') ||
    headers.has('x-autorespond') ||
    /^(auto_reply|junk)$/i.test(firstOf(headers, 'precedence').trim())
  )
}

/** What a mail refers to, the nearest first: what it answers, or what a report was made about. */
function referencesOf(mail: Email, report: DeliveryReport | undefined): string[] {
  const about =
    report === undefined
      ? []
      : mail.attachments
          .filter(({ mimeType }) => ['message/rfc822', 'text/rfc822-headers'].includes(mimeType))
          .flatMap((part) => /^message-id:\s*(<[^>]*>)/im.exec(contentOf(part))?.[1] ?? [])
          .flatMap(idsIn)
  const answered = [...idsIn(mail.inReplyTo ?? ''), ...idsIn(mail.references ?? '').reverse()]
  // Some servers send no report but their own words and ours.
  const quoted = report === undefined ? [] : idsIn(mail.text ?? '')
  return [...new Set([...about, ...answered, ...quoted])].map((id) => id.slice(0, 300)).slice(0, 60)
}

function writtenAt(date: string | undefined): { writtenAt?: string } {
  const at = new Date(date ?? '')
  return Number.isNaN(at.getTime()) ? {} : { writtenAt: at.toISOString() }
}

/** Reads a mail as it came: what kind it is, what it answers, and its words in plain text; nothing for what is no mail. */
export async function readMail(source: Uint8Array): Promise<IncomingMail | undefined> {
  const mail = await PostalMime.parse(source, {
    forceRfc822Attachments: true,
    maxNestingDepth: 30,
    maxHeadersSize: 262_144,
  }).catch(() => undefined)
  if (mail === undefined) return undefined
  const headers = headersOf(mail)
  const report = reportOf(mail, headers)
  const text = mail.text?.trim() ? mail.text : textOfHtml(mail.html ?? '')
  const read = IncomingMail.safeParse({
    kind: report?.kind ?? (isAutomatic(headers) ? 'auto-reply' : 'reply'),
    sender: plainLine(mailboxes([mail.from, mail.sender])[0] ?? '', 254).toLowerCase(),
    subject: plainLine(mail.subject ?? '', 300),
    text: plainText(text, 20_000),
    refersTo: referencesOf(mail, report),
    writtenTo: [...mailboxes([...(mail.to ?? []), ...(mail.cc ?? [])]), mail.deliveredTo ?? '']
      .filter((address) => address !== '')
      .map((address) => plainLine(address, 254).toLowerCase())
      .slice(0, 60),
    ...(report === undefined ? {} : { failed: report.failed }),
    ...writtenAt(mail.date),
  })
  return read.success ? read.data : undefined
}
