import type { z } from 'zod'
import type { ClaimTools, Objection } from '../../flows/outbox/claim.ts'
import type { TenantTx } from '../../store/database.ts'
import { queuedMessages } from '../../store/outreach/message-rows.ts'
import { ApprovedCopies, copiesDigest, copiesScene } from './copies-scene.ts'
import { MessagePayload } from './message-payload.ts'
import { hoursUntil, sceneOfMessage } from './message-picture.ts'
import { snapshotHash } from './message-scene.ts'

const withdrawn = (because: string): Objection => ({
  outcome: 'refused',
  message: `Withdrawn before it left: ${because}`,
})

async function objectionToCopies(
  tx: TenantTx,
  approved: z.infer<typeof ApprovedCopies>,
): Promise<Objection | undefined> {
  const { purpose: _purpose, digest, ...payload } = approved
  const scene = await copiesScene(tx, payload)
  if ('gone' in scene) return withdrawn(scene.gone)
  return copiesDigest(scene) === digest
    ? undefined
    : withdrawn('the contact or the invoices have changed since it was approved.')
}

async function objectionTo(tx: TenantTx, approved: unknown): Promise<Objection | undefined> {
  const copies = ApprovedCopies.safeParse(approved)
  if (copies.success) return objectionToCopies(tx, copies.data)
  const payload = MessagePayload.parse(approved)
  const scene = await sceneOfMessage(tx, payload)
  if ('gone' in scene) return withdrawn(scene.gone)
  if (snapshotHash(scene.snapshotOf(payload.asOf)) !== payload.snapshotHash)
    return withdrawn('the ledger has changed since it was approved.')
  const until = hoursUntil(scene)
  if (until === undefined) return undefined
  return {
    outcome: 'failed',
    code: 'CONTACT_HOURS',
    message: `It leaves in the customer's contact hours, from ${until} on.`,
    retryAfterMs: Math.max(1_000, Date.parse(until) - Date.parse(scene.about.now)),
  }
}

/** Looks at approved messages at the moment they would leave: what they rest on must still be as it was. */
export const messageObjections: NonNullable<ClaimTools['objections']> = async (tx, calls) => {
  const found = new Map<string, Objection>()
  const queued = await queuedMessages(
    tx,
    calls.map(({ naturalKey }) => naturalKey),
  )
  const payloads = new Map(queued.map(({ messageId, payload }) => [messageId, payload]))
  for (const { transactionId, naturalKey } of calls) {
    const payload = payloads.get(naturalKey)
    const objection =
      payload === undefined
        ? withdrawn('it is not wanted any more.')
        : await objectionTo(tx, payload)
    if (objection !== undefined) found.set(transactionId, objection)
  }
  return found
}
