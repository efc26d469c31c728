import type { JobQueue } from '../queue/job-queue.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { appendTenantEvents, databaseNow } from '../store/events.ts'
import {
  type DecidedQuarantine,
  decideQuarantine,
  isQuarantineKnown,
} from '../store/intake/decide-quarantine.ts'
import { leaveOutDocuments } from '../store/triage/asides.ts'
import type { QuarantineActions } from './ports.ts'
import { sendOn } from './triage/replay-inbound.ts'

type Decision = Parameters<QuarantineActions['release']>[0]
type Outcome = Awaited<ReturnType<QuarantineActions['release']>>
type Status = 'released' | 'discarded'

async function release(tx: TenantTx, entry: DecidedQuarantine, queue: JobQueue): Promise<void> {
  // What a partner said of a document of ours needed a look; reading it once more would only ask again.
  if (entry.documentId === null && entry.kind === 'needs-person') return
  await sendOn(tx, [entry], queue)
}

async function leaveOut(tx: TenantTx, entry: DecidedQuarantine, by: Decision): Promise<void> {
  const { documentId } = entry
  if (documentId === null) return
  await leaveOutDocuments(tx, [{ documentId, reason: `Left out by ${by.actor}: ${by.reason}` }])
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
  await (status === 'released' ? release(tx, entry, queue) : leaveOut(tx, entry, decision))
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
