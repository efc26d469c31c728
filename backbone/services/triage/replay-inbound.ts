import { type AsideFate, asideFate } from '../../policies/triage/inbound-replay.ts'
import type { JobQueue } from '../../queue/job-queue.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendTenantEvents } from '../../store/events.ts'
import {
  type AsideStanding,
  decideAsides,
  leaveOutDocuments,
  lockAsides,
  readAsides,
  reopenDocuments,
  reopenReceipts,
} from '../../store/triage/asides.ts'

/** What became of documents in quarantine that were to be read again. */
export type InboundReplay = {
  readonly readAgain: readonly string[]
  readonly dropped: readonly string[]
}

type Judged = AsideStanding & { readonly judged: AsideFate }

const nothing: InboundReplay = { readAgain: [], dropped: [] }

const isOfFate = (fate: AsideFate['fate']) => (aside: Judged) => aside.judged.fate === fate

/** Sends set-aside input on its way again: documents to their orders, else the bytes to their reader. */
export async function sendOn(
  tx: TenantTx,
  asides: readonly Pick<AsideStanding, 'documentId' | 'receiptId'>[],
  queue: JobQueue,
): Promise<void> {
  const documentIds = asides.flatMap(({ documentId }) => documentId ?? [])
  const receiptIds = asides.flatMap(({ documentId, receiptId }) =>
    documentId === null && receiptId !== null ? [receiptId] : [],
  )
  await queue.enqueue(tx, 'apply-document', await reopenDocuments(tx, documentIds))
  await queue.enqueue(tx, 'read-receipt', await reopenReceipts(tx, receiptIds))
}

function eventOf(aside: Judged, actor: string) {
  const { quarantineId, kind, receiptId, documentId, judged } = aside
  const isDropped = judged.fate === 'dropped'
  return {
    kind: isDropped ? 'quarantine.discarded' : 'quarantine.released',
    actor,
    summary: isDropped
      ? `Input set aside (${kind}) is left out for good. ${judged.reason}`
      : `Input set aside (${kind}) is read again through the usual door.`,
    body: { quarantineId, kind, receiptId, documentId, replayOf: documentId ?? receiptId },
  }
}

/**
 * Reads documents of the quarantine again, each once, through the usual door; what is not wanted any more is left out
 * with the reason, and what only a person can decide stays. What fails again is set aside anew, with its new reason.
 */
export async function replayInbound(
  tx: TenantTx,
  {
    quarantineIds,
    actor,
    now,
  }: { readonly quarantineIds: readonly string[]; readonly actor: string; readonly now: string },
  queue: JobQueue,
): Promise<InboundReplay> {
  // Held first, read then: of two who replay at once, one finds nothing left.
  const held = await lockAsides(tx, quarantineIds)
  if (held.length === 0) return nothing
  const asides = (await readAsides(tx, held)).map((aside) => ({
    ...aside,
    judged: asideFate(aside),
  }))
  const again = asides.filter(isOfFate('read-again'))
  const gone = asides.filter(isOfFate('dropped'))
  const decided = [...again, ...gone]
  await decideAsides(
    tx,
    decided.map(({ quarantineId, judged }) => ({
      quarantineId,
      status: judged.fate === 'dropped' ? ('discarded' as const) : ('released' as const),
    })),
    { actor, at: now },
  )
  await leaveOutDocuments(
    tx,
    gone.flatMap(({ documentId, judged }) =>
      documentId === null || judged.fate !== 'dropped'
        ? []
        : [{ documentId, reason: judged.reason }],
    ),
  )
  await sendOn(tx, again, queue)
  await appendTenantEvents(
    tx,
    decided.map((aside) => eventOf(aside, actor)),
    now,
  )
  return {
    readAgain: again.map(({ quarantineId }) => quarantineId),
    dropped: gone.map(({ quarantineId }) => quarantineId),
  }
}
