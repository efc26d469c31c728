import { sql } from 'drizzle-orm'
import type { Database } from '../../backbone/store/database.ts'

/** A proposal as it lies in the database. */
export type ProposalRow = {
  readonly proposalId: string
  readonly kind: string
  readonly status: string
  readonly subjectKind: string
  readonly subjectId: string
  readonly payload: unknown
  readonly amountMinor: number | null
  readonly currency: string | null
  readonly isTainted: boolean
}

/** The proposals of a tenant. */
export function proposalsIn(database: Database, tenantId: string): Promise<ProposalRow[]> {
  return database.inTenant(tenantId, (tx) =>
    tx.rows<ProposalRow>(sql`
      select proposal_id as "proposalId", kind, status, subject_kind as "subjectKind", subject_id as "subjectId",
        payload, amount_minor as "amountMinor", currency, is_tainted as "isTainted"
      from proposal order by proposal_id`),
  )
}

const watched = [
  ...['orders', 'order_line', 'hold', 'invoice', 'payment', 'customer', 'product', 'price'],
  ...['agreement', 'policy_setting', 'transaction', 'dunning_contact', 'payment_promise'],
  ...['invoice_dispute', 'customer_stop', 'outreach_message', 'proposal_decision', 'app_user'],
  ...['credential', 'agent_profile', 'connection'],
] as const

// An order counts what is told on its timeline; that somebody has proposed something is told there.
const ofTimeline = "- 'version' - 'updated_at' - 'event_count' - 'event_hash' - 'chain'"

/** A print of every record a decision or an effect would change: proposals themselves are not among them. */
export function stateOf(database: Database, tenantId: string): Promise<string> {
  const prints = watched.map(
    (table) =>
      `(select coalesce(md5(string_agg(md5((to_jsonb(${table}) ${ofTimeline})::text), '' order by md5((to_jsonb(${table}) ${ofTimeline})::text))), '') from ${table} where tenant_id = '${tenantId.replaceAll("'", '')}')`,
  )
  return database.inTenant(tenantId, async (tx) => {
    const [row] = await tx.rows<{ print: string }>(
      sql`select md5(${sql.raw(prints.join(' || '))}) as print`,
    )
    return row?.print ?? ''
  })
}

/** Proposals that are further than waiting for a person, or about a record that is not there. */
export async function faultsOfProposals(database: Database, tenantId: string): Promise<string[]> {
  const rows = await database.inTenant(tenantId, (tx) =>
    tx.rows<{ proposal_id: string; status: string; is_there: boolean }>(sql`
      select proposal_id, status, case subject_kind
        when 'order' then exists (select from orders where order_id = subject_id)
        when 'customer' then exists (select from customer where customer_number = subject_id)
        when 'transaction' then exists (select from transaction where transaction_id = subject_id)
        when 'cluster' then exists (select from transaction where fingerprint = subject_id)
        else false end as is_there
      from proposal`),
  )
  return rows.flatMap(({ proposal_id: id, status, is_there: isThere }) => [
    ...(status === 'requires_review' ? [] : [`proposal ${id} is ${status}`]),
    ...(isThere ? [] : [`proposal ${id} is about a record that is not there`]),
  ])
}
