import type { ActKind, Requester, Subject } from '../../canonical/proposal.ts'
import type { TenantTx } from '../../store/database.ts'
import { appendOrderEvents, appendTenantEvents } from '../../store/events.ts'
import { closeNotices } from '../../store/outbox/notices.ts'
import { lockOrders } from '../../store/outbox/replay-calls.ts'

/** What happened to a proposal, as the timeline tells it. */
export type ProposalNews = {
  readonly proposal: {
    readonly proposalId: string
    readonly orderId: string | null
    readonly title: string
    readonly effectHash?: string
    readonly kind?: ActKind
    readonly subject?: Pick<Subject, 'kind' | 'id'>
  }
  readonly what:
    | 'made'
    | 'approved'
    | 'rejected'
    | 'edited'
    | 'withdrawn'
    | 'expired'
    | 'stale'
    | 'escalated'
    | 'begun'
    | 'succeeded'
    | 'failed'
  readonly actor: string
  readonly summary: string
}

/** How whoever decides or asks is written on the record. */
export function actorOf({ kind, name }: Pick<Requester, 'kind' | 'name'>): string {
  return `${kind}:${name}`
}

/**
 * Puts what happened on the timelines of the orders, and what is about none on the tenant's record. Comes last in its
 * transaction: acts take lanes before orders, and the orders are taken here.
 */
export async function tell(tx: TenantTx, news: readonly ProposalNews[], at: string): Promise<void> {
  const drafts = news.map(({ proposal, what, actor, summary }) => {
    const { proposalId, orderId, effectHash, kind: act } = proposal
    const subject =
      proposal.subject === undefined
        ? {}
        : { subject: `${proposal.subject.kind}:${proposal.subject.id}` }
    return {
      orderId,
      draft: {
        kind: `proposal.${what}`,
        actor,
        summary,
        body: { proposalId, act, effectHash, ...subject },
      },
    }
  })
  const ofOrders = drafts.flatMap(({ orderId, draft }) =>
    orderId === null ? [] : [{ ...draft, orderId }],
  )
  await lockOrders(tx, [...new Set(ofOrders.map(({ orderId }) => orderId))])
  await appendOrderEvents(tx, ofOrders, at)
  const others = drafts.filter(({ orderId }) => orderId === null).map(({ draft }) => draft)
  await appendTenantEvents(tx, others, at)
}

/** The cause of the notice that nobody has decided a proposal. */
export function waitingCause(proposalId: string): string {
  return `proposal:${proposalId}`
}

/** Closes the notice that nobody has decided, where there is one. */
export async function nobodyWaits(
  tx: TenantTx,
  proposals: readonly { readonly proposalId: string; readonly escalatedAt: string | null }[],
): Promise<void> {
  const told = proposals.filter(({ escalatedAt }) => escalatedAt !== null)
  await closeNotices(
    tx,
    told.map(({ proposalId }) => waitingCause(proposalId)),
  )
}
