import { sql } from 'drizzle-orm'
import { FailureSignature } from '../../canonical/failures/signature.ts'
import type { TenantTx } from '../database.ts'

/** A version of the settings of triage, for whom and from when to when. */
type LayerRow = {
  readonly policy: string
  readonly scope: string
  readonly version: number
  readonly validFrom: string
  readonly validTo?: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** What a tenant has set for failures: its own signatures, and its settings of triage, of all dates. */
export type TurnRules = {
  readonly now: string
  readonly today: string
  readonly signatures: readonly FailureSignature[]
  readonly layers: readonly LayerRow[]
}

/** Loads what a tenant has set for failures, in one statement; asked only where a call has not worked. */
export async function turnRules(tx: TenantTx): Promise<TurnRules> {
  const [row] = await tx.rows<{
    now: string
    today: string
    signatures: readonly unknown[]
    layers: readonly LayerRow[]
  }>(sql`
    select now() as now, (now() at time zone time_zone)::date as today,
      coalesce((select json_agg(signature order by signature_id) from failure_signature
        where failure_signature.tenant_id = ${tx.tenantId}), '[]') as signatures,
      coalesce((select json_agg(json_strip_nulls(json_build_object('policy', policy, 'scope', scope, 'version', version,
        'validFrom', valid_from, 'validTo', valid_to)) :: jsonb || jsonb_build_object('settings', settings))
        from policy_setting where policy_setting.tenant_id = ${tx.tenantId} and policy = 'triage'), '[]') as layers
    from tenant`)
  const signatures = (row?.signatures ?? []).flatMap((signature) => {
    const read = FailureSignature.safeParse(signature)
    return read.success ? [read.data] : []
  })
  return { now: row?.now ?? '', today: row?.today ?? '', signatures, layers: row?.layers ?? [] }
}
