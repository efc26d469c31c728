import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** A document on its way to a partner, with the numbers their acknowledgement will name. */
export type AwaitedAcknowledgement = {
  readonly transactionId: string
  readonly connectionId: string
  readonly documentId: string
  readonly number: string
  readonly functionalId: string
  readonly groupNumber: string
  readonly interchangeNumber: string
  /** False for a partner who sends none: then it is kept for what else they may say. */
  readonly isAwaited: boolean
}

/** A partner's answer to a document of ours, by the number they name. */
export type PartnerAnswer = {
  /** The connections the document may have gone out by. */
  readonly connectionIds: readonly string[]
  readonly by: 'group' | 'interchange' | 'number'
  readonly number: string
  /** GS01 of our group; empty where the answer does not say. */
  readonly functionalId: string
  /** Ends the wait; absent for an answer that is no acknowledgement of ours (824). */
  readonly verdict?: 'accepted' | 'accepted-with-errors' | 'partly-accepted' | 'rejected'
  readonly receiptId: string
}

/** The document of ours that an answer is about. */
export type AnsweredDocument = {
  /** The place of the answer among those asked about. */
  readonly place: number
  readonly transactionId: string
  readonly documentId: string
}

/**
 * Finds the documents of ours that answers are about, the newest of a number, and ends the wait for those that are
 * acknowledged by them.
 */
export function answerAwaited(
  tx: TenantTx,
  answers: readonly PartnerAnswer[],
): Promise<AnsweredDocument[]> {
  if (answers.length === 0) return Promise.resolve([])
  const wanted = answers.flatMap((answer, place) =>
    answer.connectionIds.map((connectionId) => ({ ...answer, connectionId, place })),
  )
  return tx.rows<AnsweredDocument>(sql`
    with answer as materialized (
      select * from jsonb_to_recordset(${asJson(wanted)}) as answer(
        "connectionId" text, by text, number text, "functionalId" text, verdict text, "receiptId" text, place int)
    ), about as materialized (
      select distinct on (answer.place) answer.place, answer.verdict, answer."receiptId",
        sent.transaction_id, sent.document_id
      from answer cross join lateral (
        -- One index for each way of naming it.
        select * from awaited_acknowledgement where tenant_id = ${tx.tenantId}
          and connection_id = answer."connectionId" and answer.by = 'group' and group_number = answer.number
        union all
        select * from awaited_acknowledgement where tenant_id = ${tx.tenantId}
          and connection_id = answer."connectionId" and answer.by = 'interchange' and interchange_number = answer.number
        union all
        select * from awaited_acknowledgement where tenant_id = ${tx.tenantId}
          and connection_id = answer."connectionId" and answer.by = 'number' and number = answer.number) as sent
      where answer."functionalId" = '' or sent.functional_id = answer."functionalId"
      order by answer.place, sent.created_at desc
    ), ended as (
      update awaited_acknowledgement as sent set status = last.verdict, answered_by = last."receiptId", answered_at = now()
      from (select distinct on (transaction_id) * from about where verdict is not null
        order by transaction_id, place desc) as last
      where sent.tenant_id = ${tx.tenantId} and sent.transaction_id = last.transaction_id
    )
    select place, transaction_id as "transactionId", document_id as "documentId" from about order by place`)
}

/** A document of ours that a partner should have acknowledged by now. */
export type OverdueAcknowledgement = {
  readonly transactionId: string
  readonly connectionId: string
  readonly documentId: string
  readonly orderId: string | null
  readonly number: string
  readonly functionalId: string
  readonly groupNumber: string
  readonly sentAt: string
}

/** Takes documents that were sent before these moments and have no acknowledgement, each once. */
export function takeOverdue(
  tx: TenantTx,
  partners: readonly { readonly connectionId: string; readonly sentBefore: string }[],
  limit: number,
): Promise<OverdueAcknowledgement[]> {
  if (partners.length === 0) return Promise.resolve([])
  return tx.rows<OverdueAcknowledgement>(sql`
    with late as materialized (
      select sent.transaction_id, call.order_id, call.finished_at
      from jsonb_to_recordset(${asJson(partners)}) as partner("connectionId" text, "sentBefore" timestamptz)
      join awaited_acknowledgement as sent on sent.tenant_id = ${tx.tenantId}
        and sent.connection_id = partner."connectionId" and sent.status = 'awaited'
        and sent.created_at < partner."sentBefore"
      join transaction as call on call.transaction_id = sent.transaction_id
        and call.status = 'succeeded' and call.finished_at < partner."sentBefore"
      order by sent.created_at limit ${limit}
      for update of sent skip locked
    )
    update awaited_acknowledgement as sent set status = 'overdue'
    from late where sent.tenant_id = ${tx.tenantId} and sent.transaction_id = late.transaction_id
    returning sent.transaction_id as "transactionId", sent.connection_id as "connectionId",
      sent.document_id as "documentId", late.order_id as "orderId", sent.number,
      sent.functional_id as "functionalId", sent.group_number as "groupNumber", late.finished_at as "sentAt"`)
}

/** Closes what people were asked to look at because an acknowledgement was overdue; gives the entries. */
export async function closeOverdue(
  tx: TenantTx,
  transactionIds: readonly string[],
  decidedBy: string,
): Promise<string[]> {
  if (transactionIds.length === 0) return []
  const rows = await tx.rows<{ quarantine_id: string }>(sql`
    update quarantine set status = 'released', decided_at = now(), decided_by = ${decidedBy}
    where tenant_id = ${tx.tenantId} and status = 'open' and kind = 'overdue'
      and transaction_id = any(${asTextList(transactionIds)})
    returning quarantine_id`)
  return rows.map((row) => row.quarantine_id)
}

/** The connections by which partners get interchanges, with their settings. */
export function partnerConnections(tx: TenantTx): Promise<
  {
    readonly connectionId: string
    readonly settings: Readonly<Record<string, unknown>>
  }[]
> {
  return tx.rows(sql`
    select connection_id as "connectionId", settings from connection
    where tenant_id = ${tx.tenantId} and kind = 'x12' order by connection_id`)
}
