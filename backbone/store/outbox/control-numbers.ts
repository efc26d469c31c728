import { sql } from 'drizzle-orm'
import { asJson, asTextList, type TenantTx } from '../database.ts'
import type { AwaitedAcknowledgement } from './awaited-acknowledgements.ts'

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

/** Keeps the bytes made for calls: every later try sends the same; and what their receivers will acknowledge. */
export async function keepRendered(
  tx: TenantTx,
  calls: readonly {
    readonly transactionId: string
    readonly rendered: string
    readonly awaited?: AwaitedAcknowledgement | undefined
  }[],
): Promise<void> {
  if (calls.length === 0) return
  await tx.run(sql`
    with call as materialized (
      select * from jsonb_to_recordset(${asJson(calls)}) as call("transactionId" text, rendered text, awaited jsonb)
    ), kept as (
      insert into awaited_acknowledgement (tenant_id, transaction_id, connection_id, document_id, number,
        functional_id, group_number, interchange_number, status)
      select ${tx.tenantId}, "transactionId", awaited ->> 'connectionId', awaited ->> 'documentId', awaited ->> 'number',
        awaited ->> 'functionalId', awaited ->> 'groupNumber', awaited ->> 'interchangeNumber',
        case when awaited ->> 'isAwaited' = 'true' then 'awaited' else 'not-awaited' end
      from call where awaited is not null
      on conflict do nothing
    )
    update transaction set rendered = call.rendered
    from call
    where transaction.transaction_id = any(${asTextList(calls.map((call) => call.transactionId))})
      and transaction.transaction_id = call."transactionId"`)
}
