import type { ClusterState } from '../../canonical/views/transaction-view.ts'

const next: Readonly<Record<ClusterState, readonly ClusterState[]>> = {
  open: ['diagnosed', 'fix-proposed', 'fixed', 'replaying', 'closed'],
  diagnosed: ['open', 'fix-proposed', 'fixed', 'replaying', 'closed'],
  'fix-proposed': ['open', 'diagnosed', 'fixed', 'replaying', 'closed'],
  fixed: ['open', 'diagnosed', 'replaying', 'closed'],
  replaying: ['open', 'closed'],
  closed: ['open'],
}

/** Whether a cause may go from one state to another; the reason when it may not. */
export function clusterMove(
  from: ClusterState,
  to: ClusterState,
  { failed }: { failed: number },
): { readonly isAllowed: true } | { readonly isAllowed: false; readonly reason: string } {
  if (from === to) return { isAllowed: false, reason: `The cause is ${from} already.` }
  if (!next[from].includes(to))
    return {
      isAllowed: false,
      reason: `A cause that is ${from} can become ${next[from].join(' or ')}, not ${to}.`,
    }
  if (to === 'closed' && failed > 0)
    return {
      isAllowed: false,
      reason: `${failed} calls have still failed for it: replay or drop them first.`,
    }
  return { isAllowed: true }
}
