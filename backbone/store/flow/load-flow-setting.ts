import { sql } from 'drizzle-orm'
import type { TenantTx } from '../database.ts'

/** A connection as the flow sees it: never its secrets. */
type FlowConnectionRow = {
  readonly connectionId: string
  readonly kind: string
  readonly partnerId: string | null
  readonly settings: unknown
}

/** Everything the flow needs to know about its surroundings, in one statement. */
export type FlowSettingRow = {
  readonly now: string
  readonly today: string
  readonly currency: string
  readonly timeZone: string
  readonly settings: unknown
  readonly connections: readonly FlowConnectionRow[]
  readonly partners: readonly {
    readonly partnerId: string
    readonly customerNumber: string | null
  }[]
  /** What the tenant set its policies to: all versions, also those of other days. */
  readonly policyLayers: readonly PolicyLayerRow[]
}

type PolicyLayerRow = {
  readonly policy: string
  readonly scope: string
  readonly version: number
  readonly validFrom: string
  readonly validTo?: string
  readonly settings: Readonly<Record<string, unknown>>
}

/**
 * Loads the tenant, its clock, its policies and its connections. One that is switched off counts too, after those in use: calls to
 * it wait in the outbox until it is on again, while a tenant without it would go on as if there were no such system. The clock is the database's, of this transaction. */
export async function loadFlowSetting(tx: TenantTx): Promise<FlowSettingRow | undefined> {
  const [row] = await tx.rows<FlowSettingRow>(sql`
    select now() as now, (now() at time zone time_zone)::date as today, currency, time_zone as "timeZone", settings,
      coalesce((select json_agg(json_build_object('connectionId', connection_id, 'kind', kind,
        'partnerId', partner_id, 'settings', settings) order by is_enabled desc, connection_id)
        from connection), '[]') as connections,
      coalesce((select json_agg(json_build_object('partnerId', partner_id, 'customerNumber', customer_number))
        from partner), '[]') as partners,
      coalesce((select json_agg(json_strip_nulls(json_build_object('policy', policy, 'scope', scope, 'version', version,
        'validFrom', valid_from, 'validTo', valid_to)) :: jsonb || jsonb_build_object('settings', settings))
        from policy_setting), '[]') as "policyLayers"
    from tenant`)
  return row
}
