import { sql } from 'drizzle-orm'
import { newId } from '../../canonical/ids.ts'
import { asJson, asTextList, type TenantTx } from '../database.ts'

/** Something people should know, once per cause while it lasts. */
export type NoticeDraft = {
  readonly kind: string
  readonly cause: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly subject: string
  readonly body: string
}

/** Opens notices whose cause has no open one; gives the ids of those that are new. */
export async function openNotices(tx: TenantTx, drafts: readonly NoticeDraft[]): Promise<string[]> {
  if (drafts.length === 0) return []
  const byCause = new Map(drafts.map((draft) => [draft.cause, draft]))
  const rows = [...byCause.values()].map((draft) => ({ ...draft, noticeId: newId('ntc') }))
  const opened = await tx.rows<{ notice_id: string }>(sql`
    insert into notice (notice_id, tenant_id, kind, cause, severity, subject, body)
    select "noticeId", ${tx.tenantId}, kind, cause, severity, subject, body
    from jsonb_to_recordset(${asJson(rows)}) as draft(
      "noticeId" text, kind text, cause text, severity text, subject text, body text)
    on conflict (tenant_id, cause) where status = 'open' do nothing
    returning notice_id`)
  return opened.map((row) => row.notice_id)
}

/** Closes the open notices of causes that are over. */
export async function closeNotices(tx: TenantTx, causes: readonly string[]): Promise<void> {
  if (causes.length === 0) return
  await tx.run(sql`
    update notice set status = 'resolved', resolved_at = now()
    where cause = any(${asTextList(causes)}) and status = 'open'`)
}
