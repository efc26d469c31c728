import type { JobQueue } from '../queue/job-queue.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import {
  type DecidedQuarantine,
  decideQuarantine,
  isQuarantineKnown,
  leaveOutDocument,
  reopenDocument,
  reopenReceipt,
} from '../store/intake/decide-quarantine.ts'
import type { QuarantineActions } from './ports.ts'

type Decision = Parameters<QuarantineActions['release']>[0]
type Outcome = Awaited<ReturnType<QuarantineActions['release']>>
type Status = 'released' | 'discarded'

/** Sends the input on its way again: a document to its order, else the bytes to their reader. */
async function sendOn(tx: TenantTx, entry: DecidedQuarantine, queue: JobQueue): Promise<void> {
  const { kind, receiptId, documentId } = entry
  if (documentId !== null) {
    if (await reopenDocument(tx, documentId))
      await queue.enqueue(tx, 'apply-document', [documentId])
    return
  }
  // What a partner said of a document of ours needed a look; reading it once more would only ask again.
  if (receiptId === null || kind === 'needs-person') return
  if (await reopenReceipt(tx, receiptId)) await queue.enqueue(tx, 'read-receipt', [receiptId])
}

async function leaveOut(tx: TenantTx, entry: DecidedQuarantine, by: Decision): Promise<void> {
  if (entry.documentId === null) return
  await leaveOutDocument(tx, entry.documentId, `Left out by ${by.actor}: ${by.reason}`)
}

async function decide(
  tx: TenantTx,
  status: Status,
  decision: Decision,
  queue: JobQueue,
): Promise<Outcome> {
  const { quarantineId, actor, reason } = decision
  const entry = await decideQuarantine(tx, { quarantineId, status, actor })
  if (entry === undefined)
    return (await isQuarantineKnown(tx, quarantineId)) ? 'already-decided' : 'unknown'
  await (status === 'released' ? sendOn(tx, entry, queue) : leaveOut(tx, entry, decision))
  const { kind, receiptId, documentId } = entry
  const what = status === 'released' ? 'goes on its way again' : 'is left out for good'
  await appendTenantEvents(
    tx,
    [
      {
        kind: `quarantine.${status}`,
        actor,
        summary: `Input set aside (${kind}) ${what}: ${reason}`,
        body: { quarantineId, kind, receiptId, documentId, reason },
      },
    ],
    await databaseNow(tx),
  )
  return 'done'
}

/** A person's decisions about quarantined input. */
export function quarantineActions({
  database,
  queue,
}: {
  readonly database: Database
  readonly queue: JobQueue
}): QuarantineActions {
  const deciding = (status: Status) => (decision: Decision) =>
    database.inTenant(decision.tenantId, (tx) => decide(tx, status, decision, queue))
  return { release: deciding('released'), discard: deciding('discarded') }
}
