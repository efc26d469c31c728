import { z } from 'zod'
import type { Evidence } from '../../canonical/decision.ts'
import type { RecordVersion } from '../../canonical/proposal.ts'
import { composeCopies } from '../../policies/collections/compose-copies.ts'
import { companyName } from '../../store/collections/company-name.ts'
import type { TenantTx } from '../../store/database.ts'
import {
  type CopyRequest,
  openCopyRequests,
  ownInvoicesIn,
} from '../../store/outreach/copy-requests.ts'
import type { ActPicture } from '../acts/act.ts'
import { invoicesToCopy } from './invoice-copies.ts'
import { digestOf, type MessageWay, wayOf } from './message-scene.ts'

/** An act that serves an answer: nobody passes invoices, words or recipients. */
export const CopiesPayload = z.strictObject({
  customerNumber: z.string().min(1).max(40),
  replyId: z.string().min(1).max(60),
})
export type CopiesPayload = z.infer<typeof CopiesPayload>

/** What was approved of copies, to be looked at again before they leave. */
export const ApprovedCopies = CopiesPayload.extend({
  purpose: z.literal('copies'),
  digest: z.string().max(80),
})

const Contacts = z.array(
  z.object({
    name: z.string().max(200).optional(),
    role: z.string().max(40).optional(),
    email: z.email().max(254).optional().catch(undefined),
  }),
)
type Contact = z.infer<typeof Contacts>[number] & { readonly email: string }

/** Copies for an answer as they would leave now. */
export type CopiesScene = {
  readonly request: CopyRequest
  readonly contact: Contact
  readonly invoiceNumbers: readonly string[]
  /** Meant, and not to be written again whole. */
  readonly missing: readonly string[]
  readonly isNamed: boolean
  readonly company: string
  readonly subject: string
  readonly body: string
  readonly way?: MessageWay
}

/** Whom copies go to: whoever asked, where master data knows them, else whoever pays the bills; never an address out of the mail. */
function contactFor({ contacts, sender, bounced }: CopyRequest): Contact | undefined {
  const read = Contacts.safeParse(contacts)
  const known = (read.success ? read.data : []).flatMap(({ email, ...contact }) =>
    email === undefined || bounced.includes(email.toLowerCase()) ? [] : [{ ...contact, email }],
  )
  return (
    known.find(({ email }) => email.toLowerCase() === sender.toLowerCase()) ??
    known.find(({ role }) => role === 'accounts payable') ??
    known[0]
  )
}

/** Whether a number stands in a text by itself, and not as the beginning or end of another. */
const standsIn = (text: string, number: string): boolean =>
  new RegExp(`(?<![\\w-])${number.replaceAll(/[^\w]/g, '\\$&')}(?![\\w-]*\\w)`, 'i').test(text)

async function invoicesAskedFor(tx: TenantTx, request: CopyRequest) {
  const { customerNumber, content: text, letterInvoices } = request
  const own = (await ownInvoicesIn(tx, { customerNumber, text })).filter((number) =>
    standsIn(text, number),
  )
  return { meant: own.length > 0 ? own : letterInvoices, isNamed: own.length > 0 }
}

async function sceneFor(
  tx: TenantTx,
  request: CopyRequest,
): Promise<CopiesScene | { readonly gone: string }> {
  const [stop] = request.stops
  if (stop !== undefined) return { gone: `Nothing may be written to the customer: ${stop}` }
  const contact = contactFor(request)
  if (contact === undefined) return { gone: 'No contact with an e-mail address fits.' }
  const { meant, isNamed } = await invoicesAskedFor(tx, request)
  const copies = await invoicesToCopy(tx, meant)
  const invoiceNumbers = copies.map(({ invoiceNumber }) => invoiceNumber)
  if (invoiceNumbers.length === 0)
    return { gone: 'It is not known which invoices are meant, or none can be written again.' }
  const company = await companyName(tx)
  const contactName = contact.name ?? request.name
  const language = request.language ?? 'en'
  const way = await wayOf(tx)
  return {
    ...{ request, contact, invoiceNumbers, isNamed, company },
    missing: meant.filter((number) => !invoiceNumbers.includes(number)),
    ...composeCopies({ language, contactName, company, invoiceNumbers }),
    ...(way === undefined ? {} : { way }),
  }
}

/** Copies for one answer, or why there are none to be sent any more. */
export async function copiesScene(
  tx: TenantTx,
  { customerNumber, replyId }: CopiesPayload,
): Promise<CopiesScene | { readonly gone: string }> {
  const open = await openCopyRequests(tx, customerNumber)
  const request = open.find((one) => one.replyId === replyId)
  return request === undefined
    ? { gone: 'The answer asks for no copies any more, or has been served.' }
    : sceneFor(tx, request)
}

/** Copies that could be sent to a customer now, for the newest answer first. */
export async function copiesScenes(tx: TenantTx, customerNumber: string): Promise<CopiesScene[]> {
  const scenes: CopiesScene[] = []
  for (const request of await openCopyRequests(tx, customerNumber)) {
    const scene = request.isOnItsWay ? undefined : await sceneFor(tx, request)
    if (scene !== undefined && !('gone' in scene)) scenes.push(scene)
  }
  return scenes
}

/** Digest of all that copies rest on: whom they go to, and which they are. */
export const copiesDigest = ({ contact, invoiceNumbers, subject, body }: CopiesScene): string =>
  digestOf([contact, invoiceNumbers, subject, body])

function evidenceOf({ request, isNamed, missing, way }: CopiesScene): Evidence[] {
  const source = `reply:${request.replyId}`
  const note = (text: string): Evidence => ({ weighs: 'note', text, source })
  return [
    {
      ...{ weighs: 'for', source },
      text: isNamed
        ? 'The customer asked for copies, and these invoices of theirs are named in the answer.'
        : 'The customer asked for copies and named no invoice of theirs: these are the ones of the letter it answers.',
    },
    ...(missing.length === 0
      ? []
      : [
          note(
            `Meant too, and not to be written again whole: ${missing.join(', ')}.`.slice(0, 900),
          ),
        ]),
    ...(way === undefined
      ? [
          {
            weighs: 'against' as const,
            text: 'No connection of kind outreach-mail is set up: nothing can leave yet.',
          },
        ]
      : []),
  ]
}

/** What sending copies would be, for whoever decides about it. */
export function copiesPicture(scene: CopiesScene): ActPicture {
  const { request, contact, invoiceNumbers, subject, body } = scene
  const { customerNumber, name, replyId } = request
  const after = (label: string, text: string) => ({ label, before: null, after: text })
  const records: RecordVersion[] = [
    { record: `reply:${replyId}`, version: 'asks-for-copies' },
    { record: `copies:${replyId}`, version: copiesDigest(scene) },
  ]
  return {
    subject: { kind: 'customer', id: customerNumber, label: name.slice(0, 200) },
    title: `Copies of ${invoiceNumbers.length} invoices to ${name.slice(0, 120)}, as asked for`,
    changes: [
      after('To', `${contact.name === undefined ? '' : `${contact.name} `}<${contact.email}>`),
      after('Subject', subject),
      after('Text', body),
      after('Copies attached', invoiceNumbers.join(', ')),
    ],
    evidence: evidenceOf(scene),
    records,
  }
}
