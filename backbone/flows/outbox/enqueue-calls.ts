import type { OutboundDocument } from '../../canonical/canonical-document.ts'
import { newId } from '../../canonical/ids.ts'
import type { JobQueue } from '../../queue/job-queue.ts'
import type { TenantTx } from '../../store/database.ts'
import { insertCalls } from '../../store/outbox/insert-calls.ts'
import type { OutboundIntent } from './outbound-intent.ts'

/** The number a document is filed under. */
function documentNumber(document: OutboundDocument): string {
  switch (document.docType) {
    case 'acknowledgement':
      return document.acknowledgementNumber
    case 'shipment':
      return document.shipmentNumber
    case 'invoice':
      return document.invoiceNumber
    case 'sales-order':
      return document.orderNumber
    case 'pick-request':
      return document.pickNumber
    case 'cancellation':
      return document.pickNumber ?? document.orderNumber
    case 'payment-posting':
      return document.paymentNumber
    case 'credit-note':
      return document.creditNoteNumber
    case 'credit-posting':
      return document.postingNumber
    case 'webhook-event':
      return document.eventId
    case 'notice':
      return document.noticeId
    case 'technical-acknowledgement':
      return document.acknowledges
    case 'customer-message':
      return document.messageId
  }
}

/**
 * Puts calls into the outbox as part of the transaction that decided them: they go out if, and only
 * if, it commits. An intent whose key is known changes nothing.
 */
export async function enqueueCalls(
  tx: TenantTx,
  queue: JobQueue,
  intents: readonly OutboundIntent[],
): Promise<void> {
  if (intents.length === 0) return
  const calls = intents.map((intent) => ({
    ...intent,
    transactionId: newId('txn'),
    documentId: intent.documentId ?? newId('doc'),
    number: documentNumber(intent.document),
  }))
  const fresh = new Set(await insertCalls(tx, calls))
  // A job wakes a connection's desk, which takes everything that is due there: one for each connection is enough.
  const firstOf = new Map<string, string>()
  for (const { connectionId, transactionId } of calls)
    if (fresh.has(transactionId) && !firstOf.has(connectionId))
      firstOf.set(connectionId, transactionId)
  await queue.enqueue(tx, 'deliver-transaction', [...firstOf.values()])
}
