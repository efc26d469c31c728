import { sql } from 'drizzle-orm'
import { newId } from '../../canonical/ids.ts'
import { asJson, type TenantTx } from '../database.ts'

/** A substitute that somebody was offered for a line of an order or a cart. */
export type SubstituteOffer = {
  readonly sku: string
  readonly substituteSku: string
  readonly quantityEach: number
  readonly customerNumber?: string
  /** Absent for a cart. */
  readonly orderId?: string
  readonly line?: string
  /** The offer as it was made: price, day, score and its parts. */
  readonly offer: Readonly<Record<string, unknown>>
  readonly offeredBy: string
}

/** Records what was offered, so that what customers accept can be learned; gives the ids of the offers in their order. */
export async function recordOffers(
  tx: TenantTx,
  offers: readonly SubstituteOffer[],
): Promise<string[]> {
  if (offers.length === 0) return []
  const rows = offers.map((offer) => ({ outcomeId: newId('sub'), ...offer }))
  await tx.run(sql`
    insert into substitution_outcome (tenant_id, outcome_id, sku, substitute_sku, customer_number, order_id, line,
      quantity_each, offer, offered_by)
    select ${tx.tenantId}, "outcomeId", sku, "substituteSku", "customerNumber", "orderId", line,
      "quantityEach", offer, "offeredBy"
    from jsonb_to_recordset(${asJson(rows)}) as r("outcomeId" text, sku text, "substituteSku" text,
      "customerNumber" text, "orderId" text, line text, "quantityEach" int, offer jsonb, "offeredBy" text)`)
  return rows.map(({ outcomeId }) => outcomeId)
}

/** What became of an offer. */
export type OfferAnswer = {
  readonly outcomeId: string
  readonly answer: 'accepted' | 'declined'
  readonly answeredBy: string
}

/** Records answers to offers; an offer is answered once, and the first answer stands. Gives how many were taken. */
export function recordAnswers(tx: TenantTx, answers: readonly OfferAnswer[]): Promise<number> {
  if (answers.length === 0) return Promise.resolve(0)
  return tx.run(sql`
    update substitution_outcome set answer = row.answer, answered_by = row."answeredBy", answered_at = now()
    from jsonb_to_recordset(${asJson(answers)}) as row("outcomeId" text, answer text, "answeredBy" text)
    where outcome_id = row."outcomeId" and substitution_outcome.answer = 'open'`)
}

/** Records a substitute that was put forward for a line of an order and turned down. */
export async function recordDeclined(
  tx: TenantTx,
  declined: {
    readonly orderId: string
    readonly line: string
    readonly substituteSku: string
    readonly by: string
  },
): Promise<void> {
  await tx.run(sql`
    insert into substitution_outcome (tenant_id, outcome_id, sku, substitute_sku, customer_number, order_id, line,
      quantity_each, answer, offered_by, answered_by, answered_at)
    select ${tx.tenantId}, ${newId('sub')}, order_line.sku, ${declined.substituteSku}, orders.customer_number,
      orders.order_id, line, ordered_each - cancelled_each, 'declined', ${declined.by}, ${declined.by}, now()
    from order_line join orders on orders.tenant_id = order_line.tenant_id and orders.order_id = order_line.order_id
    where order_line.tenant_id = ${tx.tenantId} and order_line.order_id = ${declined.orderId}
      and line = ${declined.line} and order_line.sku is not null`)
}
