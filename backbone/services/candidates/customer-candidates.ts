import { composeMessage } from '../../policies/collections/compose-message.ts'
import type { TenantTx } from '../../store/database.ts'
import type { ActCandidate, CandidateSource } from '../acts/act.ts'
import { copiesPicture, copiesScenes } from '../outreach/copies-scene.ts'
import type { MessagePayload } from '../outreach/message-payload.ts'
import { invoicesMeant, messagePicture } from '../outreach/message-picture.ts'
import {
  type MessageScene,
  messageObstacle,
  messageScenes,
  snapshotHash,
} from '../outreach/message-scene.ts'
import { creditCandidates } from './credit-candidates.ts'

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

async function messages(tx: TenantTx, customerNumber: string): Promise<ActCandidate[]> {
  const scenes = await messageScenes(tx, customerNumber)
  return scenes
    .toSorted((a, b) => b.decided.priorityMinor - a.decided.priorityMinor)
    .flatMap((scene): ActCandidate[] => {
      const payload = messageOf(scene)
      if (payload === undefined) return []
      const picture = messagePicture(scene, payload)
      return 'gone' in picture ? [] : [{ kind: 'send-collections-message', payload, picture }]
    })
}

async function copies(tx: TenantTx, customerNumber: string): Promise<ActCandidate[]> {
  const scenes = await copiesScenes(tx, customerNumber)
  return scenes.map((scene) => ({
    kind: 'send-invoice-copies',
    payload: { customerNumber, replyId: scene.request.replyId },
    picture: copiesPicture(scene),
  }))
}

/**
 * What could be done about a customer now: a message for each currency where one is due, the most worthwhile first;
 * then copies it has asked for, its credits and what it has kept back. Where its own money is to be cleared first, no message is due.
 */
export const customerCandidates: CandidateSource = async (tx, { kind, id }) =>
  kind === 'customer'
    ? [...(await messages(tx, id)), ...(await copies(tx, id)), ...(await creditCandidates(tx, id))]
    : []
