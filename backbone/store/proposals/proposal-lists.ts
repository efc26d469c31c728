import { type SQL, sql } from 'drizzle-orm'
import type {
  ActKind,
  ProposalCount,
  ProposalSort,
  ProposalStatus,
  Requester,
  Subject,
} from '../../canonical/proposal.ts'
import type { Page } from '../../canonical/views/page.ts'
import { asTextList, type TenantTx } from '../database.ts'
import { cutPage, exactMoment, splitPosition } from '../reading/page.ts'
import { type ProposalRow, proposalColumns } from './proposal-rows.ts'

/** Which proposals are wanted. */
export type ProposalFilter = {
  readonly status?: readonly ProposalStatus[] | undefined
  /** Decided, or over in another way; or still waiting for a decision. */
  readonly isDecided?: boolean | undefined
  readonly kind?: readonly ActKind[] | undefined
  readonly subject?: Partial<Pick<Subject, 'kind' | 'id'>> | undefined
  readonly requestedBy?: string | undefined
}

function wantedBy(filter: ProposalFilter): SQL[] {
  const { status, isDecided, kind, subject, requestedBy } = filter
  const wanted: SQL[] = [sql`true`]
  if (status !== undefined) wanted.push(sql`status = any(${asTextList(status)})`)
  if (isDecided !== undefined)
    wanted.push(isDecided ? sql`status <> 'requires_review'` : sql`status = 'requires_review'`)
  if (kind !== undefined) wanted.push(sql`kind = any(${asTextList(kind)})`)
  if (subject?.kind !== undefined) wanted.push(sql`subject_kind = ${subject.kind}`)
  if (subject?.id !== undefined) wanted.push(sql`subject_id = ${subject.id}`)
  if (requestedBy !== undefined) wanted.push(sql`requested_by_id = ${requestedBy}`)
  return wanted
}

type Order = {
  /** What the list is sorted by, exactly, as the mark between its pages keeps it. */
  readonly key: SQL
  readonly by: SQL
  after(sortedBy: string, id: string): SQL
}

// What moves no money stands last. Amounts of different currencies are compared as they are written.
const money = sql`coalesce(abs(amount_minor), -1)`

const orders: Readonly<Record<ProposalSort, Order>> = {
  newest: {
    key: sql`''`,
    by: sql`proposal_id desc`,
    after: (_, id) => sql`proposal_id < ${id}`,
  },
  expiry: {
    key: exactMoment(sql`expires_at`),
    by: sql`expires_at, proposal_id`,
    after: (moment, id) => sql`(expires_at, proposal_id) > (${moment}::timestamptz, ${id})`,
  },
  money: {
    key: sql`${money}::text`,
    by: sql`${money} desc, proposal_id desc`,
    after: (amount, id) => sql`(${money}, proposal_id) < (${amount}::text::bigint, ${id})`,
  },
}

/** Proposals in the order they are worked through, one page. */
export async function listProposals(
  tx: TenantTx,
  filter: ProposalFilter & {
    readonly sort?: ProposalSort | undefined
    readonly limit: number
    readonly cursor?: string | undefined
  },
): Promise<Page<ProposalRow>> {
  const { sort = 'newest', limit, cursor } = filter
  const { key, by, after } = orders[sort]
  const wanted = wantedBy(filter)
  if (cursor !== undefined) {
    const { sortedBy, id } = splitPosition(cursor)
    wanted.push(after(sortedBy, id))
  }
  const rows = await tx.rows<ProposalRow & { position: string }>(sql`
    select ${proposalColumns}, ${key} || '|' || proposal_id as position from proposal
    where ${sql.join(wanted, sql` and `)} order by ${by} limit ${limit + 1}`)
  return cutPage(rows, limit)
}

type Counted = { readonly kind: ActKind; readonly requestedBy: Requester; readonly count: number }

/** How many proposals there are, by kind and by whoever asked, the most first. */
export async function countProposals(tx: TenantTx, filter: ProposalFilter): Promise<ProposalCount> {
  const rows = await tx.rows<Counted>(sql`
    select kind, json_build_object('kind', requested_by_kind, 'id', requested_by_id,
      'name', max(requested_by_name)) as "requestedBy", count(*)::int as count
    from proposal where ${sql.join(wantedBy(filter), sql` and `)}
    group by kind, requested_by_kind, requested_by_id`)
  const kinds = new Map<ActKind, number>()
  const askers = new Map<string, { requestedBy: Requester; count: number }>()
  for (const { kind, requestedBy, count } of rows) {
    kinds.set(kind, (kinds.get(kind) ?? 0) + count)
    const asked = askers.get(requestedBy.id)?.count ?? 0
    askers.set(requestedBy.id, { requestedBy, count: asked + count })
  }
  return {
    count: rows.reduce((sum, { count }) => sum + count, 0),
    byKind: [...kinds]
      .map(([kind, count]) => ({ kind, count }))
      .toSorted((a, b) => b.count - a.count),
    byRequester: [...askers.values()].toSorted((a, b) => b.count - a.count),
  }
}
