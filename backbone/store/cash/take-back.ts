import { sql } from 'drizzle-orm'
import { newId } from '../../canonical/ids.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** Whose money is taken back, why, and by whom. */
export type TakingBack = {
  readonly paymentId: string
  readonly reversalPaymentId?: string
  readonly takenBackBy: string
  readonly reason: string
}

/** Money that had been put to an invoice. */
export type TakenBack = {
  readonly paymentId: string
  readonly invoiceId: string
  readonly appliedMinor: number
  readonly takenMinor: number
  readonly discountMinor: number
  readonly writeOffMinor: number
  readonly feeMinor: number
  readonly fxDifferenceMinor: number
}

/** Takes payments off their invoices, keeping what had been put where; withdraws their deductions. */
export async function takeBack(tx: TenantTx, takings: readonly TakingBack[]): Promise<TakenBack[]> {
  if (takings.length === 0) return []
  const ids = asTextList(takings.map((taking) => taking.paymentId))
  const rows = await tx.rows<TakenBack>(sql`
    delete from payment_application where payment_id = any(${ids})
    returning payment_id as "paymentId", invoice_id as "invoiceId", applied_minor as "appliedMinor",
      coalesce(taken_minor, applied_minor) as "takenMinor", discount_minor as "discountMinor",
      write_off_minor as "writeOffMinor", fee_minor as "feeMinor",
      fx_difference_minor as "fxDifferenceMinor", pass, applied_by as "appliedBy", at as "appliedAt"`)
  const kept = rows.flatMap((row) => {
    const taking = takings.find((candidate) => candidate.paymentId === row.paymentId)
    return taking === undefined ? [] : [{ takenBackId: newId('tkb'), ...row, ...taking }]
  })
  await tx.run(sql`
    insert into payment_taken_back (tenant_id, taken_back_id, payment_id, invoice_id, applied_minor, discount_minor,
      write_off_minor, fee_minor, pass, applied_by, applied_at, reversal_payment_id, taken_back_by, reason)
    select ${tx.tenantId}, "takenBackId", "paymentId", "invoiceId", "appliedMinor", "discountMinor",
      "writeOffMinor", "feeMinor", pass, "appliedBy", "appliedAt", "reversalPaymentId", "takenBackBy", reason
    from jsonb_to_recordset(${asJson(kept)}) as row(
      "takenBackId" text, "paymentId" text, "invoiceId" text, "appliedMinor" bigint, "discountMinor" bigint,
      "writeOffMinor" bigint, "feeMinor" bigint, pass int, "appliedBy" text, "appliedAt" timestamptz,
      "reversalPaymentId" text, "takenBackBy" text, reason text)`)
  await tx.run(sql`
    update deduction set status = 'withdrawn', closed_at = now()
    where payment_id = any(${ids}) and status = 'open'`)
  return rows
}
