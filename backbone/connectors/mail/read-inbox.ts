import type { FetchMessageObject, ImapFlow, MailboxObject } from 'imapflow'
import { NeedsPerson } from '../../errors.ts'

/** A mailbox as a connection names it, with the secrets of the connection. */
type InboxDoor = {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly user: string
  readonly mailbox: string
  readonly secrets: readonly string[]
}

/** How far a mailbox has been read. */
export type InboxPlace = { readonly uidValidity: string; readonly lastUid: number }

/** A mail as it lies in the mailbox. */
export type ArrivedMail = {
  readonly uid: number
  readonly arrivedAt: Date
  readonly source: Uint8Array
}

/** What lay behind a place in a mailbox. */
export type InboxReading = {
  readonly uidValidity: string
  readonly mails: readonly ArrivedMail[]
  /** The last number looked at, also where nothing lay behind it. */
  readonly lastUid: number
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

/** Opens a mailbox for reading only: nobody's mail is marked as seen. Closes it when the work ends or is broken off. */
export async function openInbox<Result>(
  { host, port, secure, user, mailbox, secrets }: InboxDoor,
  signal: AbortSignal,
  work: (client: ImapFlow, opened: MailboxObject) => Promise<Result>,
): Promise<Result> {
  const [pass] = secrets
  if (pass === undefined)
    throw new NeedsPerson('The mailbox for answers needs a password: put it in as the secret.')
  // Loaded when a mailbox is read: a house without one does not pay for it at its start.
  const { ImapFlow: Client } = await import('imapflow')
  const client = new Client({
    ...{ host, port, secure, logger: false, disableAutoIdle: true },
    // A password never goes over a line that anybody can read; nobody reads the one within this machine.
    ...(secure || loopback.has(host) ? {} : { doSTARTTLS: true }),
    auth: { user, pass },
  })
  // Trouble comes as the refusal of what is being done; without a listener it would end the process.
  client.on('error', () => undefined)
  const close = () => client.close()
  signal.addEventListener('abort', close)
  try {
    await client.connect()
    return await work(client, await client.mailboxOpen(mailbox, { readOnly: true }))
  } finally {
    signal.removeEventListener('abort', close)
    await client.logout().catch(close)
  }
}

const mostMails = 50
// What is longer is attachments: the words come first.
const mostBytes = 1_000_000
const lookBackMs = 14 * 86_400_000

function arrived({ uid, internalDate, source }: FetchMessageObject, now: Date): ArrivedMail[] {
  if (source === undefined) return []
  const at = internalDate === undefined ? now : new Date(internalDate)
  return [{ uid, source, arrivedAt: Number.isNaN(at.getTime()) || at > now ? now : at }]
}

/**
 * Reads what came into a mailbox behind a place, the oldest first, so many at once. Without a place, or when the
 * server counts anew (RFC 3501 2.3.1.1), the last fourteen days.
 */
export function readInbox(
  door: InboxDoor,
  place: InboxPlace | undefined,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<InboxReading> {
  return openInbox(door, signal, async (client, opened) => {
    const uidValidity = String(opened.uidValidity)
    const known = place?.uidValidity === uidValidity ? place.lastUid : undefined
    const wanted =
      known === undefined
        ? { since: new Date(now.getTime() - lookBackMs) }
        : { uid: `${known + 1}:*` }
    const found = (await client.search(wanted, { uid: true })) || []
    // "7:*" means the last mail even where its number is below 7.
    const uids = found.filter((uid) => uid > (known ?? 0)).sort((a, b) => a - b)
    const taken = uids.slice(0, mostMails)
    if (taken.length === 0)
      return { uidValidity, mails: [], lastUid: Math.max(known ?? 0, opened.uidNext - 1) }
    const query = { uid: true, internalDate: true, source: { maxLength: mostBytes } }
    const mails = await client.fetchAll(taken.join(','), query, { uid: true })
    return {
      uidValidity,
      mails: mails.flatMap((mail) => arrived(mail, now)).sort((a, b) => a.uid - b.uid),
      lastUid: taken.at(-1) ?? known ?? 0,
    }
  })
}
