import { composeMessage } from '../../policies/collections/compose-message.ts'
import type { ActCandidate, CandidateSource } from '../acts/act.ts'
import type { MessagePayload } from '../outreach/message-payload.ts'
import { invoicesMeant, messagePicture } from '../outreach/message-picture.ts'
import {
  type MessageScene,
  messageObstacle,
  messageScenes,
  snapshotHash,
} from '../outreach/message-scene.ts'

function messageOf(scene: MessageScene): MessagePayload | undefined {
  const { ledger, decided, about } = scene
  if (messageObstacle(scene) !== undefined || decided.level === null) return undefined
  const snapshot = scene.snapshotOf(about.asOf)
  return {
    customerNumber: ledger.customerNumber,
    currency: ledger.currency,
    level: decided.level,
    asOf: about.asOf,
    invoiceNumbers: invoicesMeant(scene),
    snapshotHash: snapshotHash(snapshot),
    ...composeMessage(decided, snapshot, about.policy.settings.draftWords),
  }
}

/** What could be written to a customer now: a message for each currency where one is due, the most worthwhile first. */
export const customerCandidates: CandidateSource = async (tx, { kind, id }) => {
  if (kind !== 'customer') return []
  const scenes = await messageScenes(tx, id)
  return scenes
    .toSorted((a, b) => b.decided.priorityMinor - a.decided.priorityMinor)
    .flatMap((scene): ActCandidate[] => {
      const payload = messageOf(scene)
      if (payload === undefined) return []
      const picture = messagePicture(scene, payload)
      return 'gone' in picture ? [] : [{ kind: 'send-collections-message', payload, picture }]
    })
}
