import { acknowledgementHours } from '../../canonical/acknowledgement-term.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents, databaseNow } from '../../store/events.ts'
import { type QuarantineDraft, quarantine } from '../../store/flow/inbound-documents.ts'
import {
  type OverdueAcknowledgement,
  partnerConnections,
  takeOverdue,
} from '../../store/outbox/awaited-acknowledgements.ts'

// More than anybody looks through; the next round takes the next ones.
const takenAtOnce = 200

// X12 element 479, and the transaction set that travels in such a group.
const setOfGroup: Readonly<Record<string, string>> = { PR: '855', SH: '856', IN: '810' }

function asAside(late: OverdueAcknowledgement, hours: number): QuarantineDraft {
  const { connectionId, transactionId, documentId, number, functionalId, groupNumber } = late
  const what = `our ${setOfGroup[functionalId] ?? functionalId} ${number}`
  const message =
    `The partner has not acknowledged ${what} (group ${groupNumber}) within ${hours} hours: whether they have it is not known.`.slice(
      0,
      500,
    )
  return {
    kind: 'overdue',
    ...{ connectionId, transactionId, documentId },
    reason: message,
    findings: [{ severity: 'error', codeList: 'x12', code: 'OVERDUE_997', message }],
  }
}

/**
 * Sets aside what partners should have acknowledged by now and have not (X12 997): once each, as a failed transaction
 * with the document it is about. Partners who send no acknowledgements are not waited for.
 */
export async function sweepAcknowledgements(tx: TenantTx): Promise<void> {
  const partners = await partnerConnections(tx)
  if (partners.length === 0) return
  const now = await databaseNow(tx)
  const hoursOf = new Map<string, number>()
  for (const { connectionId, settings } of partners) {
    const hours = acknowledgementHours(settings)
    if (hours !== undefined) hoursOf.set(connectionId, hours)
  }
  const waited = [...hoursOf].map(([connectionId, hours]) => ({
    connectionId,
    sentBefore: new Date(Date.parse(now) - hours * 3_600_000).toISOString(),
  }))
  const late = await takeOverdue(tx, waited, takenAtOnce)
  if (late.length === 0) return
  const asides = late.map((one) => asAside(one, hoursOf.get(one.connectionId) ?? 0))
  await quarantine(tx, asides)
  const events = late.map(({ transactionId, documentId, orderId }, place) => ({
    kind: 'partner.acknowledgement-overdue',
    actor: 'intake',
    summary: asides[place]?.reason ?? '',
    body: { transactionId, documentId, orderId },
  }))
  await appendTenantEvents(tx, events, now)
}
