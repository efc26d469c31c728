import type { TenantTx } from '../store/database.ts'
import {
  type AnsweredDocument,
  answerAwaited,
  closeOverdue,
  type PartnerAnswer,
} from '../store/outbox/awaited-acknowledgements.ts'
import type { ReadConnection, Remark } from './channel.ts'

/** What was read of one receipt, as far as it is about documents of ours. */
export type RemarkedReceipt = {
  readonly receiptId: string
  readonly connection: ReadConnection
  readonly remarks: readonly Remark[]
}

/** The document of ours that a remark is about, where it is known. */
export type Linked = ReadonlyMap<Remark, AnsweredDocument>

// Answers come in by the connection the orders come by; ours may go out by another one of the same partner.
function sentBy({ connectionId, settings }: ReadConnection): string[] {
  const { repliesTo } = settings
  return typeof repliesTo === 'string' ? [connectionId, repliesTo] : [connectionId]
}

/** Notes what partners say of documents of ours: the wait for an acknowledgement ends, and so does its alarm. */
export async function noteAnswers(
  tx: TenantTx,
  receipts: readonly RemarkedReceipt[],
): Promise<Linked> {
  const named = receipts.flatMap(({ receiptId, connection, remarks }) =>
    remarks.flatMap((remark) => {
      if (remark.answers === undefined) return []
      const answer: PartnerAnswer = {
        ...remark.answers,
        receiptId,
        connectionIds: sentBy(connection),
      }
      return [{ remark, answer }]
    }),
  )
  if (named.length === 0) return new Map()
  const found = await answerAwaited(
    tx,
    named.map(({ answer }) => answer),
  )
  const linked = new Map<Remark, AnsweredDocument>()
  const acknowledged: string[] = []
  for (const document of found) {
    const answered = named[document.place]
    if (answered === undefined) continue
    linked.set(answered.remark, document)
    if (answered.answer.verdict !== undefined) acknowledged.push(document.transactionId)
  }
  await closeOverdue(tx, acknowledged, 'partner')
  return linked
}
