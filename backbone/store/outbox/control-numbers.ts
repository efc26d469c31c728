import { sql } from 'drizzle-orm'
import { asJson, type TenantTx } from '../database.ts'

/** Takes the next numbers of series, once for ever; gives the last number taken of each. */
export async function takeNumbers(
  tx: TenantTx,
  wanted: readonly { readonly series: string; readonly count: number }[],
): Promise<Map<string, number>> {
  if (wanted.length === 0) return new Map()
  const rows = await tx.rows<{ series: string; last_number: number }>(sql`
    insert into number_series (tenant_id, series, last_number)
    select ${tx.tenantId}, series, count
    from jsonb_to_recordset(${asJson(wanted)}) as wanted(series text, count int) order by series
    on conflict (tenant_id, series) do update set last_number = number_series.last_number + excluded.last_number
    returning series, last_number`)
  return new Map(rows.map((row) => [row.series, row.last_number]))
}

/** Keeps the bytes made for calls: every later try sends the same. */
export async function keepRendered(
  tx: TenantTx,
  calls: readonly { readonly transactionId: string; readonly rendered: string }[],
): Promise<void> {
  if (calls.length === 0) return
  await tx.run(sql`
    update transaction set rendered = call.rendered
    from jsonb_to_recordset(${asJson(calls)}) as call("transactionId" text, rendered text)
    where transaction.transaction_id = call."transactionId"`)
}
