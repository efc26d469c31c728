import type { IncomingMail } from '../../canonical/customer-message.ts'
import { plainLine } from './plain-text.ts'

/** What a delivery status notification (RFC 3464) says. */
export type DeliveryReport = {
  readonly kind: 'bounce' | 'delay'
  readonly failed: NonNullable<IncomingMail['failed']>
}

/** The fields of a block of headers, by name in lower case. */
function fieldsOf(block: string): ReadonlyMap<string, string> {
  const unfolded = block.replaceAll(/\n[ \t]+/g, ' ')
  return new Map(
    unfolded.split('\n').flatMap((line): [string, string][] => {
      const found = /^([\w-]+):\s*(.*)$/.exec(line)
      return found === null ? [] : [[(found[1] ?? '').toLowerCase(), found[2] ?? '']]
    }),
  )
}

// RFC 3464 2.3.2: "rfc822; ap@customer.example".
const behindType = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : value.slice(value.indexOf(';') + 1).trim()

/** Reads the part message/delivery-status: the first recipient that was given up, else one that is tried still. */
export function readDeliveryStatus(text: string): DeliveryReport | undefined {
  const recipients = text
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n\s*\n/)
    .map(fieldsOf)
    .filter((fields) => fields.has('action'))
  const actionOf = (fields: ReadonlyMap<string, string>) =>
    fields.get('action')?.toLowerCase().trim()
  const failed = recipients.find((fields) => actionOf(fields) === 'failed')
  const told = failed ?? recipients.find((fields) => actionOf(fields) === 'delayed')
  if (told === undefined) return undefined
  const recipient = behindType(told.get('original-recipient') ?? told.get('final-recipient'))
  const status = told.get('status')?.trim().split(/\s/)[0]
  return {
    kind: failed === undefined ? 'delay' : 'bounce',
    failed: {
      ...(recipient === undefined ? {} : { recipient: plainLine(recipient, 254) }),
      ...(status === undefined ? {} : { status: plainLine(status, 20) }),
      diagnosis: plainLine(behindType(told.get('diagnostic-code')) ?? '', 500),
    },
  }
}
