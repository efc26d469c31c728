import {
  ApprovedCopies,
  CopiesPayload,
  copiesDigest,
  copiesPicture,
  copiesScene,
} from '../outreach/copies-scene.ts'
import { queuedBefore, queueMail } from '../outreach/queue-mail.ts'
import type { Act } from './act.ts'

/** The act of sending a customer copies of the invoices an answer of theirs asks for: once, to a contact of master data. */
export const sendInvoiceCopies: Act<CopiesPayload> = {
  kind: 'send-invoice-copies',
  payload: CopiesPayload,
  async picture(tx, payload) {
    const scene = await copiesScene(tx, payload)
    return 'gone' in scene ? scene : copiesPicture(scene)
  },
  async execute(tx, payload, execution) {
    const known = await queuedBefore(tx, execution)
    if (known !== undefined) return known
    const scene = await copiesScene(tx, payload)
    if ('gone' in scene) return { status: 'refused', message: scene.gone }
    const { way, request, contact, invoiceNumbers, subject, body, company } = scene
    if (way === undefined)
      return {
        status: 'refused',
        message: 'There is no connection for messages: set one up of kind outreach-mail.',
      }
    const { customerNumber, currency, segment, replyId } = request
    const { email, name, role } = contact
    const approved = { ...payload, purpose: 'copies', digest: copiesDigest(scene) } as const
    return queueMail(
      tx,
      {
        ...{
          customerNumber,
          currency,
          level: 0,
          purpose: 'copies',
          replyId,
          segment,
          way,
          company,
        },
        ...{ subject, body, invoiceNumbers, copies: invoiceNumbers, amountMinor: 0, oldestDays: 0 },
        recipient: {
          email,
          ...(name === undefined ? {} : { name }),
          ...(role === undefined ? {} : { role }),
        },
        language: request.language ?? 'en',
        timeZone: request.timeZone ?? 'UTC',
        payload: ApprovedCopies.parse(approved),
        summary: `Copies of ${invoiceNumbers.join(', ')} for ${customerNumber} were approved and wait to leave.`,
      },
      execution,
    )
  },
}
