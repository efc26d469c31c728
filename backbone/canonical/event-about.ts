import { z } from 'zod'

/** A record by its kind and the id or number it is asked for by. */
export const RecordName = z.object({ kind: z.string(), id: z.string() }).meta({ id: 'RecordName' })
export type RecordName = z.infer<typeof RecordName>

// What an event's body calls the records it is about; the words stand in events that were hashed long ago.
const kindOfField = [
  ['orderId', 'order'],
  ['proposalId', 'proposal'],
  ['transactionId', 'transaction'],
  ['clusterId', 'cluster'],
  ['customerNumber', 'customer'],
  ['invoiceNumber', 'invoice'],
  ['paymentId', 'payment'],
  ['documentId', 'document'],
  ['receiptId', 'receipt'],
  ['quarantineId', 'quarantine'],
  ['messageId', 'message'],
  ['replyId', 'mail'],
  ['connectionId', 'connection'],
] as const

type Told = {
  readonly orderId: string | null
  /** Whose order it is, where it is one's. */
  readonly customerNumber: string | null
  readonly body: Readonly<Record<string, unknown>>
}

/** The records an event is about, by what it tells itself: for whoever follows events and shows only some records. */
export function aboutOf({ orderId, customerNumber, body }: Told): RecordName[] {
  const about = new Map<string, RecordName>()
  const name = (kind: string, id: unknown) => {
    if (typeof id === 'string' && id !== '') about.set(`${kind}:${id}`, { kind, id })
  }
  name('order', orderId)
  name('customer', customerNumber)
  for (const [field, kind] of kindOfField) name(kind, body[field])
  const { subject } = body
  if (typeof subject === 'string') {
    const [kind = '', id] = subject.split(/:(.*)/s)
    name(kind, id)
  }
  return [...about.values()]
}
