import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** Open quarantine of one kind and connection that no open notice tells of. */
export type UntoldQuarantine = {
  readonly kind: string
  readonly connectionId: string | null
  readonly count: number
  readonly reason: string
}

/** Groups what is open in quarantine and has no open notice yet. */
export function untoldQuarantine(tx: TenantTx): Promise<UntoldQuarantine[]> {
  return tx.rows<UntoldQuarantine>(sql`
    select kind, connection_id as "connectionId", count(*)::int as count,
      (array_agg(reason order by created_at desc))[1] as reason
    from quarantine
    where status = 'open' and not exists (
      select 1 from notice where notice.status = 'open'
        and notice.cause = 'quarantine:' || coalesce(quarantine.connection_id, 'local') || ':' || quarantine.kind)
    group by kind, connection_id`)
}
